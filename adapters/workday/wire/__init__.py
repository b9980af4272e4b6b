"""One module per kind of object: how it is read and how its Put is built.

The modules know the contract and our fields; they neither send nor plan.
"""
