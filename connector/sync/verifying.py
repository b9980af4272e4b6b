"""Records that the connector does not write: those of the target or of people.

Pure. What only an administrator can make becomes a task; what only the target makes
(an account, for example) is looked up, remembered, and waited for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from connector.kit.values import (
    KindSpec,
    ManualStep,
    Ownership,
    Record,
    Ref,
    Row,
    RowKey,
    Rows,
    Value,
    references,
)
from connector.store.values import Link
from connector.sync.diff import create_record, label_of, privacy_of
from connector.sync.draft import Draft, PlanInput
from connector.sync.match import Pair
from connector.sync.plan import Finding, FindingKind, PlanTask


class Verifier:
    """Checks the records of one kind against what the target shows."""

    def __init__(
        self, given: PlanInput, spec: KindSpec, draft: Draft, *, is_whole: bool
    ) -> None:
        self.given, self.spec, self.draft = given, spec, draft
        self.is_whole = is_whole
        self.is_read_only = spec.ownership is Ownership.VERIFY_ONLY
        self.held = _held(given) if self.is_read_only else set()

    def verify(self, pair: Pair) -> None:
        """Check one record; what is wrong with it becomes a task, or is made."""
        wrong = _wrong(self.spec, pair)
        if self._is_over(pair):
            self.draft.forgotten.append(pair.ref)
        if self.is_read_only:
            self._remember(pair, is_right=not wrong)
        if not wrong:
            return
        if pair.desired is not None and self._may_make(pair):
            self._make(pair.desired)
            return
        self.draft.blocked.add(pair.ref)
        if self.is_read_only and pair.found is None:
            self.draft.absent.add(pair.ref)
            return
        if pair.found is None and not self.is_whole:
            return  # nobody knows whether it is missing; the reading's gap is told
        if self.is_read_only:
            self.draft.doubtful.add(pair.ref)
        self.add_task(pair.ref, wrong)

    def _may_make(self, pair: Pair) -> bool:
        """Tell whether the connector makes what is missing; once, and not again."""
        is_missing = pair.found is None and pair.link is None and self.is_whole
        return is_missing and bool(self._maker(pair))

    def _maker(self, pair: Pair) -> Value:
        return pair.desired.fields.get(self.spec.made_by) if pair.desired else None

    def _make(self, desired: Record) -> None:
        reason = f"made from “{desired.fields[self.spec.made_by]}”"
        change = create_record(self.spec, desired, reason=reason)
        self.draft.changes[desired.ref] = change

    def _is_over(self, pair: Pair) -> bool:
        """Tell whether what was made once is no longer wanted, or was made anew."""
        is_ours = not self.is_read_only and pair.link is not None and self.is_whole
        return is_ours and (pair.desired is None or bool(pair.twins))

    def _remember(self, pair: Pair, *, is_right: bool) -> None:
        """Keep which object a record is, so that it stays the same one.

        The link goes once the object is gone, or when nothing of ours refers to it.
        """
        if pair.link is None:
            if pair.desired is not None and pair.found is not None and is_right:
                self.draft.records.append(_bare_link(pair.ref, pair.found.remote_id))
            return
        is_let_go = pair.desired is None and pair.ref not in self.held
        if self.is_whole and (pair.found is None or is_let_go):
            self.draft.forgotten.append(pair.ref)

    def report_absent(self) -> None:
        """Count the records that only the target could make and does not hold."""
        number = sum(ref.kind == self.spec.name for ref in self.draft.absent)
        if number:
            what = self.spec.label if number == 1 else self.spec.plural
            finding = Finding(
                type=FindingKind.ABSENT,
                kind=self.spec.name,
                key="",
                message=f"{number} {what} not there yet: what needs them waits or is"
                " left out",
                is_waiting=False,
            )
            self.draft.findings.append(finding)

    def add_task(self, ref: Ref, wrong: Mapping[str, Value]) -> None:
        """Ask people to give a record these values."""
        step = ManualStep(
            title=f"{self.spec.label} “{ref.key}”",
            steps=self.spec.manual_step,
            values={name: self._told(value) for name, value in wrong.items()},
        )
        self.draft.tasks[ref] = PlanTask(
            kind=ref.kind,
            key=ref.key,
            step=step,
            privacy=privacy_of(self.spec, *wrong),
        )

    def _told(self, value: Value) -> str:
        """Return a value as a person types it; a reference by the name it shows."""
        if isinstance(value, tuple):
            return ", ".join(self._told(item) for item in value)
        if not isinstance(value, Ref):
            return str(value)
        for record in self.given.records:
            if record.ref == value:
                return label_of(record.fields, value.key)
        return value.key


def _wrong(spec: KindSpec, pair: Pair) -> dict[str, Value]:
    """Return the wanted values that the target does not show."""
    if pair.desired is None:
        return {}
    return {
        name: value
        for name, value in pair.desired.fields.items()
        if not spec.by_name[name].is_for_making
        and (pair.found is None or pair.found.fields.get(name) != value)
    }


def _bare_link(ref: Ref, remote_id: str) -> Link:
    return Link(kind=ref.kind, key=ref.key, remote_id=remote_id, identity="", fields={})


def _held(given: PlanInput) -> set[Ref]:
    """Return every record that something we wrote refers to."""
    return {
        ref
        for link in given.links.values()
        for base in link.fields.values()
        for ref in references(base.sent)
    }


def reachable(desired: Record, link: Link | None, draft: Draft) -> Record:
    """Return a record without the rows whose other end is not there.

    A row of ours stays while its other end is only in doubt.
    """
    kept = {}
    for name, value in desired.fields.items():
        if isinstance(value, Rows):
            ours = _own_keys(link, name)
            rows = tuple(row for row in value.rows if _may_stay(row, ours, draft))
            kept[name] = Rows(rows, value.is_ordered)
    return replace(desired, fields={**desired.fields, **kept}) if kept else desired


def _own_keys(link: Link | None, name: str) -> set[RowKey]:
    base = link.fields.get(name) if link else None
    return {*base.sent.by_key()} if base and isinstance(base.sent, Rows) else set()


def _may_stay(row: Row, ours: set[RowKey], draft: Draft) -> bool:
    if row.key in draft.doubtful:
        return row.key in ours
    return row.key not in draft.absent


def unseen_kind(given: PlanInput, spec: KindSpec) -> KindSpec | None:
    """Return a kind that this one refers to and of which the reading missed some.

    Objects that only the target makes are not ours to remember: with some of them
    unseen, rows that are there would look gone.
    """
    kinds = {
        kind
        for item in spec.fields
        for part in (item, *item.row)
        for kind in part.kinds
        if kind != spec.name
    }
    for other in given.specs:
        is_read_only = other.ownership is Ownership.VERIFY_ONLY
        if other.name in kinds and is_read_only and given.readings[other.name].gap:
            return other
    return None


def manual_notes(given: PlanInput, draft: Draft) -> Iterator[str]:
    """Say how many steps are to be done by hand where there is another way."""
    for spec in given.specs:
        number = sum(ref.kind == spec.name for ref in draft.tasks)
        if spec.many_steps and number:
            what = spec.label if number == 1 else spec.plural
            told = f"{number} {what} to be made by hand, one click each."
            limit = given.limits.manual_steps
            yield f"{told} {spec.many_steps}" if number > limit else told
