"""Writes the nodes of the competency tree: domains, competencies and steps."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from adapters.moodle import wire
from adapters.moodle.client import Call, Ran
from adapters.moodle.failures import (
    INVALID_OBJECT,
    NOT_IN_THIS_STATE,
    RefusedError,
)
from adapters.moodle.identities import NODE_KINDS, is_ours
from adapters.moodle.writing.context import (
    Context,
    Sent,
    failed,
    fatal_of,
    kept,
    outcome_of,
    stale,
    untried,
)
from adapters.moodle.writing.retired import retired_branch
from connector.kit.errors import ConflictError, TargetError
from connector.kit.values import (
    RETIRED,
    Done,
    Foreign,
    Operation,
    Outcome,
    Ref,
    Value,
    Write,
)

_CREATE = "core_competency_create_competency"
_UPDATE = "core_competency_update_competency"
_MOVE = "core_competency_set_parent_competency"
_READ = "core_competency_read_competency"
_LIST = "core_competency_list_competencies"


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A write and the calls it takes, or the outcome it has without any."""

    write: Write
    calls: Sequence[Call] = ()
    outcome: Outcome | None = None


class NodeWriter:
    """Creates, changes, moves, retires and restores nodes.

    Siblings are created by one lane; moves all share one, after everything else.
    """

    kinds = NODE_KINDS

    def __init__(self, context: Context) -> None:
        self._context = context
        self.group_size = context.settings.batch_size

    def lane_of(self, write: Write) -> Hashable:
        """Return the parent of a new node; other nodes stand for themselves."""
        if _is_move(write):
            return "moves"
        if write.operation is Operation.CREATE:
            return self._parent(write)
        return write.ref

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Let moves, which renumber siblings on both sides, come last."""
        moves = [write for write in writes if _is_move(write)]
        rest = [write for write in writes if not _is_move(write)]
        return [rest, moves]

    def send(self, writes: Sequence[Write]) -> Sent:
        """Send a group of nodes."""
        try:
            prepared = self._prepare(writes)
        except TargetError as error:
            return untried(writes, error)
        rans = self._context.client.run(
            [item.calls for item in prepared], is_repeatable=False
        )
        outcomes = [
            item.outcome or self._outcome(item.write, ran)
            for item, ran in zip(prepared, rans, strict=True)
        ]
        return Sent(outcomes, fatal_of(rans))

    def _parent(self, write: Write) -> int:
        """Return the id of the wanted parent, 0 for the root."""
        parent = write.record.get("parent")
        return 0 if parent is None else self._context.id_of(parent)

    def _prepare(self, writes: Sequence[Write]) -> list[_Prepared]:
        retiring = [write for write in writes if _retires(write)]
        states = self._states(retiring)
        return [self._prepared(write, states) for write in writes]

    def _prepared(
        self, write: Write, states: Mapping[Ref, wire.Node | None]
    ) -> _Prepared:
        if write.operation is Operation.CREATE:
            return _Prepared(write, [self._create(write)])
        if write.ref in states:
            return self._retire(write, states[write.ref])
        node_id = int(write.remote_id or 0)
        calls = []
        if texts := _texts(write):
            calls.append(Call(_UPDATE, {"competency": {"id": node_id, **texts}}))
        if _is_move(write):
            calls.append(_move(node_id, self._parent(write)))
        return _Prepared(write, calls)

    def _create(self, write: Write) -> Call:
        return Call(
            _CREATE,
            {
                "competency": {
                    **_texts(write),
                    "idnumber": write.identity,
                    "descriptionformat": 1,
                    "competencyframeworkid": self._context.id_of(
                        write.record["framework"]
                    ),
                    "parentid": self._parent(write),
                }
            },
        )

    def _states(self, writes: Sequence[Write]) -> dict[Ref, wire.Node | None]:
        """Return the nodes to retire as they are now; none for those that are gone."""
        calls = [[Call(_READ, {"id": int(write.remote_id or 0)})] for write in writes]
        states: dict[Ref, wire.Node | None] = {}
        rans = self._context.client.run(calls, is_repeatable=True)
        for write, ran in zip(writes, rans, strict=True):
            if ran.is_done:
                states[write.ref] = wire.NODE.one(ran.answers[0], _READ)
            elif isinstance(ran.error, RefusedError) and ran.error.is_gone:
                states[write.ref] = None
            elif ran.error is not None:
                raise ran.error
        return states

    def _retire(self, write: Write, node: wire.Node | None) -> _Prepared:
        if node is None:
            return _Prepared(write, outcome=stale(write, "The competency is gone."))
        if not is_ours(write.identity, write.kind, write.key):
            return _Prepared(write, outcome=kept(write, "it is not retired"))
        branch = retired_branch(self._context, write, node.competencyframeworkid)
        if node.parentid == branch:
            return _Prepared(write, outcome=_retired(write))
        return _Prepared(write, [_move(node.id, branch)])

    def _outcome(self, write: Write, ran: Ran) -> Outcome:
        if write.operation is Operation.CREATE:
            if ran.is_done:
                return self._created(write, wire.NODE.one(ran.answers[0], _CREATE))
            return self._existing(write, ran) or failed(write, ran)
        if _retires(write) and ran.is_done:
            return _retired(write)
        if _is_move(write) and self._is_there_already(write, ran):
            return Done(write.ref, write.remote_id or "")
        return outcome_of(write, ran, write.remote_id or "")

    def _created(self, write: Write, node: wire.Node) -> Done:
        shown: dict[str, Value] = {
            "shortname": node.shortname,
            "description": node.description,
            "framework": Foreign("framework", str(node.competencyframeworkid)),
            "parent": _shown_parent(write, node),
            RETIRED: False,
        }
        seen = {name: shown[name] for name in write.after if name in shown}
        return Done(write.ref, str(node.id), seen)

    def _existing(self, write: Write, ran: Ran) -> Outcome | None:
        """Look for the node that a run before this one may have made."""
        if ran.is_lost or not _is_clash(ran):
            return None
        filters = [
            {
                "column": "competencyframeworkid",
                "value": str(self._context.id_of(write.record["framework"])),
            },
            {"column": "idnumber", "value": write.identity},
        ]
        try:
            answer = self._context.client.call(_LIST, {"filters": filters})
        except TargetError:
            return None
        for node in wire.NODE.many(answer, _LIST):
            is_same = node.parentid == self._parent(write) and all(
                value == getattr(node, name) for name, value in _texts(write).items()
            )
            if is_same:
                return self._created(write, node)
            return stale(
                write, f"A competency with ID number {write.identity} is there already."
            )
        return None

    def _is_there_already(self, write: Write, ran: Ran) -> bool:
        """Tell whether Moodle refused a move only because there was none to make."""
        is_refused = (
            isinstance(ran.error, RefusedError)
            and ran.error.error_code == NOT_IN_THIS_STATE
            and ran.next_call.function == _MOVE
        )
        if not is_refused:
            return False
        try:
            answer = self._context.client.call(_READ, {"id": int(write.remote_id or 0)})
        except TargetError:
            return False
        return wire.NODE.one(answer, _READ).parentid == self._parent(write)


def _texts(write: Write) -> dict[str, str]:
    return {
        name: str(write.after[name] or "")
        for name in ("shortname", "description")
        if name in write.after
    }


def _retires(write: Write) -> bool:
    return write.operation is Operation.RETIRE or write.after.get(RETIRED) is True


def _is_move(write: Write) -> bool:
    """Tell whether a write puts a node that exists under another parent."""
    if write.operation is Operation.CREATE:
        return False
    return _retires(write) or RETIRED in write.after or "parent" in write.after


def _move(node_id: int, parent_id: int) -> Call:
    return Call(_MOVE, {"competencyid": node_id, "parentid": parent_id})


def _retired(write: Write) -> Done:
    return Done(write.ref, write.remote_id or "", {RETIRED: True, "parent": None})


def _is_clash(ran: Ran) -> bool:
    return isinstance(ran.error, ConflictError) or (
        isinstance(ran.error, RefusedError) and ran.error.error_code == INVALID_OBJECT
    )


def _shown_parent(write: Write, node: wire.Node) -> Foreign | None:
    if not node.parentid:
        return None
    parent = write.record.get("parent")
    kind = parent.kind if isinstance(parent, Ref | Foreign) else "competency"
    return Foreign(kind, str(node.parentid))
