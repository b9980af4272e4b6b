"""Control calls for the rights that copying a course takes; none changes anything.

Moodle looks at these rights one after the other and names the first that is missing.
Each call ends in a refusal: with all rights it fails for its values, twice over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from adapters.moodle.client import MoodleClient
from adapters.moodle.facts import COPY_FUNCTIONS, MAX_COURSE_NAME
from adapters.moodle.failures import RefusedError, RightsError
from adapters.moodle.holding import HELD, MISSING, Finding, Holding, untold
from adapters.moodle.wire_site import REFUSALS, SeenCourse
from connector.kit.setup import Capability

_COPY, _CHANGE = COPY_FUNCTIONS
#: The rights of each call in the order in which Moodle looks at them, as its pages
#: show them. The last of the third is none of ours; without it the call ends there.
_COPYING = ("Create courses", "Restore courses", "Backup courses")
_NAMING = ("Update course settings", "Change course short name")
_NUMBERING = (
    "Update course settings",
    "Change course ID number",
    "Force course or activity language",
)
#: Courses that are tried: the rights may be given in a part of the site alone.
_MOST_COURSES = 10
#: Names that look the same however Moodle shows them: such a one is taken for certain.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_TAKEN, _WRONG_VALUE = "shortnametaken", "errorinvalidparam"
_NO_PERMISSION = "nopermissions"


def look(
    client: MoodleClient, courses: Sequence[SeenCourse], capability: Capability
) -> Finding:
    """Return whether the account has a right in some course that it sees.

    Raises:
        TargetError: Moodle did not answer, or refused something else.
    """
    found = untold("no visible course with a plain short name was met")
    for course in _usable(courses):
        found = _look(client, course, capability.label)
        if found.holding is Holding.HELD:
            return found
    return found


def _usable(courses: Sequence[SeenCourse]) -> Iterator[SeenCourse]:
    usable = [
        course
        for course in courses
        if course.visible and course.categoryid and _PLAIN.fullmatch(course.shortname)
    ]
    yield from usable[:_MOST_COURSES]


def _look(client: MoodleClient, course: SeenCourse, label: str) -> Finding:
    if label in _COPYING:
        return _of_copying(client, course, label)
    if label == _NUMBERING[1]:
        # No such language is ever installed: with every right it is refused.
        values: Mapping[str, object] = {
            "idnumber": f"jobframe-doctor-{course.id}",
            "lang": "jobframe_none",
        }
        return _of_changing(client, course, values, label, _NUMBERING)
    return _of_changing(client, course, {"shortname": ""}, label, _NAMING)


def _of_copying(client: MoodleClient, course: SeenCourse, label: str) -> Finding:
    """Ask for a copy whose short name is taken, and whose full name has no room."""
    values = {
        "courseid": course.id,
        "categoryid": course.categoryid,
        "fullname": "x" * (MAX_COURSE_NAME + 1),
        "shortname": course.shortname,
    }
    try:
        client.call(_COPY, values, is_repeatable=False)
    except RightsError as error:
        return _told(error.error_code, error.shown, label, _COPYING)
    except RefusedError as error:
        return HELD if error.error_code == _TAKEN else untold(error.message)
    return untold(f"{_COPY} took what it should refuse")


def _of_changing(
    client: MoodleClient,
    course: SeenCourse,
    values: Mapping[str, object],
    label: str,
    order: Sequence[str],
) -> Finding:
    answer = client.call(
        _CHANGE, {"courses": [{"id": course.id, **values}]}, is_repeatable=False
    )
    for refusal in REFUSALS.one(answer, _CHANGE).warnings:
        if refusal.warningcode == _WRONG_VALUE:
            return HELD
        return _told(refusal.warningcode, refusal.message, label, order)
    return untold(f"{_CHANGE} took what it should refuse")


def _told(code: str, shown: str, label: str, order: Sequence[str]) -> Finding:
    """Return what the right that Moodle names as missing says of another one."""
    named = next((one for one in order if f"({one})" in shown), None)
    if code != _NO_PERMISSION or named is None:
        return untold(f"the course refuses the account ({code})")
    if named == label:
        return MISSING
    if order.index(named) < order.index(label):
        return untold(f"“{named}” is missing, which is looked at first")
    return HELD
