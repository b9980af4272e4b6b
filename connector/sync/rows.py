"""The three-way comparison of a group of rows, of which others own some.

Pure. We own the rows in our base and no others: the group to write is what the
target holds, less our former rows, plus the rows we want.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from connector.kit.values import Row, RowKey, Rows
from connector.sync.three_way import ABSENT, Absent, Known, Verdict, compare, join


@dataclass(frozen=True, slots=True)
class RowFinding:
    """A row that waits for a decision.

    `beside` is the unknown text that stands where a text row of ours vanished.
    """

    verdict: Verdict
    key: RowKey
    desired: Row | Absent
    target: Row | Absent
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
    desired: Rows, known: Known[Rows] | None, target: Rows, decide: Decide
) -> RowsResult:
    """Compare a group row by row.

    Args:
        desired: the rows we want.
        known: our base, none when the group is compared for the first time.
        target: every row the target shows.
        decide: takes each finding; true where ours is to be written.
    """
    run = _Comparison(desired, known, target, decide)
    for key in _keys_in_order(desired, known):
        run.compare_row(key)
    run.result.after = run.merged()
    run.compare_order()
    return run.result


def _keys_in_order(desired: Rows, known: Known[Rows] | None) -> list[RowKey]:
    keys = dict.fromkeys(row.key for row in desired.rows)
    if known and isinstance(known.sent, Rows):
        keys.update(dict.fromkeys(row.key for row in known.sent.rows))
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
        self.result = RowsResult(after=target)

    def compare_row(self, key: RowKey) -> None:
        desired = self.wanted.get(key, ABSENT)
        target = self.there.get(key, ABSENT)
        verdict = self._verdict(key, desired, target)
        if verdict is Verdict.SAME and key not in self.sent:
            return  # shared: stands there unowned, so it is never ours to remove
        finding = RowFinding(verdict, key, desired, target)
        is_finding = verdict in (Verdict.DRIFT, Verdict.CONFLICT)
        if is_finding and not self.decide(self._beside(finding)):
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
        if not isinstance(desired, Row):  # pragma: no cover - keys are wanted or sent
            return Verdict.SAME
        verdict = join(desired, target, is_target_empty=target is ABSENT)
        if verdict is Verdict.RECORDED and not self.is_joining:
            return Verdict.SAME
        return verdict

    def _beside(self, finding: RowFinding) -> RowFinding:
        """Name the unknown text that replaced a text row of ours, if there is one."""
        if not isinstance(finding.key, str) or finding.target is not ABSENT:
            return finding
        strangers = [
            row
            for key, row in self.there.items()
            if isinstance(key, str) and key not in self.sent and key not in self.wanted
        ]
        if len(strangers) != 1:
            return finding
        return RowFinding(
            finding.verdict, finding.key, finding.desired, finding.target, strangers[0]
        )

    def _keep_base(self, key: RowKey) -> None:
        if key in self.sent:
            self.result.ours[key] = self.sent[key]

    def _accept(self, key: RowKey, desired: Row | Absent, target: Row | Absent) -> None:
        if isinstance(desired, Row):
            self.result.ours[key] = desired
            if desired != target:
                self.written[key] = desired
        elif target is not ABSENT:
            self.removed.add(key)

    def merged(self) -> Rows:
        """Return the group to write, in the target's order, new rows at the end."""
        rows = [
            self.written.pop(key, row)
            for key, row in self.there.items()
            if key not in self.removed
        ]
        rows.extend(self.written.values())
        return Rows(tuple(rows), self.target.is_ordered)

    def compare_order(self) -> None:
        """Put our rows into the order we want; rows of others keep their places."""
        after = self.result.after
        if not self.desired.is_ordered:
            return
        have = [row.key for row in after.rows if row.key in self.result.ours]
        want = [row.key for row in self.desired.rows if row.key in self.result.ours]
        if have == want or set(have) != set(want):
            return
        drifted = RowFinding(Verdict.DRIFT, "order", ABSENT, ABSENT)
        if self._is_order_drifted(want) and not self.decide(drifted):
            self.result.is_held = True
            return
        ours = iter(want)
        by_key = after.by_key()
        self.result.after = Rows(
            tuple(
                by_key[next(ours)] if row.key in self.result.ours else row
                for row in after.rows
            ),
            is_ordered=True,
        )

    def _is_order_drifted(self, want: list[RowKey]) -> bool:
        """Tell whether others reordered rows whose order we did not change."""
        common = [key for key in want if key in self.sent and key in self.there]
        sent = _only(self.sent, common)
        seen = _only(self.seen, common)
        there = _only(self.there, common)
        return there != seen and common == sent


def _rows_of(value: Rows | Absent) -> dict[RowKey, Row]:
    return value.by_key() if isinstance(value, Rows) else {}


def _only(keys: Iterable[RowKey], chosen: list[RowKey]) -> list[RowKey]:
    return [key for key in keys if key in chosen]
