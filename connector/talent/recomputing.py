"""Keeps readiness: made anew for those alone about whom something changed.

Something is evidence, a contribution, a judgement, a role, the framework, or a day on
which something runs out. Each page of people is one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.store import cursors, growth, people, readiness
from connector.store.readiness import KeptReadiness
from connector.talent.carrying import carry_over
from connector.talent.ground import Ground
from connector.talent.readiness import Assessor, Readiness
from connector.talent.standing import PersonStanding
from connector.talent.standings import LevelHeld, Standings

#: Under this name release and connections are kept that readiness was made with.
_CURSOR = "readiness"
#: People made anew in one transaction.
_PAGE = 500


@dataclass(slots=True)
class Recomputed:
    """What a re-computation came to: people looked at, roles kept for them."""

    people: int = 0
    kept: int = 0
    is_all: bool = False


def recompute(
    ground: Ground,
    framework: Framework,
    release: str,
    as_of: date,
    connections: Collection[str],
) -> Recomputed:
    """Make readiness anew where something changed since the last time.

    Nothing is kept of people whom none of these connections shows. With another
    release everybody's is made anew. Interrupted, the next call goes on with those that
    are left.
    """
    done = Recomputed()
    # The release may say what became of a competency that evidence is there for.
    carry_over(ground, framework)
    with ground.database.write() as conn:
        ground_of_it = " ".join((release, *sorted(connections)))
        if cursors.get_cursor(conn, "", _CURSOR) != ground_of_it:
            growth.mark_all_due(conn)
            cursors.set_cursor(conn, "", _CURSOR, ground_of_it, ground.now())
            done.is_all = True
        growth.mark_due(conn, readiness.changing_until(conn, as_of))
        standings = Standings(conn, framework, as_of)
    assessor = Assessor(framework, as_of)
    after = ""
    while True:
        with ground.database.write() as conn:
            page = growth.due(conn, after=after, size=_PAGE)
            if not page:
                return done
            within = people.known_to(conn, page, connections)
            read = standings.read(conn, within)
            done.kept += _make_anew(conn, assessor, read, page, release)
            growth.unmark(conn, page)
        done.people += len(page)
        after = page[-1]


def _make_anew(
    conn: Connection,
    assessor: Assessor,
    read: Sequence[tuple[PersonStanding, LevelHeld]],
    page: Sequence[str],
    release: str,
) -> int:
    kept = [
        row
        for standing, _ in read
        if standing.is_active
        for row in _rows(assessor, standing, release)
    ]
    readiness.replace(conn, page, kept)
    growth.keep_levels(
        conn, ((each.person_id, each.rung, each.since) for _, each in read if each.rung)
    )
    return len(kept)


def _rows(
    assessor: Assessor, standing: PersonStanding, release: str
) -> Iterator[KeptReadiness]:
    for found in assessor.kept(standing):
        yield KeptReadiness(
            person_id=standing.person_id,
            role=found.target.role,
            focus_area=found.target.focus_area or "",
            kind=found.target.kind.value,
            release=release,
            as_of=assessor.as_of,
            is_met=found.is_met,
            may_be_proposed=found.may_be_proposed,
            open_number=found.open_number,
            states={
                each.requirement.competency: each.state for each in found.requirements
            },
            changes_on=_changes_on(standing, found, assessor.as_of),
        )


def _changes_on(standing: PersonStanding, found: Readiness, as_of: date) -> date | None:
    """Return the next day on which time alone changes how somebody stands."""
    days = [found.eligibility.from_day]
    for proof in standing.proofs:
        days += [proof.achieved_on, proof.withdrawn_on]
        if proof.expires_on is not None:
            days.append(proof.expires_on + timedelta(days=1))
    for each in standing.contributions:
        days += [each.on, each.withdrawn_on]
    return min((day for day in days if day is not None and day > as_of), default=None)
