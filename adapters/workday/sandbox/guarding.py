"""Keeps other pages in the same browser away from what people decide here.

The sandbox listens on this machine only, but a browser on it may be on any site.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, request

from connector.kit.addresses import is_loopback

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def require_own_origin() -> None:
    """Refuse a request by another name, or sent by another site's page.

    A name that points here (DNS rebinding) would make a foreign page this one's own.
    """
    if not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        abort(403, "The sandbox is asked for by its address on this machine.")
    origin = request.headers.get("Origin")
    if request.method in _SAFE or origin is None:
        return
    if urlsplit(origin).netloc != request.host:
        abort(403, "Another site's page may not decide here.")
