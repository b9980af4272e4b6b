"""The three-way comparison of one record, field by field.

Pure. Which record meets which object is decided in `match`; here both are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connector.kit.values import (
    RETIRED,
    FieldSpec,
    FieldType,
    Found,
    KindSpec,
    Operation,
    Ownership,
    Privacy,
    Record,
    Ref,
    Retire,
    Row,
    Rows,
    Value,
    is_empty,
)
from connector.store.values import Base, Link
from connector.sync.plan import Change, FieldChange, Finding, FindingKind
from connector.sync.rows import ORDER, RowFinding, compare_rows
from connector.sync.rules import Rules
from connector.sync.three_way import Absent, Known, Verdict, compare, join

_RETIRED_SPEC = FieldSpec(name=RETIRED, type=FieldType.BOOLEAN)


@dataclass(slots=True)
class RecordDiff:
    """What the comparison of one record comes to.

    `link` is the link as it is true now, before anything is written; it is none
    where there is none or where it ends.
    """

    change: Change | None = None
    link: Link | None = None
    findings: list[Finding] = field(default_factory=list)
    manual: list[tuple[str, Value]] = field(default_factory=list)


def create_record(spec: KindSpec, desired: Record, *, reason: str = "") -> Change:
    """Return the change that makes a record the target does not hold."""
    return Change(
        operation=Operation.CREATE,
        kind=spec.name,
        key=desired.key,
        identity=desired.identity,
        remote_id=None,
        fields=tuple(
            FieldChange(
                name=name,
                before=None,
                after=value,
                sent=value,
                privacy=spec.by_name[name].privacy,
            )
            for name, value in desired.fields.items()
            if spec.by_name[name].ownership is Ownership.MANAGED
            and not spec.by_name[name].is_for_making
        ),
        record=desired.fields,
        reason=reason,
        label=label_of(desired.fields, desired.key),
    )


def label_of(fields: Mapping[str, Value], key: str) -> str:
    """Return the name by which people know an object, its key where it has none."""
    for name in ("name", "title", "shortname"):
        value = fields.get(name)
        if isinstance(value, str) and value:
            return value
    return key


def diff_record(
    rules: Rules, spec: KindSpec, desired: Record, link: Link | None, found: Found
) -> RecordDiff:
    """Compare a wanted record with the object that holds it.

    Without a link the object is being adopted: equal fields join, empty ones are
    filled, others are conflicts.
    """
    run = _FieldByField(rules, spec, desired.ref, link, found)
    for name, value in desired.fields.items():
        run.compare_field(spec.by_name[name], value)
    if spec.retire is not Retire.REMOVE:
        run.compare_field(_RETIRED_SPEC, False)
    return run.result(_identity(spec, desired, link, found), desired.fields)


def _identity(spec: KindSpec, desired: Record, link: Link | None, found: Found) -> str:
    """Return the identity an object is known by; an adopted one keeps its own."""
    if link is not None:
        return link.identity
    return found.identity if spec.has_identity else desired.identity


def privacy_of(spec: KindSpec, *names: str) -> Privacy:
    """Return the strictest privacy among some fields of a kind."""
    fields = [spec.by_name[name].privacy for name in names if name in spec.by_name]
    return max(fields, key=list(Privacy).index, default=Privacy.PLAIN)


def diff_unwanted(rules: Rules, spec: KindSpec, link: Link, found: Found) -> RecordDiff:
    """Compare an object of ours that the framework no longer wants.

    Untouched it is retired; edited by others it is a conflict.
    """
    run = _FieldByField(rules, spec, link.ref, link, found)
    last = {name: base.sent for name, base in link.fields.items()}
    if last.get(RETIRED) is True:
        run.compare_field(_RETIRED_SPEC, True)
        return run.result(link.identity, last)
    if found.fields.get(RETIRED) is True:
        run.bases[RETIRED] = Base(sent=True, seen=True)
        return run.result(link.identity, last)
    touched = [
        name
        for name in link.fields
        if not _is_fixed(spec, name) and run.is_touched(name)
    ]
    if touched and not run.wants_anyway(touched):
        return run.result(link.identity, last)
    if spec.retire is Retire.REMOVE:
        run.changes = [
            FieldChange(
                name=name,
                before=found.fields.get(name),
                after=None,
                sent=None,
                privacy=privacy_of(spec, name),
            )
            for name in link.fields
        ]
    else:
        run.changes = [
            *run.departures(),
            FieldChange(name=RETIRED, before=False, after=True, sent=True),
        ]
    return run.result(link.identity, last, operation=Operation.RETIRE)


def _is_fixed(spec: KindSpec, name: str) -> bool:
    """Tell whether nobody can change a field, so that a difference is ours to read.

    A reference to a record that is no longer wanted, for example, is shown as the
    target's own again.
    """
    return name in spec.by_name and spec.by_name[name].is_fixed


class _FieldByField:
    """One record under comparison; collects what its fields come to."""

    def __init__(
        self, rules: Rules, spec: KindSpec, ref: Ref, link: Link | None, found: Found
    ) -> None:
        self.rules, self.spec, self.ref = rules, spec, ref
        self.link, self.found = link, found
        self.bases: dict[str, Base] = {}
        self.changes: list[FieldChange] = []
        self.findings: list[Finding] = []
        self.manual: list[tuple[str, Value]] = []

    def compare_field(self, spec: FieldSpec, desired: Value) -> None:
        """Compare one field and collect a change, a finding or a new base."""
        target = self.found.fields.get(spec.name)
        if spec.ownership is not Ownership.MANAGED:
            self._verify(spec, desired, target)
        elif isinstance(desired, Rows):
            self._compare_group(spec, desired, target)
        else:
            self._compare_value(spec, desired, target)

    def _verify(self, spec: FieldSpec, desired: Value, target: Value) -> None:
        """Compare a field that the platform lets nobody write by its interface."""
        if desired == target:
            return
        if spec.ownership is Ownership.MANUAL_STEP:
            self.manual.append((spec.name, desired))
            return
        finding = self._finding(FindingKind.DRIFT, spec, desired, target)
        self.findings.append(self.rules.identify(finding))

    def _compare_value(self, spec: FieldSpec, desired: Value, target: Value) -> None:
        base = self._base(spec)
        if base is None:
            is_vacant = is_empty(target) and not spec.is_fixed
            verdict = join(desired, target, is_target_empty=is_vacant)
        else:
            verdict = compare(desired, _known(base, target), target)
        if verdict is Verdict.UPDATE and spec.is_fixed:
            verdict = Verdict.CONFLICT
        if verdict in (Verdict.DRIFT, Verdict.CONFLICT):
            verdict = self._settle(spec, verdict, desired, target)
        if verdict is Verdict.UPDATE:
            self._write(spec, target, desired, desired)
        elif verdict is Verdict.RECORDED or (
            verdict is Verdict.SAME and base and not base.is_seen
        ):
            self.bases[spec.name] = Base(sent=desired, seen=target)

    def _settle(
        self, spec: FieldSpec, verdict: Verdict, desired: Value, target: Value
    ) -> Verdict:
        finding = self._finding(FindingKind(verdict.value), spec, desired, target)
        finding, is_ours = self.rules.settle(finding, may_restore=not spec.is_fixed)
        if is_ours and not spec.is_fixed:
            return Verdict.UPDATE
        self.findings.append(finding)
        return verdict

    def _compare_group(self, spec: FieldSpec, desired: Rows, target: Value) -> None:
        there = target if isinstance(target, Rows) else Rows((), desired.is_ordered)
        base = self._base(spec)
        known = _known_rows(base, there) if base else None

        def decide(row: RowFinding) -> bool:
            finding, is_ours = self.rules.settle(
                self._row_finding(spec, row), may_restore=row.beside is None
            )
            if not is_ours:
                self.findings.append(finding)
            return bool(is_ours)

        result = compare_rows(
            desired, known, there, decide, is_keyed_by_text=spec.is_keyed_by_text
        )
        ours = Rows(tuple(result.ours.values()), desired.is_ordered)
        if result.after != there:
            self._write(spec, there, result.after, ours)
            return
        seen = rows_of(there, ours)
        if not result.is_held:
            self.bases[spec.name] = Base(sent=ours, seen=seen)

    def _write(self, spec: FieldSpec, before: Value, after: Value, sent: Value) -> None:
        self.changes.append(
            FieldChange(
                name=spec.name,
                before=before,
                after=after,
                sent=sent,
                privacy=spec.privacy,
            )
        )

    def _base(self, spec: FieldSpec) -> Base | None:
        return self.link.fields.get(spec.name) if self.link else None

    def _finding(
        self, kind: FindingKind, spec: FieldSpec, desired: Value, target: Value
    ) -> Finding:
        return Finding(
            type=kind,
            kind=self.ref.kind,
            key=self.ref.key,
            field=spec.name,
            desired=desired,
            target=target,
            message=_MESSAGES[kind] if self.link else _ADOPTED_MESSAGE,
            privacy=spec.privacy,
        )

    def _row_finding(self, spec: FieldSpec, row: RowFinding) -> Finding:
        return Finding(
            type=FindingKind(row.verdict.value),
            kind=self.ref.kind,
            key=self.ref.key,
            field=spec.name,
            row=str(row.key),
            desired=_as_rows(row.desired),
            target=_as_rows(row.beside or row.target),
            message=_row_message(row),
            privacy=spec.privacy,
        )

    def is_touched(self, name: str) -> bool:
        """Tell whether others changed a field of ours since we wrote it."""
        assert self.link is not None  # noqa: S101 - unwanted records are linked
        base, target = self.link.fields[name], self.found.fields.get(name)
        if isinstance(base.sent, Rows):
            there = target if isinstance(target, Rows) else Rows()
            known = _known_rows(base, there)
            has_others = len(rows_of(there, base.sent).rows) < len(there.rows)
            if has_others and self.spec.retire is Retire.REMOVE:
                return True  # what others put into it would go with it
            return rows_of(there, base.sent) != known.seen
        known_value = _known(base, target)
        return known_value.seen != target

    def departures(self) -> Iterator[FieldChange]:
        """Yield the groups whose rows of ours leave a record that is retired."""
        assert self.link is not None  # noqa: S101 - unwanted records are linked
        for name, base in self.link.fields.items():
            spec = self.spec.by_name.get(name)
            if spec is None or not spec.leaves_on_retiring:
                continue
            there = self.found.fields.get(name)
            assert isinstance(base.sent, Rows)  # noqa: S101 - only groups leave
            assert isinstance(there, Rows)  # noqa: S101 - a reading gives groups whole
            ours = base.sent.by_key()
            kept = tuple(row for row in there.rows if row.key not in ours)
            if len(kept) < len(there.rows):
                yield FieldChange(
                    name=name,
                    before=there,
                    after=Rows(kept, there.is_ordered),
                    sent=Rows((), there.is_ordered),
                    privacy=spec.privacy,
                )

    def wants_anyway(self, touched: list[str]) -> bool:
        """Ask about retiring an object that others have edited."""
        finding = Finding(
            type=FindingKind.CONFLICT,
            kind=self.ref.kind,
            key=self.ref.key,
            field=RETIRED,
            desired=True,
            target=tuple(self.found.fields.get(name) for name in touched),
            message="the framework no longer wants it, but others have edited "
            + ", ".join(touched),
            privacy=privacy_of(self.spec, *touched),
        )
        finding, is_ours = self.rules.settle(finding)
        if not is_ours:
            self.findings.append(finding)
        return bool(is_ours)

    def result(
        self,
        identity: str,
        record: Mapping[str, Value],
        operation: Operation | None = None,
    ) -> RecordDiff:
        """Return what the comparison came to."""
        link = Link(
            kind=self.ref.kind,
            key=self.ref.key,
            remote_id=self.found.remote_id,
            identity=identity,
            fields=dict(self._bases_now(record)),
        )
        return RecordDiff(
            change=self._change(identity, record, operation),
            link=link,
            findings=self.findings,
            manual=self.manual,
        )

    def _bases_now(self, record: Mapping[str, Value]) -> Iterator[tuple[str, Base]]:
        """Yield the bases that hold now; a field no longer mapped is released."""
        if self.link:
            for name, base in self.link.fields.items():
                if name not in self.bases and (name in record or name == RETIRED):
                    yield name, base
        yield from self.bases.items()

    def _change(
        self,
        identity: str,
        record: Mapping[str, Value],
        operation: Operation | None,
    ) -> Change | None:
        if not self.changes:
            return None
        is_retiring = any(
            change.name == RETIRED and change.after is True for change in self.changes
        )
        usual = Operation.RETIRE if is_retiring else Operation.UPDATE
        return Change(
            operation=operation or usual,
            kind=self.ref.kind,
            key=self.ref.key,
            identity=identity,
            remote_id=self.found.remote_id,
            fields=tuple(sorted(self.changes, key=lambda change: change.name)),
            record=record,
            label=self.found.label or label_of(self.found.fields, self.ref.key),
        )


def rows_of(group: Rows, ours: Rows) -> Rows:
    """Return the rows of a group whose keys are ours, as the group shows them."""
    keys = ours.by_key()
    return Rows(tuple(row for row in group.rows if row.key in keys), group.is_ordered)


def _known(base: Base, target: Value) -> Known[Value]:
    """Return a field's base; a target equal to `sent` fills an unknown `seen`."""
    if base.is_seen:
        return Known(base.sent, base.seen)
    if target == base.sent:
        return Known(base.sent, target)
    return Known(base.sent, _UNSEEN)


