"""Makes dispatches of evidence: only what closes a requirement, each only once.

A training or certification tells one fact, an assessment one step of one person. What
a kind of activity becomes is the connection's choice. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.values import Dispatch, DispatchKind, FactType
from connector.store import dispatches, facts, growth, links, people
from connector.store.dispatches import DispatchState, NewDispatch
from connector.store.facts import Evidence, StoredFact
from connector.talent.closing import closing, rank_of, wanted_by
from connector.talent.ground import Ground
from connector.talent.holding import held_role_keys
from connector.talent.rules import BADGE, CONTRIBUTION, OTHER, RATING, DispatchRules
from connector.talent.targets import Targets

_COMPETENCY = "competency"
#: An assessment in one of these states neither stands nor will.
_GONE = (DispatchState.DENIED, DispatchState.REJECTED)


def prepare(
    ground: Ground,
    connection: str,
    framework: Framework,
    rules: DispatchRules | None = None,
) -> int:
    """Prepare what closes a requirement and was not prepared yet; returns how many.

    Requirements are those of the roles held, of the next ones and of chosen ones.
    """
    with ground.database.write() as conn:
        making = _Making(ground, conn, connection, framework, rules or DispatchRules())
        new = list(making.all())
        return dispatches.prepare(conn, connection, new, ground.now())


@dataclass(frozen=True, slots=True)
class _Making:
    """What one preparation stands on."""

    ground: Ground
    conn: Connection
    connection: str
    framework: Framework
    rules: DispatchRules

    def all(self) -> Iterator[NewDispatch]:
        """Yield the dispatches of everybody."""
        by_person: dict[str, list[Evidence]] = {}
        today = self.ground.day_of(self.ground.now())
        for each in facts.evidence(self.conn, standing_on=today):
            by_person.setdefault(each.person_id, []).append(each)
        stored = {fact.id: fact for fact in facts.assigned_facts(self.conn)}
        held, targets = held_role_keys(self.conn), self._targets()
        employee_ids = {
            person.id: person.employee_id for person in people.all(self.conn)
        }
        activities = self._activities()
        ids = self._competency_ids()
        standing = self._standing()
        ahead = Targets(self.framework)
        for person_id, evidence in by_person.items():
            employee_id = employee_ids.get(person_id, "")
            chosen = targets.get(person_id, ())
            roles = held.get(person_id, ())
            wanted = wanted_by(self.framework, ahead, roles, chosen)
            if not employee_id or not wanted:
                continue
            kept = closing(self.framework, wanted, evidence)
            one = _Person(self, person_id, employee_id, activities, ids)
            yield from one.dispatches(kept, stored, standing.get(person_id, {}))

    def _targets(self) -> dict[str, list[str]]:
        """Return the record keys of the roles that people chose, by person."""
        found: dict[str, list[str]] = {}
        for person_id, role, area in growth.chosen_targets(self.conn):
            found.setdefault(person_id, []).append("/".join(filter(None, (role, area))))
        return found

    def _activities(self) -> dict[str, str]:
        """Return the kind of activity of every course, by its idnumber."""
        found: dict[str, str] = {}
        for _, activity in self.framework.activities():
            if activity.course:
                found.setdefault(activity.course, activity.type)
        return found

    def _competency_ids(self) -> dict[str, str]:
        return {
            link.key: link.remote_id
            for link in links.all(self.conn, self.connection)
            if link.kind == _COMPETENCY
        }

    def _standing(self) -> dict[str, dict[str, int]]:
        """Return the highest rank assessed, by person and competency."""
        states = [state for state in DispatchState if state not in _GONE]
        found: dict[str, dict[str, int]] = {}
        for each in dispatches.in_state(self.conn, self.connection, *states):
            if each.dispatch.kind is DispatchKind.ASSESSMENT:
                ranks = found.setdefault(each.person_id, {})
                key, rank = each.dispatch.competency, each.dispatch.rank
                ranks[key] = max(rank, ranks.get(key, 0))
        return found


@dataclass(frozen=True, slots=True)
class _Person:
    """One person's dispatches in the making."""

    making: _Making
    person_id: str
    employee_id: str
    activities: Mapping[str, str]
    competency_ids: Mapping[str, str]

    def dispatches(
        self,
        kept: Sequence[Evidence],
        stored: Mapping[int, StoredFact],
        standing: Mapping[str, int],
    ) -> Iterator[NewDispatch]:
        """Yield one for each fact, or for each step where it is an assessment."""
        by_fact: dict[int, list[Evidence]] = {}
        for evidence in kept:
            by_fact.setdefault(evidence.fact_id, []).append(evidence)
        highest = dict(standing)
        for fact_id, given in by_fact.items():
            fact = stored.get(fact_id)
            if fact is None:
                continue
            kind = self.making.rules.kind_for(self._activity(fact))
            if kind is DispatchKind.ASSESSMENT:
                for evidence in given:
                    rank = rank_of(self.making.framework, evidence)
                    if rank > highest.get(evidence.competency, 0):
                        highest[evidence.competency] = rank
                        yield self._assessment(fact, evidence, rank)
            elif kind is not None:
                yield self._achievement(fact, kind, given)

    def _activity(self, stored: StoredFact) -> str:
        fact = stored.fact
        if fact.type in (FactType.BADGE, FactType.CERTIFICATE):
            return BADGE
        if fact.type in (FactType.COMPETENCY_RATING, FactType.ATTESTATION):
            return RATING
        if fact.type is FactType.CONTRIBUTION:
            return CONTRIBUTION
        return self.activities.get(fact.object_id, OTHER)

    def _achievement(
        self, stored: StoredFact, kind: DispatchKind, given: Sequence[Evidence]
    ) -> NewDispatch:
        fact = stored.fact
        reference = self._reference(
            stored.connection,
            fact.type.value,
            fact.object_id,
            fact.person_id,
            fact.happened_at.isoformat(),
        )
        dispatch = Dispatch(
            reference=reference,
            kind=kind,
            employee_id=self.employee_id,
            title=fact.object_name or fact.object_id,
            description=_description(self.making.framework, given),
            completed_on=self.making.ground.day_of(fact.happened_at),
            expires_on=given[0].expires_on,
            link=self.making.rules.link(reference),
        )
        return NewDispatch(
            dispatch=dispatch, person_id=self.person_id, fact_id=stored.id
        )

    def _assessment(
        self, stored: StoredFact, evidence: Evidence, rank: int
    ) -> NewDispatch:
        framework, competency = self.making.framework, evidence.competency
        reference = self._reference(self.person_id, competency, evidence.step)
        scale = framework.scale_of(competency)
        dispatch = Dispatch(
            reference=reference,
            kind=DispatchKind.ASSESSMENT,
            employee_id=self.employee_id,
            title=str(framework.competencies[competency].name),
            description=_description(framework, [evidence]),
            completed_on=evidence.achieved_on,
            expires_on=evidence.expires_on,
            link=self.making.rules.link(reference),
            competency=competency,
            rank=rank,
            competency_id=self.competency_ids.get(competency, ""),
            level_id=self.making.rules.level(scale.key, rank) if scale else "",
        )
        return NewDispatch(
            dispatch=dispatch, person_id=self.person_id, fact_id=stored.id
        )

    def _reference(self, *identity: str) -> str:
        return f"jf-ev-{self.making.ground.digest(list(identity))[:24]}"


def _description(framework: Framework, given: Sequence[Evidence]) -> str:
    """Return what the evidence proves, for who reads the worker's record."""
    told = []
    for evidence in given:
        competency = framework.competencies.get(evidence.competency)
        scale = framework.scale_of(evidence.competency) if competency else None
        if competency and scale:
            names = {step.key: step.name for step in scale.steps}
            told.append(f"{competency.name}: {names.get(evidence.step, '')}")
    return "Evidence for " + "; ".join(told) if told else ""
