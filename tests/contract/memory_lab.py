"""The laboratory of the target in memory."""

from __future__ import annotations

from collections.abc import Iterator

from labs import Lab, rows

from connector.kit.protocols import Connection
from connector.kit.testing import Failure, MemoryTarget
from connector.kit.values import RETIRED, Foreign, Record, Ref, Rows, Value


class MemoryLab(Lab):
    """A lab whose target needs no network."""

    adapter = "memory"
    plain = Ref("group", "lone")
    name_field, text_field = "name", "description"
    holder, group = Ref("profile", "dev"), "requirements"
    natural = plain
    paged_kind = "node"

    def open(self) -> Connection:
        self.target = MemoryTarget()
        return Connection(address="memory:", catalogue=self.target, doctor=None)  # type: ignore[arg-type]  # nobody asks it

    def records(self) -> Iterator[Record]:
        team, top, low = Ref("group", "team"), Ref("node", "top"), Ref("node", "low")
        yield self.record("group", "team", name="Team", description="Together.")
        yield self.record("group", "lone", name="Lone", description="Alone.")
        for key, parent in (("top", None), ("mid", top), ("low", Ref("node", "mid"))):
            yield self.record(
                "node",
                key,
                name=key.title(),
                description=f"Does {key}.",
                group=team,
                parent=parent,
            )
        yield self.record("rule", "top", node=top, type="all")
        yield self.record("rule", "mid", node=Ref("node", "mid"), type="all")
        yield self.record(
            "profile",
            "dev",
            title="Developer",
            description="Writes.",
            requirements=rows("node", top, low, rating="3", is_required=True),
        )
        yield self.record("link", "team-low", group=team, node=low, outcome="complete")

    def edit(self, ref: Ref, **fields: str) -> None:
        self.target.edit(ref.kind, self._name(ref), **fields)

    def _name(self, ref: Ref) -> str:
        return self.remote_id(ref)

    def remove(self, ref: Ref) -> None:
        self.target.forget(ref.kind, self._name(ref))

    def retire(self, ref: Ref, *, is_retired: bool = True) -> None:
        self.target.edit(ref.kind, self._name(ref), **{RETIRED: is_retired})

    def give_identity(self, ref: Ref, identity: str) -> None:
        self.target.edit(ref.kind, self._name(ref), identity=identity)

    def make(self, record: Record, identity: str) -> None:
        self.target.add(record.kind, identity, **record.fields)

    def add_row(self) -> None:
        team = Foreign("group", self.remote_id(Ref("group", "team")))
        node = self.target.add("node", "", name="Theirs", group=team)
        key = Foreign("node", node)
        added = rows("node", key, rating="1", is_required=False)  # type: ignore[arg-type]  # a row of others
        self._edit_rows((*self._rows().rows, *added.rows))

    def remove_row(self, ref: Ref) -> None:
        gone = Foreign(ref.kind, self.remote_id(ref))
        self._edit_rows(tuple(row for row in self._rows().rows if row.key != gone))

    def _rows(self) -> Rows:
        shown = self.target.find(self.holder.kind, self._name(self.holder))
        group = shown.fields[self.group]
        assert isinstance(group, Rows)
        return group

    def _edit_rows(self, kept: tuple[object, ...]) -> None:
        value: Value = Rows(kept)  # type: ignore[arg-type]  # rows all
        self.target.edit(
            self.holder.kind, self._name(self.holder), **{self.group: value}
        )

    def cut_reading(self) -> None:
        self.target.cuts[self.paged_kind] = 1

    def lose_answers(self, count: int) -> None:
        first = self.target.groups + 1
        for number in range(first, first + count):
            self.target.failures[number] = Failure.LOST_AFTER

    def reset(self) -> None:
        self.target.reset()

    def writes(self) -> int:
        return len(self.target.log)

    def forget_log(self) -> None:
        self.target.log.clear()

    def portrait(self) -> list[str]:
        contents = self.target.contents()
        return [f"{kind} {item}" for kind, items in contents.items() for item in items]

    def close(self) -> None:
        self.database.close()
