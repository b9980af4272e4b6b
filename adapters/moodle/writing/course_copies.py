"""Makes courses that the site lacks, as copies of a template course.

Moodle keeps neither ID numbers nor short names of courses unique when two are made at
once, so one lane makes one after the other, and looks each up before.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from adapters.moodle.client import Call, Ran
from adapters.moodle.wire_courses import (
    COPIED_COURSE,
    COURSE_PLACES,
    WARNINGS,
    CoursePlace,
)
from adapters.moodle.writing.context import (
    Context,
    Sent,
    failed,
    fatal_of,
    stale,
    untried,
)
from connector.kit.errors import TargetError
from connector.kit.values import Done, Outcome, Rejected, Unknown, Write

_LOOK_UP = "core_course_get_courses_by_field"
_COPY = "core_course_duplicate_course"
_CHANGE = "core_course_update_courses"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is there before a copy is made."""

    bearers: Sequence[CoursePlace]
    halves: Sequence[CoursePlace]
    templates: Sequence[CoursePlace]


class CourseCopyWriter:
    """Copies a course, then gives the copy its ID number and short name.

    Until then it bears a short name that says so, by which a copy that was cut half
    way is found again.
    """

    kinds = ("course",)
    group_size = 1

    def __init__(self, context: Context) -> None:
        self._context = context

    def lane_of(self, write: Write) -> Hashable:  # noqa: ARG002 - one for all
        """Keep all courses in one lane: nothing else keeps them unique."""
        return 0

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Return all writes as one phase."""
        return [list(writes)]

    def send(self, writes: Sequence[Write]) -> Sent:
        """Make one course after the other."""
        outcomes: list[Outcome] = []
        for write in writes:
            try:
                seen = self._look_up(write)
            except TargetError as error:
                return untried(writes, error)
            made = _settled(write, seen) or self._copy(write, seen)
            outcomes += made.outcomes
            if made.fatal is not None:
                rest = untried(writes[len(outcomes) :], made.fatal)
                return Sent([*outcomes, *rest.outcomes], made.fatal)
        return Sent(outcomes)

    def _look_up(self, write: Write) -> _Seen:
        wanted = (
            ("idnumber", write.key),
            ("shortname", _half_name(write)),
            ("idnumber", _template(write)),
        )
        answers = self._context.client.read(
            [Call(_LOOK_UP, {"field": name, "value": value}) for name, value in wanted]
        )
        bearers, halves, templates = (
            COURSE_PLACES.one(answer, _LOOK_UP).courses for answer in answers
        )
        unnamed = [course for course in halves if not course.idnumber]
        return _Seen(bearers, unnamed, templates)

    def _copy(self, write: Write, seen: _Seen) -> Sent:
        """Copy the template, unless a half copy is there, and name the copy."""
        if seen.halves:
            return self._name(write, seen.halves[0].id)
        (template,) = seen.templates
        copy = {
            "courseid": template.id,
            "fullname": str(write.record.get("fullname") or write.key),
            "shortname": _half_name(write),
            "categoryid": write.record.get("category") or template.categoryid,
        }
        ran = self._run(Call(_COPY, copy))
        if not ran.is_done:
            return Sent([failed(write, ran)], fatal_of([ran]))
        return self._name(write, COPIED_COURSE.one(ran.answers[0], _COPY).id)

    def _name(self, write: Write, course_id: int) -> Sent:
        names = {"id": course_id, "idnumber": write.key, "shortname": write.key}
        ran = self._run(Call(_CHANGE, {"courses": [names]}))
        if not ran.is_done:
            message = ran.error.message if ran.error else ""
            half = Unknown(write.ref, f"Copied, but not named yet: {message}")
            return Sent([half], fatal_of([ran]))
        messages = WARNINGS.one(ran.answers[0], _CHANGE).messages
        if messages:
            return Sent(
                [
                    Rejected(
                        ref=write.ref,
                        message=f"The copy could not be named: {' '.join(messages)}",
                        hint=f"Free the name “{write.key}” or the right in Moodle and "
                        f"plan again: the copy “{_half_name(write)}” will be used.",
                        code="rejected",
                    )
                ]
            )
        return Sent([Done(write.ref, str(course_id), {"idnumber": write.key})])

    def _run(self, call: Call) -> Ran:
        (ran,) = self._context.client.run([[call]], is_repeatable=False)
        return ran


def _settled(write: Write, seen: _Seen) -> Sent | None:
    """Return the outcome of a write that needs or allows no copy."""
    if len(seen.bearers) == 1:
        course = seen.bearers[0]
        return Sent([Done(write.ref, str(course.id), {"idnumber": write.key})])
    if seen.bearers:
        return Sent([stale(write, f"Several courses bear “{write.key}”.")])
    if not seen.halves and len(seen.templates) != 1:
        number = "Several courses bear" if seen.templates else "No course bears"
        return Sent(
            [
                Rejected(
                    ref=write.ref,
                    message=f"{number} the ID number “{_template(write)}” of the "
                    "course to copy.",
                    hint="Correct `template_course` in the mapping, or the course.",
                    code="rejected",
                )
            ]
        )
    return None


def _template(write: Write) -> str:
    return str(write.record["copy_of"])


def _half_name(write: Write) -> str:
    """Return the short name of a copy that has no ID number yet."""
    return f"{write.key} (being copied)"
