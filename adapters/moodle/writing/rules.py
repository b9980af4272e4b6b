"""Writes the completion rules of steps: a proven step completes the one it lies in."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from adapters.moodle.client import Call
from adapters.moodle.facts import RULE_ALL, RULE_OUTCOMES
from adapters.moodle.writing.context import Context, Sent, fatal_of, outcome_of
from connector.kit.values import Operation, Write

_UPDATE = "core_competency_update_competency"
_COMPLETE = next(number for number, name in RULE_OUTCOMES.items() if name == "complete")


class RuleWriter:
    """Sets and clears rules; a rule lives on the node of its parent step."""

    kinds = ("step_rule",)

    def __init__(self, context: Context) -> None:
        self._context = context
        self.group_size = context.settings.batch_size

    def lane_of(self, write: Write) -> Hashable:
        """Let every rule go in any lane."""
        return write.ref

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Return all writes as one phase."""
        return [list(writes)]

    def send(self, writes: Sequence[Write]) -> Sent:
        """Send a group of rules; each is put as a whole, so repeating is harmless."""
        nodes = [self._node(write) for write in writes]
        rans = self._context.client.run(
            [[_call(w, node)] for w, node in zip(writes, nodes, strict=True)],
            is_repeatable=True,
        )
        outcomes = [
            outcome_of(write, ran, str(node))
            for write, ran, node in zip(writes, rans, nodes, strict=True)
        ]
        return Sent(outcomes, fatal_of(rans))

    def _node(self, write: Write) -> int:
        if write.remote_id:
            return int(write.remote_id)
        return self._context.id_of(write.record["node"])


def _call(write: Write, node: int) -> Call:
    is_set = write.operation is not Operation.RETIRE
    rule: dict[str, object] = {
        "id": node,
        "ruletype": RULE_ALL if is_set else None,
        "ruleoutcome": _COMPLETE if is_set else 0,
        "ruleconfig": None,
    }
    return Call(_UPDATE, {"competency": rule})
