"""Where people can go from where they are: nearness of roles, moves, clusters, routes.

Pure. What is computed here is a suggestion; only a release makes it the framework's.
"""
