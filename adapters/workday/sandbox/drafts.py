"""Job changes that nobody submitted yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from adapters.workday.sandbox.store import Instance


@dataclass(slots=True)
class Draft:
    """A job change that exists for who drafted it only; its WID becomes the event's."""

    instance: Instance
    worker: Instance
    day: date
    position: Instance
    profile: Instance | None = None
    title: str = ""
    comment: str = ""
