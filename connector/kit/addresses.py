"""Which addresses a connection may have.

Secrets travel over TLS only; plain HTTP is for sandboxes on this machine.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def problem_of_address(address: str) -> str:
    """Return what is wrong with a target's address as a sentence, else nothing."""
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return "is no address: write it like https://host/path."
    if parts.scheme not in ("http", "https") or not is_whole:
        return "is no web address: write it like https://host/path."
    return _problem_of_parts(parts)


def _problem_of_parts(parts: SplitResult) -> str:
    if parts.username is not None or parts.password is not None:
        return "carries a user or password: name them as secrets instead."
    if parts.query or parts.fragment:
        return "carries a query or fragment: end it with the path."
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return "starts with http://, which sends secrets in clear: write https://."
    return ""
