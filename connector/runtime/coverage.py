"""How far the framework covers the people who are known, and conversions into it.

Reads the store, and the started reviews of the HRIS where they can be read. Names are
for a sheet that a person asks for, and that is written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connector.framework.model import Framework
from connector.kit.errors import ConfigError, TargetError
from connector.kit.protocols import Connection
from connector.kit.values import ReadScope
from connector.runtime.connections import connection_names, opened
from connector.runtime.editions import release_edition
from connector.runtime.instance import Instance
from connector.runtime.openings import read_openings
from connector.runtime.people_view import PeopleView, people_view
from connector.store import audit, conversions, people
from connector.store.conversions import Conversion, ConversionState
from connector.sync.reading import read_target
from connector.talent.conversion_sheet import read_sheet, write_sheet
from connector.talent.coverage import Outside, Suggester
from connector.talent.openings import Openings
from connector.talent.persons import refuse_oneself
from connector.talent.small_groups import Group, counted, told_number


@dataclass(slots=True)
class Coverage:
    """The framework in effect, who is known, and every position outside it.

    `reviewed` are persons outside the framework with an open review, none where no
    HRIS tells; `notes` say what is not known, and why. Positions that nobody holds are
    in `openings`.
    """

    framework: Framework
    view: PeopleView
    outside: tuple[Outside, ...]
    reviewed: frozenset[str] | None = None
    notes: list[str] = field(default_factory=list)
    openings: Openings = field(default_factory=Openings)

    @property
    def workers(self) -> int:
        """Return how many people are active."""
        return sum(person.is_active for person in self.view.persons.values())

    def as_json(self) -> dict[str, Any]:
        """Return the aggregates; numbers that may not be told are none."""
        reviewed = self.reviewed
        return {
            "workers": self.workers,
            "outside": told_number(one.person_id for one in self.outside),
            "by_organisation": _told(self.by_organisation()),
            "by_profile": _told(counted(_grouped(self.outside, "profile"))),
            "open_positions": self.openings.outside_json(),
            "open_reviews": None if reviewed is None else told_number(reviewed),
            "reviews_by_organisation": None
            if reviewed is None
            else _told(
                counted(
                    _grouped(
                        (one for one in self.outside if one.person_id in reviewed),
                        "organisation",
                    )
                )
            ),
            "notes": self.notes,
        }

    def by_organisation(self) -> tuple[Group, ...]:
        """Return how many people of each organisation are outside."""
        return counted(_grouped(self.outside, "organisation"))

    def sheet(self) -> str:
        """Return the conversion sheet, one row for each position outside."""
        suggester = Suggester(self.framework)
        return write_sheet(self._row(one, suggester) for one in self.outside)

    def _row(self, one: Outside, suggester: Suggester) -> dict[str, str]:
        person = self.view.persons[one.person_id]
        suggestion = suggester.suggest(one.profile)
        return {
            "person": one.person_id,
            "employee_id": person.employee_id,
            "worker": person.name,
            "organisation": one.organisation,
            "position": one.position_id,
            "present_profile": one.profile,
            "suggested_role": suggestion.role,
            "why": suggestion.why,
        }


def _grouped(outside: Iterable[Outside], name: str) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for one in outside:
        groups.setdefault(getattr(one, name) or "(none)", []).append(one.person_id)
    return groups


def _told(groups: Iterable[Group]) -> list[dict[str, Any]]:
    return [{"name": group.name, "people": group.people} for group in groups]


def coverage_of(instance: Instance, *, asks_hris: bool) -> Coverage:
    """Return how far the release in effect covers the people who are known.

    With `asks_hris` titles of profiles, open reviews and open positions are read there.

    Raises:
        ConfigError: no release is in effect yet.
    """
    framework = release_edition(instance, None, instance.today()).framework
    view = people_view(instance)
    found = Coverage(framework, view, tuple(_outside(view, framework)))
    if asks_hris:
        found.openings = read_openings(instance, framework)
        found.notes += found.openings.notes
    if asks_hris and found.outside:
        _ask(instance, found)
    return found


def _outside(view: PeopleView, framework: Framework) -> Iterator[Outside]:
    """Yield the positions of active people that lead to no role in use."""
    for person_id, person in sorted(view.persons.items()):
        if not person.is_active:
            continue
        positions = view.positions.get(person_id, ())
        standings = view.standings.get(person_id, ())
        for position, standing in zip(positions, standings, strict=True):
            role = framework.roles.get(standing.role)
            if role is None or role.is_retired:
                yield Outside(
                    person_id=person_id,
                    position_id=position.position_id,
                    organisation=position.organisation,
                    profile=position.role.label if position.role else "",
                    kind=position.role.kind if position.role else "",
                    profile_id=position.role.remote_id if position.role else "",
                )


def _ask(instance: Instance, found: Coverage) -> None:
    """Add what the HRIS tells: titles, and who has an open review."""
    with instance.database.read() as conn:
        holding = {role.connection for role in people.held_roles(conn)}
    employee_ids: dict[str, set[str]] = {}
    for one in found.outside:
        person = found.view.persons[one.person_id]
        employee_ids.setdefault(person.employee_id, set()).add(person.id)
    for name in sorted(holding & set(connection_names(instance))):
        with opened(instance, name) as connection:
            try:
                _add_titles(instance, found, connection)
                reviewed = _reviewed(connection, employee_ids)
            except (ConfigError, TargetError) as error:
                told = f"{name} does not tell open reviews: {error.message}"
                found.notes.append(told)
                continue
        if reviewed is None:
            found.notes.append(f"{name} does not tell open reviews")
        else:
            found.reviewed = (found.reviewed or frozenset()) | reviewed


def _add_titles(instance: Instance, found: Coverage, connection: Connection) -> None:
    """Put the titles of profiles in the place of their IDs, as far as they are told."""
    scope = ReadScope(prefix="", as_of=instance.today())
    kinds = {one.kind for one in found.outside if one.kind}
    readings, _ = read_target(connection.catalogue, scope, sorted(kinds))
    titles = {
        (item.kind, item.remote_id): item.label
        for reading in readings.values()
        for item in reading.found
    }
    found.outside = tuple(
        replace(one, profile=titles.get((one.kind, one.profile_id)) or one.profile)
        for one in found.outside
    )


def _reviewed(
    connection: Connection, employee_ids: Mapping[str, set[str]]
) -> frozenset[str] | None:
    """Return the persons with an open review; an employee id of several is nobody's."""
    if connection.reviews is None:
        return None
    return frozenset(
        person_id
        for review in connection.reviews.started()
        if review.is_open
        for person_id in employee_ids.get(review.employee_id, ())
        if len(employee_ids[review.employee_id]) == 1
    )


