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


def refuse_blindness(name: str, readings: Mapping[str, Reading]) -> None:
    """Refuse to plan where readings broke off and nothing at all was seen.

    Raises:
        TargetError: no object was read, of whatever kind.
    """
    gaps = [reading.gap for reading in readings.values() if reading.gap]
    if gaps and not any(reading.found for reading in readings.values()):
        raise TargetError(
            f"{name} cannot be read: {gaps[0]}",
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
