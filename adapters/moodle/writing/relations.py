"""Writes which competencies are related; a relation has no direction in Moodle."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from adapters.moodle.client import Call
from adapters.moodle.relations import KIND, ends_of, remote_id
from adapters.moodle.writing.context import Context, Sent, fatal_of, outcome_of
from connector.kit.values import Done, Operation, Outcome, Write

_ADD = "core_competency_add_related_competency"
_REMOVE = "core_competency_remove_related_competency"


class RelationWriter:
    """Relates competencies and takes relations away.

    Adding one that is there answers yes, so repeating is harmless.
    """

    kinds = (KIND,)

    def __init__(self, context: Context) -> None:
        self._context = context
        self.group_size = context.settings.batch_size

    def lane_of(self, write: Write) -> Hashable:
        """Let every relation go in any lane."""
        return write.ref

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Return all writes as one phase."""
        return [list(writes)]

    def send(self, writes: Sequence[Write]) -> Sent:
        """Send a group of relations."""
        pairs = [(write, self._ends(write)) for write in writes]
        rans = self._context.client.run(
            [[_call(write, ends)] for write, ends in pairs], is_repeatable=True
        )
        outcomes: list[Outcome] = []
        for (write, ends), ran in zip(pairs, rans, strict=True):
            if write.operation is Operation.RETIRE and ran.is_done:
                # `false` says that there was none: gone is what was wanted.
                outcomes.append(Done(write.ref, write.remote_id or ""))
            else:
                outcomes.append(outcome_of(write, ran, remote_id(*ends)))
        return Sent(outcomes, fatal_of(rans))

    def _ends(self, write: Write) -> tuple[int, int]:
        if write.operation is Operation.RETIRE:
            return ends_of(write.remote_id or "")
        refs = write.record["competencies"]
        one, other = refs if isinstance(refs, tuple) else ()
        return self._context.id_of(one), self._context.id_of(other)


def _call(write: Write, ends: tuple[int, int]) -> Call:
    function = _REMOVE if write.operation is Operation.RETIRE else _ADD
    return Call(function, {"competencyid": ends[0], "relatedcompetencyid": ends[1]})
