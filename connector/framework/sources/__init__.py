"""Where a framework comes from: one module, or a few, per format.

A source reads and reports; it never repairs data silently and never validates meaning.
"""
