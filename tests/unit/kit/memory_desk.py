"""A desk that writes to the in-memory target, and ways to say what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from connector.kit.testing import MemoryTarget
from connector.kit.values import (
    ApplyItem,
    Complete,
    Done,
    Foreign,
    Found,
    Operation,
    ReadScope,
    Ref,
    Row,
    Rows,
    Value,
    Write,
)

TODAY = date(2026, 3, 1)
SCOPE = ReadScope(prefix="jf", as_of=TODAY)


class Desk:
    """Writes to a target as an engine would, and keeps the remote ids."""

    def __init__(self) -> None:
        self.target = MemoryTarget()
        self.ids: dict[Ref, str] = {}

    def write(
        self,
        operation: Operation,
        kind: str,
        key: str,
        after: Mapping[str, Value],
        before: Mapping[str, Value] | None = None,
    ) -> Write:
        ref = Ref(kind, key)
        is_new = operation is Operation.CREATE
        return Write(
            operation=operation,
            kind=kind,
            key=key,
            identity=f"jf-{kind}-{key}",
            remote_id=None if is_new else self.ids.get(ref, "none"),
            before=before or {},
            after=after,
            record=after,
            effective_on=TODAY,
        )

    def new(self, kind: str, key: str, **after: Value) -> Write:
        return self.write(Operation.CREATE, kind, key, after)

    def update(self, kind: str, key: str, **after: Value) -> Write:
        return self.write(Operation.UPDATE, kind, key, after)

    def retire(self, kind: str, key: str) -> Write:
        return self.write(Operation.RETIRE, kind, key, {"retired": True})

    def send(self, *writes: Write) -> list[ApplyItem]:
        items = list(self.target.apply(writes, dict(self.ids)))
        for item in items:
            if isinstance(item, Done):
                self.ids[item.ref] = item.remote_id
        return items

    def outcome(self, write: Write) -> Any:
        return self.send(write)[-1]

    def fill(self) -> None:
        """Write a group, a small tree with a rule, a profile and a link."""
        self.send(self.new("group", "g", name="Group"))
        self.send(self.new("node", "a", name="A", group=Ref("group", "g")))
        self.send(self.new_child("b", "a"))
        self.send(self.new("rule", "a", node=Ref("node", "a"), type="all"))
        self.send(self.new("profile", "p", title="P", requirements=need("a")))
        ends = {"group": Ref("group", "g"), "node": Ref("node", "b")}
        self.send(self.new("link", "l", outcome="complete", **ends))

    def new_child(self, key: str, parent: str) -> Write:
        return self.new(
            "node",
            key,
            name=key.upper(),
            group=Ref("group", "g"),
            parent=Ref("node", parent),
        )

    def foreign(self, kind: str, key: str) -> Foreign:
        return Foreign(kind, self.ids[Ref(kind, key)])


def need(*keys: str) -> Rows:
    return Rows(
        tuple(
            Row(Ref("node", key), {"node": Ref("node", key), "rating": "3"})
            for key in keys
        )
    )


def read(target: MemoryTarget, kind: str) -> list[Found]:
    *found, end = target.snapshot(SCOPE).read(kind)
    assert end == Complete()
    return [item for item in found if isinstance(item, Found)]
