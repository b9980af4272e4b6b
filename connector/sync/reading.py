"""*Read target*: every object of every kind, and how far the reading can be trusted.

Touches the outside through the adapter only; keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from connector.kit.errors import ReplyError, TargetError, TransientError
from connector.kit.protocols import Catalogue, Snapshot
from connector.kit.values import (
    Complete,
    Found,
    Incomplete,
    KindSpec,
    ReadScope,
    Record,
    Ref,
)
from connector.store.values import Link
from connector.sync.match import Reading


def read_target(
    catalogue: Catalogue, scope: ReadScope, kinds: Iterable[str]
) -> tuple[dict[str, Reading], int | None]:
    """Read some kinds; returns a reading of each, and the people in scope.

    A reading that breaks off is incomplete, whatever the reason; it is never
    mistaken for an empty target.

    Raises:
        AuthError: the credentials or rights are refused.
    """
    snapshot = catalogue.snapshot(scope)
    readings = {kind: _read_kind(snapshot, kind) for kind in kinds}
    return readings, snapshot.people_in_scope()


def _read_kind(snapshot: Snapshot, kind: str) -> Reading:
    found: list[Found] = []
    try:
        for item in snapshot.read(kind):
            match item:
                case Found():
                    found.append(item)
                case Complete():
                    return Reading(tuple(found))
                case Incomplete(reason):
                    return Reading(tuple(found), reason)
    except (TransientError, ReplyError) as error:
        return Reading(tuple(found), error.message)
    return Reading(tuple(found), "the reading ended without saying so")


def refuse_blindness(
    name: str, scope: ReadScope, readings: Mapping[str, Reading]
) -> None:
    """Refuse to plan where nothing could be read of all that the plan is about.

    A kind of which nothing is wanted and nothing is linked may ask the target
    nothing, so that it says nothing about whether the target answers.

    Raises:
        TargetError: every reading broke off, and no object was seen.
    """
    concerned = [
        reading
        for kind, reading in readings.items()
        if scope.wanted.get(kind) or scope.linked.get(kind)
    ]
    is_blind = bool(concerned) and all(item.gap for item in concerned)
    if is_blind and not any(reading.found for reading in readings.values()):
        raise TargetError(
            f"{name} cannot be read: {concerned[0].gap}",
            target=name,
            hint="Nothing was planned. Check that it is up and reachable: `jobframe"
            f" doctor {name}`.",
        )


def scope_of(
    prefix: str,
    specs: Sequence[KindSpec],
    records: Iterable[Record],
    links: Mapping[Ref, Link],
    as_of: date,
) -> ReadScope:
    """Return what a reading for these records and links is about."""
    wanted: dict[str, list[Record]] = {spec.name: [] for spec in specs}
    for record in records:
        wanted[record.kind].append(record)
    linked: dict[str, set[str]] = {}
    for link in links.values():
        linked.setdefault(link.kind, set()).add(link.remote_id)
    return ReadScope(
        prefix=prefix,
        as_of=as_of,
        linked={kind: frozenset(ids) for kind, ids in linked.items()},
        wanted={kind: tuple(items) for kind, items in wanted.items()},
    )
