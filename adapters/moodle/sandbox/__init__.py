"""A small faithful Moodle: the web services the connector uses, with state in memory.

For demonstrations and tests. It binds nothing by itself, never reads recordings and
shares no module with the adapter.
"""

from adapters.moodle.sandbox.app import SERVER_PATH, create_app
from adapters.moodle.sandbox.faults import ConnectionLostError, CutPage, Switches
from adapters.moodle.sandbox.seed import ReportSeed, SiteSeed
from adapters.moodle.sandbox.site import LogEntry, Site

__all__ = [
    "create_site",
    "create_app",
    "Site",
    "SiteSeed",
    "ReportSeed",
    "Switches",
    "CutPage",
    "ConnectionLostError",
    "LogEntry",
    "SERVER_PATH",
]


def create_site(seed: SiteSeed | None = None) -> Site:
    """Return a fresh site; without a seed it is empty but for the service account."""
    return Site(seed or SiteSeed())
