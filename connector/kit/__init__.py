"""What an adapter is built from: values, protocols, errors and the HTTP client.

Nothing here knows a platform, a database or a plan.
"""
