"""Which of our competencies are related to one another, as a Moodle site shows it.

Asks only those competencies that may be one end of a relation of ours, one end of
each. A relation has no place for an identity and no id that a function would take:
its remote id is `<lower id>/<higher id>` of its ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapters.moodle import identities, wire
from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.failures import RefusedError
from adapters.moodle.translate import Forest, node_reference
from connector.kit.values import Foreign, Found, ReadScope, Ref

KIND = "related"
_LIST = "tool_lp_data_for_related_competencies_section"


def remote_id(one: int, other: int) -> str:
    """Return the remote id of the relation of two competencies."""
    return f"{min(one, other)}/{max(one, other)}"


def ends_of(relation: str) -> tuple[int, int]:
    """Return the ids inside the remote id of a relation, the lower one first."""
    low, high = relation.split("/")
    return int(low), int(high)


def relations_found(
    client: MoodleClient, scope: ReadScope, forest: Forest
) -> list[Found]:
    """Return the relations between competencies of ours that we want or made."""
    asked = sorted({*_linked_ends(scope), *_wanted_ends(scope, forest)})
    found: dict[str, Found] = {}
    for one, others in _related(client, asked):
        for other in others:
            found[remote_id(one, other.id)] = _found(forest, one, other)
    return list(found.values())


def _linked_ends(scope: ReadScope) -> Iterator[int]:
    for relation in scope.linked.get(KIND, ()):
        yield ends_of(relation)[0]


def _wanted_ends(scope: ReadScope, forest: Forest) -> Iterator[int]:
    """Yield one end of each wanted relation whose ends are both there.

    A competency that was adopted bears a name we do not know it by here, so each of
    those is asked.
    """
    names = {
        record.ref: record.identity for record in scope.wanted.get("competency", ())
    }
    ids = {node.idnumber: node.id for node in forest.nodes.values()}
    for record in scope.wanted.get(KIND, ()):
        refs = record.fields["competencies"]
        ends = [
            ids.get(names.get(ref, "")) if isinstance(ref, Ref) else None
            for ref in (refs if isinstance(refs, tuple) else ())
        ]
        there = [end for end in ends if end is not None]
        if there and len(there) == len(ends):
            yield min(there)
    if scope.wanted.get(KIND):
        for node in forest.nodes.values():
            is_adopted = identities.node_kind(node.idnumber, forest.prefix) is None
            if is_adopted and forest.kind_of(node) == "competency":
                yield node.id


def _related(
    client: MoodleClient, ids: Iterable[int]
) -> Iterator[tuple[int, tuple[wire.Node, ...]]]:
    """Yield what each competency is related to; one that is gone has nothing."""
    calls = [[Call(_LIST, {"competencyid": id_})] for id_ in ids]
    for ran in client.run(calls, is_repeatable=True):
        if isinstance(ran.error, RefusedError) and ran.error.is_gone:
            continue
        if ran.error is not None:
            raise ran.error
        one = ran.calls[0].arguments["competencyid"]
        answer = wire.RELATED.one(ran.answers[0], _LIST)
        yield int(str(one)), answer.relatedcompetencies


def _found(forest: Forest, one: int, other: wire.Node) -> Found:
    node = forest.nodes.get(one)
    ends = (
        node_reference(node, forest.kind_of(node))
        if node
        else Foreign("competency", str(one)),
        node_reference(other, forest.kind_of(other)),
    )
    return Found(
        kind=KIND,
        remote_id=remote_id(one, other.id),
        identity="",
        fields={"competencies": ends},
        label=" and ".join(end.label or end.remote_id for end in ends),
    )
