"""A packet of evidence as one printable page, whole in itself: it loads nothing.

Everything is escaped. Pay stands in it only where who asked may see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from connector.talent.packets import statements

_PAGES = Path(__file__).parent / "pages"
_WORDS = {
    "met": "met",
    "partly": "partly",
    "expired": "expired",
    "presumed": "presumed, not shown",
    "not_evidenced": "not evidenced",
}


def packet_page(
    value: Mapping[str, Any], *, person: str, names: Mapping[str, str] | None = None
) -> str:
    """Return a proposal with its packet as an HTML page, headed by whose it is.

    `names` are those of people who vouched for the person, by our ids.
    """

    def named(text: str) -> str:
        first, _, last = text.rpartition(" ")
        return f"{first} {(names or {}).get(last, last)}".strip()

    environment = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"amount": _amount, "named": named}
    packet = value["packet"]
    template = environment.get_template("move_packet.html")
    return template.render(
        proposal=value,
        packet=packet,
        person=person,
        states=_WORDS,
        statements=[text for text in statements(packet) if text != packet["loss"]]
        if packet
        else [],
    )


def _amount(text: str) -> str:
    """Return an amount in groups of three digits."""
    return f"{Decimal(text):,}"
