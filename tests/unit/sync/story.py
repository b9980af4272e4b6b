"""Two sets of records; going from one to the other has something of everything."""

from __future__ import annotations

from typing import Any

from bench import by_kind, duties, path, record
from bench import requirements as asks

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Record, Ref

KIND = by_kind(EXAMPLE_KINDS)


def group(key: str = "g", text: str = "") -> Record:
    return record(KIND["group"], key, name=key, description=text)


def node(key: str, parent: str = "", text: str = "") -> Record:
    return record(
        KIND["node"],
        key,
        name=key,
        description=text,
        group=Ref("group", "g"),
        parent=Ref("node", parent) if parent else None,
    )


def rule(key: str, type_: str = "all") -> Record:
    return record(KIND["rule"], key, node=Ref("node", key), type=type_)


def link(to: str) -> Record:
    return record(
        KIND["link"],
        f"g/{to}",
        group=Ref("group", "g"),
        node=Ref("node", to),
        outcome="none",
    )


def profile(key: str = "p", **fields: Any) -> Record:
    return record(KIND["profile"], key, **{"title": key, **fields})


START = (
    group(),
    group("h"),
    node("a"),
    node("b", "a"),
    node("c", "a"),
    node("x"),
    rule("a"),
    profile(
        requirements=asks(("a", "low"), ("b", "low")),
        path=path("a", "b"),
        duties=duties("Sweeps.", "Cooks."),
        follows=Ref("profile", "q"),
        tags=("one",),
        groups=(Ref("group", "h"),),
    ),
    profile("q", follows=Ref("profile", "p")),
    profile("r"),
    link("a"),
    link("b"),
)
#: Updates, rows, moves, retirements, removals and creates in one plan.
END = (
    group(text="New"),
    node("a", text="New"),
    node("b", "a"),
    node("d", "a"),
    node("x"),
    node("y", "x"),
    rule("a"),
    rule("x"),
    profile(
        requirements=asks(("b", "high"), ("d", "low")),
        path=path("b", "a", "d"),
        duties=duties("Cooks.", "Bakes."),
        tags=(),
        groups=(),
    ),
    profile("q", follows=Ref("profile", "s")),
    profile("s", follows=Ref("profile", "q"), duties=duties("Sings.")),
    link("b"),
    link("d"),
)