def _known_rows(base: Base, there: Rows) -> Known[Rows]:
    """Return a group's base, unknown rows filled like `_known` fills a field."""
    sent = base.sent if isinstance(base.sent, Rows) else Rows()
    if base.is_seen:
        seen = base.seen if isinstance(base.seen, Rows) else Rows()
        return Known(sent, seen)
    rows = there.by_key()
    return Known(
        sent,
        Rows(
            tuple(
                row if rows.get(row.key) == row else Row(row.key, {})
                for row in sent.rows
            ),
            sent.is_ordered,
        ),
    )


#: A text that no target shows, in the place of what was never seen.
_UNSEEN: Value = ("\0unseen\0",)

_MESSAGES = {
    FindingKind.DRIFT: "changed in the target since we wrote it",
    FindingKind.CONFLICT: "changed in the framework and in the target, differently",
}
_ADOPTED_MESSAGE = "the target holds something else, written by others"


def _as_rows(value: Row | Rows | Absent) -> Rows | None:
    if isinstance(value, Row):
        return Rows((value,))
    return value if isinstance(value, Rows) else None


def _row_message(row: RowFinding) -> str:
    if row.key == ORDER:
        return "the rows were put into another order in the target"
    if row.beside is not None:
        return (
            "the text of this row seems to have been changed in the target; ours"
            " would stand beside it"
        )
    if row.verdict is Verdict.DRIFT:
        is_gone = not isinstance(row.target, Row)
        what = "removed from" if is_gone else "changed in"
        return f"this row was {what} the target since we wrote it"
    return "this row was changed here and in the target, differently"
