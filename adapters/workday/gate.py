"""Which kinds a tenant takes in the form in which we send them.

The tenant's own WSDL is read and compared with the elements of the requests that read
and write a kind. Nothing is sent but the question for the WSDL, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from hashlib import sha256

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element
from adapters.workday.facts import FLAGS, OPERATIONS, ORDER
from adapters.workday.kinds import KINDS
from adapters.workday.schema import TenantSchema
from adapters.workday.settings import Settings
from adapters.workday.wire.achievements import ACHIEVEMENTS
from adapters.workday.wire.kind import Change, Kind
from connector.kit.errors import AuthError, RejectedError, ReplyError
from connector.kit.values import FieldType, KindAnswer, Operation, Value, Write

#: Paths named in a sentence; a service of another version differs in hundreds.
_MOST_PATHS = 8
_ANY_DAY = date(1900, 1, 1)


#: Operations that are about no kind, by the feature that uses them.
FEATURES = {
    "people": ("Get_Workers",),
    "open_positions": ("Get_Positions",),
    "positions_by_organisation": ("Get_Organizations",),
    "positions_by_country": ("Get_Locations",),
    "evidence": tuple(
        dict.fromkeys(
            name for each in ACHIEVEMENTS.values() for name in (each.get, each.manage)
        )
    ),
}


class WorkdayGate:
    """Compares kinds and features with a tenant's WSDL, service by service."""

    def __init__(self, client: WorkdayClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def stamp(self, kind: str) -> str:
        """Return the versions of both sides that an answer about a kind holds for."""
        versions = self._settings.versions
        services = sorted({OPERATIONS[name].service for name in operations_of(kind)})
        ours = _digest_of_ours()
        return " ".join([*(f"{name} {versions[name]}" for name in services), ours])

    def answers(self, kinds: Collection[str]) -> Mapping[str, KindAnswer]:
        """Compare some kinds; each service's WSDL is read once.

        Raises:
            TransientError: the tenant does not answer.
        """
        schemas: dict[str, TenantSchema | str] = {}
        for kind in kinds:
            for name in operations_of(kind):
                service = OPERATIONS[name].service
                if service not in schemas:
                    schemas[service] = self._schema(service)
        return {kind: self._answer(kind, schemas) for kind in kinds}

    def _schema(self, service: str) -> TenantSchema | str:
        """Return a service's schema, or why it cannot be had."""
        try:
            return TenantSchema(self._client.wsdl(service), service)
        except (AuthError, RejectedError, ReplyError) as error:
            return error.message

    def _answer(
        self, kind: str, schemas: Mapping[str, TenantSchema | str]
    ) -> KindAnswer:
        differences: list[str] = []
        gaps: list[str] = []
        for service, schema in schemas.items():
            ours = [n for n in operations_of(kind) if OPERATIONS[n].service == service]
            where = f"{service} {self._settings.versions[service]}"
            if not ours:
                continue
            if isinstance(schema, str):
                gaps.append(f"the WSDL of {where} cannot be read: {schema}")
            elif paths := differences_of(kind, schema):
                differences.append(f"{where} differs: {named(paths)}")
        return KindAnswer(differences=tuple(differences), gap="; ".join(gaps))


def differences_of(kind: str, schema: TenantSchema) -> list[str]:
    """Return every element path by which a kind or feature differs from a schema."""
    found = schema.differences(operations_of(kind))
    if kind in KINDS and (request := smallest_request(KINDS[kind])) is not None:
        found += [path for path in schema.lacking(request) if path not in found]
    return found


def smallest_request(kind: Kind) -> Element | None:
    """Return the request for a new object that has nothing but what it must have."""
    if kind.build is None:
        return None
    texts = (FieldType.TEXT, FieldType.RICH_TEXT)
    named = [each for each in kind.spec.fields if each.is_required]
    fields: dict[str, Value] = {
        each.name: "Check of the connection" for each in named if each.type in texts
    }
    fields |= kind.least
    write = Write(
        operation=Operation.CREATE,
        kind=kind.spec.name,
        key="check",
        identity="check",
        remote_id=None,
        before={},
        after=fields,
        record=fields,
        effective_on=_ANY_DAY,
    )
    change = Change(write=write, current=None, remote_ids={}, effective=_ANY_DAY)
    return kind.build(change)


def operations_of(kind: str) -> tuple[str, ...]:
    """Return the operations that read and write a kind, or that a feature uses."""
    if kind in FEATURES:
        return FEATURES[kind]
    known = KINDS[kind]
    return tuple(name for name in (known.get, known.put) if name)


def named(paths: Collection[str]) -> str:
    """Return element paths as a sentence, the first few of many."""
    return "; ".join(_few(list(paths)))


def _few(paths: list[str]) -> Iterator[str]:
    yield from paths[:_MOST_PATHS]
    if len(paths) > _MOST_PATHS:
        yield f"and {len(paths) - _MOST_PATHS} more"


@cache
def _digest_of_ours() -> str:
    """Return a short digest of every element that our builders may emit."""
    facts = repr((sorted(ORDER.items()), sorted(FLAGS.items())))
    return sha256(facts.encode()).hexdigest()[:12]
