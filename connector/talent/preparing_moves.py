"""Prepares moves where everything asked for is there, and keeps drafts up to date.

One draft for a person and a target, however often it is prepared. People decide; here
nothing is approved and nothing leaves. Who a person is plays no part: evidence does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.errors import ConfigError
from connector.kit.values import MoveKind, MoveState, SourceAssignment
from connector.store import links, people, proposals, readiness
from connector.store.proposals import Proposal, ProposalState
from connector.talent.eligibility import Obstacle
from connector.talent.ground import Ground
from connector.talent.move_policy import MovePolicy
from connector.talent.packets import Grounds, basis_of, kind_of, packet_of
from connector.talent.proposing import PREPARER, record
from connector.talent.readiness import Assessor, Readiness
from connector.talent.reopening import put_back
from connector.talent.standing import PersonStanding
from connector.talent.standings import Standings
from connector.talent.targets import Target, TargetKind
from connector.talent.telling import mutual
from connector.talent.workforce import role_of

_KIND = "job_profile"
#: People looked at in one transaction.
_PAGE = 200
_OPEN = (ProposalState.DRAFT, ProposalState.APPROVED, ProposalState.STARTED)
_WHY = {
    TargetKind.NEXT_LEVEL: "Everything that the next level asks for is there.",
    TargetKind.PARITY: "Everything that the equal level of the other track asks for"
    " is there.",
    TargetKind.CHOSEN: "Everything that the role asks for which the person chose is"
    " there.",
}


@dataclass(slots=True)
class Prepared:
    """What preparing came to: numbers of drafts, and why some moves have none.

    `waits` counts what keeps moves from being drafted though all is evidenced.
    """

    drafted: int = 0
    updated: int = 0
    withdrawn: int = 0
    reopened: int = 0
    waits: dict[str, int] = field(default_factory=dict)

    def wait(self, why: str) -> None:
        """Count one move that is not drafted."""
        self.waits[why] = self.waits.get(why, 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What one preparation is for: a connection's people, by its policy."""

    connection: str
    framework: Framework
    release: str
    as_of: date
    policy: MovePolicy


def prepare(ground: Ground, assignment: Assignment) -> Prepared:
    """Draft what may be proposed, and bring the drafts that are there up to date.

    A draft of ours whose evidence no longer suffices is withdrawn, an approved move is
    a draft again. What was declined or denied is drafted anew only on other evidence.

    Raises:
        ConfigError: the policy names no reason of the HRIS for a kind of move.
    """
    missing = [
        kind for kind in MoveKind if not assignment.policy.change_reasons.get(kind)
    ]
    if missing:
        raise ConfigError(
            f"the policy of {assignment.connection} names no reason for"
            f" {' and '.join(missing)} moves",
            hint="Import a policy of this name with the HRIS's own ids of reasons, for"
            " example moves: {change_reasons: {level: ID, lateral: ID}}.",
        )
    done = Prepared()
    with ground.database.read() as conn:
        wanted = _whom(conn, assignment.connection)
    for start in range(0, len(wanted), _PAGE):
        page = wanted[start : start + _PAGE]
        with ground.database.write() as conn:
            _Preparing(ground, conn, assignment, done).page(page)
    return done


def _whom(conn: Connection, connection: str) -> list[str]:
    """Return who is ready for something, or has an open proposal."""
    ready = {
        each.person_id
        for each in readiness.kept(conn)
        if each.is_met and each.kind != TargetKind.PRESENT
    }
    waiting = {each.person_id for each in proposals.all(conn, connection, _OPEN)}
    return sorted(waiting | set(people.known_to(conn, sorted(ready), [connection])))


def destination(
    framework: Framework, standing: PersonStanding, target: Target
) -> Target:
    """Return a target in the focus area that a person keeps, where the role has it.

    An area is the same by its key or, across levels, by its name.
    """
    held = standing.primary_role
    if target.focus_area or held is None or held.focus_area is None:
        return target
    present = framework.roles.get(held.role)
    names = (
        {each.key: str(each.name) for each in present.focus_areas} if present else {}
    )
    own = (held.focus_area, names.get(held.focus_area))
    same = [
        area.key
        for area in framework.roles[target.role].focus_areas
        if area.key == own[0] or str(area.name) == own[1]
    ]
    return replace(target, focus_area=same[0]) if same else target