def convert_sheet(
    instance: Instance, text: str, place: str, person: str
) -> dict[str, int]:
    """Store what a filled sheet decides as drafts; returns the numbers.

    The last sheet counts: a draft that it decides otherwise is withdrawn.

    Raises:
        FrameworkError: the sheet has problems; nothing was stored.
    """
    found = coverage_of(instance, asks_hris=False)
    decided = read_sheet(text, place, found.outside, found.framework)
    at = instance.now()
    wanted = {(one.person_id, one.position_id): one for one in decided.conversions}
    counts = {"drafted": 0, "withdrawn": 0, "undecided": decided.undecided}
    with instance.database.write() as conn:
        for draft in conversions.all(conn, ConversionState.DRAFT):
            key = (draft.person_id, draft.position_id)
            if key in wanted and wanted[key].to_role == draft.to_role:
                del wanted[key]
            elif key in wanted or key in decided.kept:
                state = ConversionState.WITHDRAWN
                conversions.settle(conn, draft.id, state, person, at)
                counts["withdrawn"] += 1
        counts["drafted"] = conversions.add(conn, wanted.values(), person, at)
        for one in wanted.values():
            audit.append(
                conn,
                at=at,
                actor=person,
                action="conversion drafted",
                detail={"position": one.position_id, "role": one.to_role},
                person_id=one.person_id,
            )
    return counts


def drafted(instance: Instance, state: ConversionState | None) -> list[Conversion]:
    """Return the stored conversions, of one state or of all."""
    with instance.database.read() as conn:
        return conversions.all(conn, state)


def decide_conversions(
    instance: Instance, numbers: Iterable[int], state: ConversionState, person: str
) -> int:
    """Approve, decline or withdraw drafts; returns how many.

    Approving starts nothing: the move itself goes through the HRIS's own approvals.

    Raises:
        ConfigError: one is no draft, or who drafted it would approve it.
    """
    chosen = sorted(set(numbers))
    with instance.database.write() as conn:
        drafts = {one.id: one for one in conversions.all(conn, ConversionState.DRAFT)}
        for number in chosen:
            draft = drafts.get(number)
            if draft is None:
                raise ConfigError(
                    f"{number} is no conversion that waits for a decision",
                    hint="See `jobframe people conversions`.",
                )
            if state is ConversionState.APPROVED and draft.drafted_by == person:
                raise ConfigError(
                    f"{person} drafted conversion {number} and cannot approve it",
                    hint="Let somebody else approve it, with --as their name.",
                )
            if state is ConversionState.APPROVED:
                for each in people.some(conn, [draft.person_id]):
                    refuse_oneself(each, person, "decides about their own conversion")
        for number in chosen:
            conversions.settle(conn, number, state, person, instance.now())
            audit.append(
                conn,
                at=instance.now(),
                actor=person,
                action=f"conversion {state.value}",
                detail={"conversion": number},
                person_id=drafts[number].person_id,
            )
    return len(chosen)
