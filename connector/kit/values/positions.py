"""Positions that nobody holds.

They are no persons: nothing of who held one, or wants it, ever gets here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from connector.kit.values.data import Foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPosition:
    """A position that somebody may be hired into, as the HRIS shows it.

    `roles` are those whose holders may take it, none where the HRIS names none; it may
    be in one of several `locations`. `open_since` may lie ahead.
    """

    position_id: str
    roles: tuple[Foreign, ...] = ()
    organisation: str = ""
    locations: tuple[str, ...] = ()
    open_since: date | None = None
