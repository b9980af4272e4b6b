"""How a run ended, in numbers and in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.kit.values import Ref
from connector.store.journal import ChangeState
from connector.sync.plan import Change

#: States of which nobody knows yet what the target holds.
IN_DOUBT = frozenset({ChangeState.PLANNED, ChangeState.SENT, ChangeState.UNKNOWN})
FAILED = frozenset({ChangeState.REJECTED, ChangeState.STALE, ChangeState.UNTRIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a run ended.

    `messages` names every change that was not written. A run that is not finished
    has changes in doubt: the next run settles them before anything else.
    """

    run_id: int | None
    planned: int
    done: int = 0
    failed: int = 0
    skipped: int = 0
    in_doubt: int = 0
    messages: tuple[str, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Tell whether the state of every change is known."""
        return not self.in_doubt

    def as_json(self) -> dict[str, object]:
        """Return the members that `--json` gives."""
        return {
            "run": self.run_id,
            "planned": self.planned,
            "applied": self.done,
            "failed": self.failed,
            "skipped": self.skipped,
            "in_doubt": self.in_doubt,
            "messages": list(self.messages),
        }


def report_on(
    run_id: int,
    changes: Sequence[Change],
    states: Mapping[Ref, ChangeState],
    messages: Mapping[Ref, str],
) -> Report:
    """Return the report on a run's changes."""
    counted = Counter(states[change.slot] for change in changes)
    return Report(
        run_id=run_id,
        planned=len(changes),
        done=counted[ChangeState.DONE],
        failed=sum(counted[state] for state in FAILED),
        skipped=counted[ChangeState.SKIPPED],
        in_doubt=sum(counted[state] for state in IN_DOUBT),
        messages=tuple(
            f"{change.kind} {change.key}: {messages.get(change.slot) or state.value}"
            for change in changes
            if (state := states[change.slot]) is not ChangeState.DONE
        ),
    )
