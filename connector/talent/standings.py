"""Reads where people stand, many at a time, in the framework's words.

A person holds a role of the framework where the job profile held is linked to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from connector.framework.ladder import Ladder
from connector.framework.model import Basis, Framework
from connector.kit.values import SourceAssignment
from connector.store import facts, growth, links, people
from connector.store.people import Person
from connector.talent.standing import (
    ChosenTarget,
    Contribution,
    HeldRole,
    PersonStanding,
    Proof,
)
from connector.talent.workforce import role_of

_BASES = {basis.value: basis for basis in Basis}


@dataclass(frozen=True, slots=True)
class LevelHeld:
    """The rung of the ladder that a person is on, and since when as far as known."""

    person_id: str
    rung: str
    since: date | None


class Standings:
    """Where people stand in one framework, as of one day."""

    def __init__(self, conn: Connection, framework: Framework, as_of: date) -> None:
        self._framework = framework
        self._as_of = as_of
        self._keys = links.keys(conn)
        self._ladder = Ladder(framework.levels)
        self._regions = {
            country: region.key
            for region in framework.regions.values()
            for country in region.countries
        }

    def read(
        self, conn: Connection, person_ids: Sequence[str]
    ) -> list[tuple[PersonStanding, LevelHeld]]:
        """Return where these people stand, with the level to keep; unknown ones not.

        The time on a level goes on when somebody moves to another role of that level,
        or of the equal level of the other track.
        """
        known = people.some(conn, person_ids)
        held = people.assignments(conn, person_ids)
        learned = _Learned(conn, person_ids)
        levels = growth.levels_held(conn, person_ids)
        moving = growth.people_moving(conn, person_ids)
        found = []
        for person in known:
            positions = held.get(person.id, ())
            roles = tuple(self._roles(positions))
            level = self._level(person.id, roles, levels.get(person.id))
            standing = PersonStanding(
                person_id=person.id,
                is_active=person.is_active,
                on_leave=person.is_on_leave,
                on_notice=self._is_on_notice(person),
                has_open_move=person.id in moving,
                level_since=level.since,
                roles=roles,
                proofs=tuple(learned.proofs[person.id]),
                contributions=tuple(learned.contributions[person.id]),
                corrections=learned.corrections[person.id],
                confirmed=frozenset(learned.confirmed[person.id]),
                targets=tuple(learned.targets[person.id]),
            )
            found.append((standing, level))
        return found

    def _roles(self, positions: Sequence[SourceAssignment]) -> list[HeldRole]:
        roles = []
        for position in positions:
            held = position.role
            key = self._keys.get((held.kind, held.remote_id)) if held else None
            if key is None:
                continue
            role, area = role_of(key)
            roles.append(
                HeldRole(
                    role=role,
                    focus_area=area,
                    since=position.moved_on or position.since,
                    region=self._regions.get(position.country, ""),
                    is_primary=position.is_primary,
                )
            )
        return roles

    def _level(
        self,
        person_id: str,
        roles: Sequence[HeldRole],
        before: tuple[str, date | None] | None,
    ) -> LevelHeld:
        primary = next((each for each in roles if each.is_primary), None)
        role = self._framework.roles.get(primary.role) if primary else None
        if primary is None or role is None or role.level is None:
            return LevelHeld(person_id, "", None)
        rung = self._ladder.rung(role.level)
        if before is not None and before[0] == rung:
            return LevelHeld(person_id, rung, before[1] or primary.since)
        return LevelHeld(person_id, rung, primary.since)

    def _is_on_notice(self, person: Person) -> bool:
        """Tell whether the last day is known and still to come."""
        return (
            person.is_active
            and person.left_on is not None
            and person.left_on >= self._as_of
        )


class _Learned:
    """What people learned, did, and were told, by person."""

    def __init__(self, conn: Connection, person_ids: Sequence[str]) -> None:
        self.proofs: Mapping[str, list[Proof]] = defaultdict(list)
        self.contributions: Mapping[str, list[Contribution]] = defaultdict(list)
        self.corrections: Mapping[str, dict[str, str | None]] = defaultdict(dict)
        self.confirmed: Mapping[str, set[str]] = defaultdict(set)
        self.targets: Mapping[str, list[ChosenTarget]] = defaultdict(list)
        for row in facts.evidence_rows(conn, person_ids):
            person_id, number, competency, step, basis, *rest = row
            achieved_on, expires_on, withdrawn_on, provenance = rest
            self.proofs[person_id].append(
                Proof(
                    id=number,
                    competency=competency,
                    step=step,
                    basis=_BASES[basis],
                    achieved_on=achieved_on,
                    expires_on=expires_on,
                    withdrawn_on=withdrawn_on,
                    provenance=provenance,
                )
            )
        for each in growth.contributions(conn, person_ids):
            self.contributions[each.person_id].append(
                Contribution(
                    id=each.id,
                    kind=each.kind,
                    on=each.done_on,
                    withdrawn_on=each.withdrawn_on,
                    words=each.words,
                )
            )
        for said in growth.judgements(conn, person_ids):
            if said.is_confirmed:
                self.confirmed[said.person_id].add(said.competency)
            else:
                self.corrections[said.person_id][said.competency] = said.step or None
        for person_id, role, area in growth.chosen_targets(conn, person_ids):
            self.targets[person_id].append(
                ChosenTarget(role=role, focus_area=area or None)
            )
