"""Records that tests want, with fields as few as can be."""

from __future__ import annotations

from typing import Any

from bench import by_kind, record

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Record, Ref

KIND = by_kind(EXAMPLE_KINDS)


def group(key: str = "craft", name: str = "Craft", text: str = "") -> Record:
    return record(KIND["group"], key, name=name, description=text)


def node(key: str, of: str = "craft", parent: str = "", name: str = "") -> Record:
    return record(
        KIND["node"],
        key,
        name=name or key,
        description="",
        group=Ref("group", of),
        parent=Ref("node", parent) if parent else None,
    )


def link(of: str, to: str, outcome: str = "none") -> Record:
    return record(
        KIND["link"],
        f"{of}/{to}",
        group=Ref("group", of),
        node=Ref("node", to),
        outcome=outcome,
    )


def profile(key: str = "smith", **fields: Any) -> Record:
    return record(KIND["profile"], key, **{"title": key, **fields})
