"""Reads what fairness compares: how people stand today, and what was proposed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.values import MoveState
from connector.store import people, proposals, readiness
from connector.store.proposals import Proposal, ProposalState
from connector.talent.eligibility import Obstacle
from connector.talent.fairness import Case, Outcome
from connector.talent.preparing_moves import ahead
from connector.talent.readiness import FULFILLED, Assessor, Readiness
from connector.talent.standings import Standings

#: People read at once.
_PAGE = 500
_ENDED = {
    ProposalState.DECLINED: Outcome.DECLINED,
    ProposalState.EXPIRED: Outcome.LAPSED,
    ProposalState.WITHDRAWN: Outcome.LAPSED,
}
#: What is said of several proposals for one target: the best that came of them.
_BEST_FIRST = (
    Outcome.APPROVED,
    Outcome.PROPOSED,
    Outcome.DENIED,
    Outcome.DECLINED,
    Outcome.LAPSED,
)


def cases(
    conn: Connection,
    framework: Framework,
    as_of: date,
    connections: Collection[str],
) -> Iterator[Case]:
    """Yield how these connections' people stand for every target that is kept."""
    kept = sorted({each.person_id for each in readiness.kept(conn)})
    ids = people.known_to(conn, kept, connections)
    assessor = Assessor(framework, as_of)
    standings = Standings(conn, framework, as_of)
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        made: dict[tuple[str, str], list[Proposal]] = {}
        for one in proposals.of_people(conn, page):
            made.setdefault((one.person_id, one.to_role), []).append(one)
        for standing, level in standings.read(conn, page):
            for target, found in ahead(framework, assessor, standing):
                yield Case(
                    level=level.rung,
                    target=target,
                    fulfilled=_fulfilled(found),
                    outcome=_outcome(found, made.get((standing.person_id, target), ())),
                )


def _fulfilled(found: Readiness) -> frozenset[str]:
    competencies = (
        each.requirement.competency
        for each in found.requirements
        if each.state in FULFILLED
    )
    contributions = (
        f"contribution {each.kind}"
        for each in found.contributions
        if each.state in FULFILLED
    )
    certifications = (
        f"certification {each.certification}"
        for each in found.certifications
        if each.is_shown
    )
    return frozenset((*competencies, *contributions, *certifications))


def _outcome(found: Readiness, made: Sequence[Proposal]) -> Outcome:
    told = {_outcome_of(each) for each in made}
    if told:
        return next(each for each in _BEST_FIRST if each in told)
    obstacles = set(found.eligibility.obstacles)
    if obstacles == {Obstacle.OPEN_MOVE}:
        return Outcome.UNDER_WAY
    return Outcome.NOT_ELIGIBLE if obstacles else Outcome.NOT_PROPOSED


def _outcome_of(proposal: Proposal) -> Outcome:
    match proposal.state:
        case ProposalState.DRAFT:
            return Outcome.PROPOSED
        case ProposalState.APPROVED | ProposalState.STARTED:
            return Outcome.APPROVED
        case ProposalState.DECIDED:
            is_agreed = proposal.result is MoveState.APPROVED
            return Outcome.APPROVED if is_agreed else Outcome.DENIED
    return _ENDED[proposal.state]
