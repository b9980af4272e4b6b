"""Privacy as an instance is configured: how long uses keep data, who may see what.

Reads documents and people; decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, select

from connector.kit.errors import ConfigError
from connector.runtime.connections import (
    Use,
    configured,
    connection_names,
)
from connector.runtime.instance import Instance
from connector.runtime.people_view import chain_of
from connector.store import growth, people, tables
from connector.store.people import Person
from connector.talent.persons import is_oneself
from connector.talent.privacy_retention import Periods, left_before
from connector.talent.visibility import (
    BandsShown,
    HrScope,
    Viewed,
    Viewer,
    What,
    may_see,
)


def periods_of(instance: Instance) -> Periods:
    """Return how long each use keeps data: of several connections the longest."""
    months: dict[Use, int | None] = {}
    for name in connection_names(instance):
        for use, switch in configured(instance, name).uses.items():
            kept = switch.retention_months
            before = months.get(use, 0)
            months[use] = (
                None if None in (kept, before) else max(kept or 0, before or 0)
            )
    return Periods(
        evidence=months.get(Use.EVIDENCE),
        readiness=months.get(Use.READINESS),
        proposals=months.get(Use.PROPOSALS),
        suggestions=months.get(Use.SUGGESTIONS),
        uses=frozenset(use.value for use in months),
    )


def forgets_before(instance: Instance) -> date | None:
    """Return the day before which who left is taken in no more, if there is one."""
    return left_before(periods_of(instance), instance.today())


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Somebody for whom data is shown, with what the documents let them see."""

    viewer: Viewer
    is_operator: bool = False
    _people: Mapping[str, Viewed] = field(default_factory=dict)
    _bands: Mapping[str, BandsShown] = field(default_factory=dict)

    def may_see(self, person_id: str, what: What) -> bool:
        """Tell whether a part of what is held about a person is shown."""
        if self.is_operator:
            return True
        person = self._people.get(person_id)
        return person is not None and may_see(self.viewer, person, what, self._bands)

    def seen(self, person_ids: Iterable[str], what: What) -> list[str]:
        """Return those of these people of whom a part is shown, in their order."""
        return [each for each in person_ids if self.may_see(each, what)]

    def require(self, person_id: str, what: What) -> None:
        """Refuse to show a part of what is held about a person.

        Raises:
            ConfigError: it is not for this onlooker.
        """
        if not self.may_see(person_id, what):
            raise ConfigError(
                f"this is not shown to whom --as names: the {what} of that person",
                hint="People see their own, managers that of their reports; name who"
                " works in HR in the connection's “visibility”.",
            )


def onlooker(instance: Instance, actor: str, *, is_on_behalf: bool) -> Onlooker:
    """Return for whom data is shown: who runs the command, or somebody named.

    Who runs it has the database at hand and sees everything. Somebody named sees what
    the rules give them; while no connection names anybody in HR, a name that is no
    person known here is taken for HR.
    """
    if not is_on_behalf:
        return Onlooker(Viewer(), is_operator=True)
    bands: dict[str, BandsShown] = {}
    named: dict[str, HrScope] = {}
    for name in connection_names(instance):
        visibility = configured(instance, name).visibility
        bands |= visibility.bands
        for who, scope in visibility.hr.items():
            named[who.casefold()] = _joined(named.get(who.casefold()), scope, name)
    with instance.database.read() as conn:
        persons = people.all(conn)
        own = [each for each in persons if is_oneself(each, actor)]
        if not own and not named:
            return Onlooker(Viewer(), is_operator=True)
        viewed = _viewed(conn, persons)
    viewer = Viewer(
        person_id=own[0].id if len(own) == 1 else "",
        hr=named.get(actor.strip().casefold()),
    )
    return Onlooker(viewer, _people=viewed, _bands=bands)


def _joined(before: HrScope | None, scope: HrScope, name: str) -> HrScope:
    """Return what somebody in HR looks after, over all connections that say so."""
    countries: Collection[str] = scope.countries
    if before is not None:
        both = before.countries and scope.countries
        countries = before.countries | scope.countries if both else ()
    return HrScope(
        connections=frozenset({name, *(before.connections if before else ())}),
        countries=frozenset(countries),
        may_see_pay=scope.may_see_pay or (before is not None and before.may_see_pay),
    )


def _viewed(conn: Connection, persons: Collection[Person]) -> dict[str, Viewed]:
    sources = tables.person_sources
    shown: dict[str, set[str]] = {}
    for person_id, name in conn.execute(
        select(sources.c.person_id, sources.c.connection)
    ):
        shown.setdefault(person_id, set()).add(name)
    held = people.assignments(conn)
    shared = growth.shares(conn)
    by_employee_id: dict[str, list[Person]] = {}
    for each in persons:
        by_employee_id.setdefault(each.employee_id, []).append(each)
    return {
        each.id: Viewed(
            person_id=each.id,
            managers=tuple(one.id for one in chain_of(each, by_employee_id)),
            connections=frozenset(shown.get(each.id, ())),
            countries=frozenset(
                one.country for one in held.get(each.id, ()) if one.country
            ),
            shared={
                mentor: frozenset(map(What, parts))
                for mentor, parts in shared.get(each.id, {}).items()
            },
        )
        for each in persons
    }
