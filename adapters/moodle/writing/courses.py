"""Writes the links of courses to competencies."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from adapters.moodle import listing
from adapters.moodle.client import Call, Ran
from adapters.moodle.facts import COURSE_OUTCOMES
from adapters.moodle.wire import CourseCompetency
from adapters.moodle.writing.context import (
    Context,
    Sent,
    fatal_of,
    outcome_of,
    stale,
)
from connector.kit.errors import TargetError
from connector.kit.values import Done, Operation, Outcome, Unknown, Write

_ADD = "core_competency_add_competency_to_course"
_REMOVE = "core_competency_remove_competency_from_course"
_SET_OUTCOME = "core_competency_set_course_competency_ruleoutcome"
_NUMBERS = {name: number for number, name in COURSE_OUTCOMES.items()}


class CourseLinkWriter:
    """Links courses, sets what completion does, takes links away.

    Adding twice is harmless: Moodle answers `false` for a link that is there.
    """

    kinds = ("course_link",)

    def __init__(self, context: Context) -> None:
        self._context = context
        self.group_size = max(1, context.settings.batch_size // 2)

    def lane_of(self, write: Write) -> Hashable:
        """Return the course: its links are numbered one after the other."""
        return self._course(write)

    def _course(self, write: Write) -> int:
        if write.operation is Operation.CREATE:
            return self._context.id_of(write.record["course"])
        return _ids(write)[0]

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Return all writes as one phase."""
        return [list(writes)]

    def send(self, writes: Sequence[Write]) -> Sent:
        """Send a group of links: add and remove, look at the new ones, set outcomes."""
        rans = dict(
            zip(
                (write.ref for write in writes),
                self._context.client.run(
                    [self._first_calls(write) for write in writes], is_repeatable=True
                ),
                strict=True,
            )
        )
        fatal = fatal_of(rans.values())
        made = [
            write
            for write in writes
            if write.operation is Operation.CREATE and rans[write.ref].is_done
        ]
        outcomes = {
            write.ref: self._first_outcome(write, rans[write.ref])
            for write in writes
            if write.operation is not Operation.CREATE or not rans[write.ref].is_done
        }
        later = self._finish(made)
        outcomes |= {outcome.ref: outcome for outcome in later.outcomes}
        return Sent([outcomes[write.ref] for write in writes], fatal or later.fatal)

    def _ends(self, write: Write) -> dict[str, int]:
        return {
            "courseid": self._context.id_of(write.record["course"]),
            "competencyid": self._context.id_of(write.record["competency"]),
        }

    def _first_calls(self, write: Write) -> list[Call]:
        if write.operation is Operation.CREATE:
            return [Call(_ADD, self._ends(write))]
        if write.operation is Operation.RETIRE:
            course, competency, _ = _ids(write)
            ends = {"courseid": course, "competencyid": competency}
            return [Call(_REMOVE, ends)]
        return [_set_outcome(_ids(write)[2], write)]

    def _first_outcome(self, write: Write, ran: Ran) -> Outcome:
        if write.operation is Operation.RETIRE and ran.is_done:
            # `false` says that the link was not there: gone is what was wanted.
            return Done(write.ref, write.remote_id or "")
        return outcome_of(write, ran, write.remote_id or "")

    def _finish(self, writes: Sequence[Write]) -> Sent:
        """Give the new links their outcome, for which their own ids are needed."""
        courses = [self._ends(write)["courseid"] for write in writes]
        try:
            links = listing.course_links(self._context.client, courses)
        except listing.UnseenError as error:
            return Sent([Unknown(write.ref, _half(str(error))) for write in writes])
        except TargetError as error:
            lost = [Unknown(write.ref, _half(error.message)) for write in writes]
            return Sent(lost, error)
        shown = [link.coursecompetency for link in links]
        found = [self._find(write, shown) for write in writes]
        rans = self._context.client.run(
            [
                [_set_outcome(link.id, write)]
                if link and link.ruleoutcome != _number(write)
                else []
                for write, link in zip(writes, found, strict=True)
            ],
            is_repeatable=True,
        )
        outcomes = [
            _finished(write, link, ran)
            for write, link, ran in zip(writes, found, rans, strict=True)
        ]
        return Sent(outcomes, fatal_of(rans))

    def _find(
        self, write: Write, links: Sequence[CourseCompetency]
    ) -> CourseCompetency | None:
        course, competency = self._ends(write).values()
        for link in links:
            if (link.courseid, link.competencyid) == (course, competency):
                return link
        return None


def _finished(write: Write, link: CourseCompetency | None, ran: Ran) -> Outcome:
    if link is None:
        return stale(write, "The new link is gone already.")
    if ran.is_done:
        return Done(write.ref, link.remote_id)
    return Unknown(write.ref, _half(ran.error.message if ran.error else ""))


def _half(message: str) -> str:
    return f"The course is linked, but its outcome was not set: {message}"


def _ids(write: Write) -> tuple[int, int, int]:
    """Return the course, competency and own id inside a link's remote id."""
    course, competency, link = (write.remote_id or "").split("/")
    return int(course), int(competency), int(link)


def _number(write: Write) -> int:
    return _NUMBERS[str(write.record["outcome"])]


def _set_outcome(link_id: int, write: Write) -> Call:
    return Call(
        _SET_OUTCOME, {"coursecompetencyid": link_id, "ruleoutcome": _number(write)}
    )