def ahead(
    framework: Framework, assessor: Assessor, standing: PersonStanding
) -> Iterator[tuple[str, Readiness]]:
    """Yield the readiness for every role that is kept and not held, with its key."""
    targets: dict[tuple[str, str | None], Target] = {}
    for target in assessor.targets.of(standing):
        if target.kind is not TargetKind.PRESENT:
            there = destination(framework, standing, target)
            targets.setdefault((there.role, there.focus_area), there)
    for found in assessor.assess(standing, targets.values()):
        area = found.target.focus_area
        yield "/".join(filter(None, (found.target.role, area))), found


class _Preparing:
    """One page of people, in one transaction."""

    def __init__(
        self, ground: Ground, conn: Connection, assignment: Assignment, done: Prepared
    ) -> None:
        self._ground = ground
        self._conn = conn
        self._assignment = assignment
        self._done = done
        self._framework = assignment.framework
        self._assessor = Assessor(assignment.framework, assignment.as_of)
        known = links.keys(conn, assignment.connection)
        self._keys = {place: key for place, key in known.items() if place[0] == _KIND}
        self._linked = set(self._keys.values())

    def page(self, person_ids: Sequence[str]) -> None:
        """Prepare for these people."""
        a = self._assignment
        standings = Standings(self._conn, a.framework, a.as_of)
        positions = people.assignments(self._conn, person_ids)
        before: dict[str, list[Proposal]] = {}
        for each in proposals.of_people(self._conn, person_ids, a.connection):
            before.setdefault(each.person_id, []).append(each)
        for standing, _ in standings.read(self._conn, person_ids):
            held = positions.get(standing.person_id, ())
            primary = next((each for each in held if each.is_primary), None)
            person = _Person(
                standing=standing,
                from_role=self._key(primary),
                held_roles={self._key(each) for each in held},
                position_id=primary.position_id if primary and len(held) > 1 else "",
                proposals=before.get(standing.person_id, []),
            )
            self._person(person)

    def _key(self, position: SourceAssignment | None) -> str:
        role = position.role if position else None
        return self._keys.get((role.kind, role.remote_id), "") if role else ""

    def _person(self, person: _Person) -> None:
        found = dict(ahead(self._framework, self._assessor, person.standing))
        for proposal in person.proposals:
            if proposal.state in _OPEN:
                self._keep_up(person, proposal)
        for to_role, one in found.items():
            if not one.is_met:
                continue
            why = self._obstacle(person, to_role, one)
            if why:
                self._done.wait(why)
            elif why is not None:
                self._draft(person, to_role, one)

    def _obstacle(self, person: _Person, to_role: str, found: Readiness) -> str | None:
        """Return why a move is not drafted; none where it was, empty to draft it."""
        same = [each for each in person.proposals if each.to_role == to_role]
        if any(each.state in _OPEN for each in same):
            return None
        if not found.may_be_proposed:
            return "not eligible at the moment"
        packet = self._packet(person, found)
        if to_role not in self._linked:
            return "the role has no job profile in the HRIS yet"
        answered = [each for each in same if _is_answer(each)]
        if any(basis_of(each.packet) == basis_of(packet) for each in answered):
            return "answered before on the same evidence"
        if any(_is_on_its_way(each, person.from_role) for each in same):
            return None
        return ""

    def _draft(self, person: _Person, to_role: str, found: Readiness) -> None:
        a, ground = self._assignment, self._ground
        kind = kind_of(self._framework, person.from_role, to_role)
        before = sum(each.to_role == to_role for each in person.proposals)
        name = ["prepared", a.connection, person.standing.person_id, to_role, before]
        proposal = Proposal(
            reference=f"jf-mv-{ground.digest(name)[:20]}",
            connection=a.connection,
            person_id=person.standing.person_id,
            kind=kind,
            from_role=person.from_role,
            to_role=to_role,
            effective_on=a.policy.effective_on(a.as_of),
            change_reason=a.policy.change_reasons[kind],
            reason=_WHY[found.target.kind],
            drafted_by=PREPARER,
            drafted_at=ground.now(),
            position_id=person.position_id,
            packet=self._packet(person, found),
        )
        if proposals.add_missing(self._conn, proposal):
            record(ground, self._conn, "draft move", proposal, PREPARER)
            self._done.drafted += 1

    def _keep_up(self, person: _Person, proposal: Proposal) -> None:
        """Bring an open proposal up to date with the evidence of today."""
        if proposal.state is ProposalState.STARTED:
            return
        if proposal.from_role not in person.held_roles:
            self._end(proposal, "The person holds another role by now.")
            return
        role, area = role_of(proposal.to_role)
        if role not in self._framework.roles:
            self._end(proposal, f"The framework has no role {role} any more.")
            return
        found = self._found(person, role, area)
        packet = self._packet(person, found)
        is_ready = _is_ready(found)
        if proposal.state is ProposalState.APPROVED:
            if proposal.packet and not is_ready:
                told = f"what it takes is no longer there. {packet['says']}"
                proposal = put_back(self._ground, self._conn, proposal, told, PREPARER)
                self._done.reopened += 1
            else:
                return
        if proposal.drafted_by == PREPARER and not is_ready:
            self._end(proposal, packet["says"])
        else:
            self._renew(proposal, packet)

    def _renew(self, proposal: Proposal, packet: Mapping[str, Any]) -> None:
        """Store a draft's packet anew, and let nobody have approved another one."""
        a = self._assignment
        after = replace(proposal, packet=packet)
        if proposal.effective_on < a.as_of and proposal.drafted_by == PREPARER:
            after = replace(after, effective_on=a.policy.effective_on(a.as_of))
        if basis_of(packet) != basis_of(proposal.packet) or (
            after.effective_on != proposal.effective_on
        ):
            after = replace(after, first_approved_by="", confirmed=())
            proposals.change(self._conn, proposal, after)
            record(self._ground, self._conn, "renew move", after, PREPARER)
            self._done.updated += 1

    def _end(self, proposal: Proposal, told: str) -> None:
        after = replace(
            proposal,
            state=ProposalState.WITHDRAWN,
            decided_by=PREPARER,
            decided_at=self._ground.now(),
            message=" ".join(filter(None, (proposal.message, told))),
        )
        proposals.change(self._conn, proposal, after)
        record(self._ground, self._conn, "withdraw move", after, PREPARER)
        self._done.withdrawn += 1

    def _found(self, person: _Person, role: str, area: str | None) -> Readiness:
        target = self._assessor.targets.chosen(person.standing, role, area)
        (found,) = self._assessor.assess(person.standing, [target])
        return found

    def _packet(self, person: _Person, found: Readiness) -> dict[str, Any]:
        a = self._assignment
        return packet_of(
            Grounds(a.framework, a.release, a.as_of),
            person.standing,
            found,
            person.from_role,
            mutual(self._conn, person.standing.person_id),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """Somebody whose moves are prepared."""

    standing: PersonStanding
    from_role: str
    held_roles: Collection[str]
    position_id: str
    proposals: list[Proposal]


def _is_ready(found: Readiness) -> bool:
    """Tell whether all is there; the move itself may be the one under way."""
    others = set(found.eligibility.obstacles) - {Obstacle.OPEN_MOVE}
    return found.is_met and not others


def _is_answer(proposal: Proposal) -> bool:
    """Tell whether people said no to it."""
    return proposal.state is ProposalState.DECLINED or (
        proposal.state is ProposalState.DECIDED and proposal.result is MoveState.DENIED
    )


def _is_on_its_way(proposal: Proposal, from_role: str) -> bool:
    """Tell whether the HRIS agreed, and the day on which it takes effect is to come."""
    is_agreed = proposal.result is MoveState.APPROVED
    return is_agreed and proposal.from_role == from_role
