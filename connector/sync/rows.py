"""The three-way comparison of a group of rows, of which others own some.

Pure. We own the rows in our base and no others: the group to write is what the
target holds, less our former rows, plus the rows we want.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from connector.kit.values import Row, RowKey, Rows
from connector.sync.three_way import ABSENT, Absent, Known, Verdict, compare, join

#: The key under which the order of a group is a finding of its own.
ORDER = "order"


@dataclass(frozen=True, slots=True)
class RowFinding:
    """A row, or the order of all rows of ours, that waits for a decision.

    `beside` is the unknown text that stands where a text row of ours vanished.
    """

    verdict: Verdict
    key: RowKey
    desired: Row | Rows | Absent
    target: Row | Rows | Absent
    beside: Row | None = None


@dataclass(slots=True)
class RowsResult:
    """What comes of a group: the group to write, and what we own then.

    `after` equals the target where there is nothing to write. `is_held` tells that
    some row waits for a decision or is kept as others made it.
    """

    after: Rows
    ours: dict[RowKey, Row] = field(default_factory=dict)
    is_held: bool = False


#: Reports a finding on a row and tells how it is settled: true writes ours.
Decide = Callable[[RowFinding], bool]


def compare_rows(
    desired: Rows,
    known: Known[Rows] | None,
    target: Rows,
    decide: Decide,
    *,
    is_keyed_by_text: bool = False,
) -> RowsResult:
    """Compare a group row by row.

    Args:
        desired: the rows we want.
        known: our base, none when the group is compared for the first time.
        target: every row the target shows.
        decide: takes each finding; true where ours is to be written.
        is_keyed_by_text: a row whose text was edited looks like another row.
    """
    run = _Comparison(desired, known, target, decide)
    if is_keyed_by_text:
        run.look_for_edited_texts()
    for key in _keys_in_order(desired, known):
        run.compare_row(key)
    run.result.after = run.merged()
    run.compare_order()
    return run.result


def _keys_in_order(desired: Rows, known: Known[Rows] | None) -> list[RowKey]:
    keys = dict.fromkeys(row.key for row in desired.rows)
    keys.update(dict.fromkeys(_rows_of(known.sent) if known else ()))
    return list(keys)


class _Comparison:
    """One group under comparison; holds what the rows' verdicts come to."""

    def __init__(
        self, desired: Rows, known: Known[Rows] | None, target: Rows, decide: Decide
    ) -> None:
        self.desired, self.target, self.decide = desired, target, decide
        self.is_joining = known is None
        self.wanted = desired.by_key()
        self.sent = _rows_of(known.sent) if known else {}
        self.seen = _rows_of(known.seen) if known else {}
        self.there = target.by_key()
        self.written: dict[RowKey, Row] = {}
        self.removed: set[RowKey] = set()
        self.strangers: list[Row] = []
        self.dropped: list[RowKey] = []
        self.result = RowsResult(after=target)

    def look_for_edited_texts(self) -> None:
        """Note unknown texts, and texts of ours that are neither there nor wanted."""
        ours = {*self.sent, *self.wanted}
        if all(key in self.there for key in self.sent):
            return
        self.strangers = [row for key, row in self.there.items() if key not in ours]
        self.dropped = [
            key for key in self.sent if key not in self.wanted and key not in self.there
        ]

    def compare_row(self, key: RowKey) -> None:
        desired = self.wanted.get(key, ABSENT)
        target = self.there.get(key, ABSENT)
        verdict = self._verdict(key, desired, target)
        if verdict is Verdict.SAME and key not in self.sent:
            return  # shared: stands there unowned, so it is never ours to remove
        finding = RowFinding(verdict, key, desired, target, self._beside(target))
        is_finding = verdict in (Verdict.DRIFT, Verdict.CONFLICT)
        if is_finding and not self.decide(finding):
            self.result.is_held = True
            self._keep_base(key)
            return
        self._accept(key, desired, target)

    def _verdict(
        self, key: RowKey, desired: Row | Absent, target: Row | Absent
    ) -> Verdict:
        if key in self.sent:
            known = Known(self.sent[key], self.seen.get(key, ABSENT))
            return compare(desired, known, target)
        verdict = join(desired, target, is_target_empty=target is ABSENT)
        if verdict is Verdict.RECORDED and not self.is_joining:
            return Verdict.SAME
        if verdict is Verdict.UPDATE and self.dropped and self.strangers:
            # Others may have edited the very text that this one replaces.
            return Verdict.CONFLICT
        return verdict

    def _beside(self, target: Row | Absent) -> Row | None:
        """Return the unknown text that may be a vanished one of ours, edited."""
        return next(iter(self.strangers), None) if target is ABSENT else None

    def _keep_base(self, key: RowKey) -> None:
        """Keep what we own as it was; new texts wait with those they may replace."""
        kept = [key] if key in self.sent else self.dropped
        self.result.ours.update({each: self.sent[each] for each in kept})

    def _accept(self, key: RowKey, desired: Row | Absent, target: Row | Absent) -> None:
        if isinstance(desired, Row):
            self.result.ours[key] = desired
            if desired != target:
                self.written[key] = desired
        elif target is not ABSENT:
            self.removed.add(key)

    def merged(self) -> Rows:
        """Return the group to write, in the target's order, new rows at the end.

        Rows of others that share a key are all kept; one that we write is there once.
        """
        rows: list[Row] = []
        placed: set[RowKey] = set()
        for row in self.target.rows:
            if row.key in self.removed or row.key in placed:
                continue
            if row.key in self.written:
                placed.add(row.key)
            rows.append(self.written.get(row.key, row))
        rows.extend(row for key, row in self.written.items() if key not in placed)
        return Rows(tuple(rows), self.target.is_ordered)

    def compare_order(self) -> None:
        """Put our rows into the order we want; rows of others keep their places."""
        after = self.result.after
        if not self.desired.is_ordered:
            return
        placed = {*self.wanted} & {*self.result.ours}
        have = _only((row.key for row in after.rows), placed)
        want = _only(self.wanted, {*have})
        if have == want:
            return
        by_key = after.by_key()
        finding = RowFinding(
            self._order_verdict(want),
            ORDER,
            Rows(tuple(by_key[key] for key in want), is_ordered=True),
            Rows(tuple(by_key[key] for key in have), is_ordered=True),
        )
        is_finding = finding.verdict in (Verdict.DRIFT, Verdict.CONFLICT)
        if is_finding and not self.decide(finding):
            self.result.is_held = True
            return
        ours = iter(want)
        self.result.after = Rows(
            tuple(by_key[next(ours)] if row.key in have else row for row in after.rows),
            is_ordered=True,
        )

    def _order_verdict(self, want: list[RowKey]) -> Verdict:
        """Compare the order of the rows that all sides know, as a value of its own."""
        common = {*want} & {*self.sent} & {*self.seen} & {*self.there}
        known = Known(_only(self.sent, common), _only(self.seen, common))
        return compare(_only(want, common), known, _only(self.there, common))


def _rows_of(value: Rows | Absent) -> dict[RowKey, Row]:
    return value.by_key() if isinstance(value, Rows) else {}


def _only(keys: Iterable[RowKey], chosen: set[RowKey]) -> list[RowKey]:
    return [key for key in keys if key in chosen]
