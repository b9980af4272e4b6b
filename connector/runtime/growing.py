"""Counts signals over everybody within the scope, a page of people at a time."""

from __future__ import annotations

from connector.framework.model import Framework
from connector.runtime.connections import Use, connections_with
from connector.runtime.editions import release_edition
from connector.runtime.ground import ground_of
from connector.runtime.instance import Instance
from connector.store import facts, people
from connector.talent.matching import Matcher
from connector.talent.signals import SignalCount, Signals
from connector.talent.standings import Standings

_PAGE = 500


def count_signals(instance: Instance) -> Signals:
    """Return the signals of the people where readiness is switched on.

    Raises:
        ConfigError: it is switched on nowhere, or no release is in effect.
    """
    names = connections_with(instance, Use.READINESS)
    edition = release_edition(instance, None, instance.today())
    ground = ground_of(instance)
    counting = SignalCount(edition.framework, edition.as_of)
    after = ""
    with ground.database.read() as conn:
        standings = Standings(conn, edition.framework, edition.as_of)
        while page := people.page(conn, after=after, size=_PAGE):
            within = people.known_to(conn, [one for one, _ in page], names)
            for standing, _ in standings.read(conn, within):
                counting.count(standing)
            after = page[-1][0]
        taken = facts.people_by_course(conn)
    return counting.result(_unmatched(edition.framework, taken))


def _unmatched(framework: Framework, taken: dict[str, int]) -> dict[str, int]:
    matcher = Matcher(framework)
    return {
        course: number
        for course, number in taken.items()
        if not matcher.knows_course(course)
    }
