"""The adapters that ship with the connector, one folder each.

An adapter imports only `connector.kit`; `manifest.json` alone lists them.
"""
