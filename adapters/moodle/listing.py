"""Reads the listings of a Moodle site, page by page and in batches.

Only answers and their shapes; what they mean in our words is said elsewhere. A listing
that may have missed something raises instead of looking complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from adapters.moodle import wire
from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.facts import PAGE_SIZE, SYSTEM_CONTEXT
from adapters.moodle.failures import RefusedError, RightsError

#: As many vanished objects are looked at one by one; more tell nothing new.
_PROBED = 20
#: Courses of one reading by id: Moodle looks at every course for itself.
_COURSES = 250


class UnseenError(Exception):
    """A listing may have missed objects; the text says why."""


def frameworks(client: MoodleClient) -> list[wire.Framework]:
    """Return all competency frameworks of the site, by id."""
    function = "core_competency_list_competency_frameworks"
    pages = _pages(client, function, context={"contextid": SYSTEM_CONTEXT})
    return wire.FRAMEWORK.many(pages, function)


def templates(client: MoodleClient) -> list[wire.Template]:
    """Return all learning plan templates of the site, hidden ones too, by id."""
    function = "core_competency_list_templates"
    pages = _pages(client, function, context={"contextid": SYSTEM_CONTEXT})
    return wire.TEMPLATE.many(pages, function)


def nodes(client: MoodleClient, framework_id: int) -> list[wire.Node]:
    """Return all competencies of a framework, by id.

    Raises:
        UnseenError: the number read is not the number counted.
    """
    function = "core_competency_list_competencies"
    filters = [{"column": "competencyframeworkid", "value": str(framework_id)}]
    count_function = "core_competency_count_competencies"
    counted = wire.integer(
        client.call(count_function, {"filters": filters}), count_function
    )
    rows = _pages(client, function, filters=filters)
    found = wire.NODE.many(rows, function)
    if len({node.id for node in found}) != counted:
        msg = (
            f"The competencies of framework {framework_id} changed while they were "
            f"read ({counted} counted, {len(found)} listed)."
        )
        raise UnseenError(msg)
    return found


def _pages(client: MoodleClient, function: str, **arguments: object) -> list[object]:
    """Return the rows of a listing, sorted by id so that pages do not overlap."""
    rows: list[object] = []
    while True:
        page = client.call(
            function,
            {
                **arguments,
                "sort": "id",
                "order": "ASC",
                "skip": len(rows),
                "limit": PAGE_SIZE,
            },
        )
        if not isinstance(page, list):
            raise UnseenError(f"Moodle answered {function} with no list.")
        rows += page
        if len(page) < PAGE_SIZE:
            return rows


def scale_values(
    client: MoodleClient, scale_ids: Iterable[int]
) -> dict[int, tuple[str, ...]]:
    """Return the value names of scales by id; unknown scales are left out."""
    function = "core_competency_get_scale_values"
    ids = sorted(set(scale_ids))
    rans = client.run(
        [[Call(function, {"scaleid": scale_id})] for scale_id in ids],
        is_repeatable=True,
    )
    values: dict[int, tuple[str, ...]] = {}
    for scale_id, ran in zip(ids, rans, strict=True):
        # An unknown id is a PHP error inside Moodle and looks like any refusal.
        if isinstance(ran.error, RefusedError):
            continue
        if ran.error is not None:
            raise ran.error
        names = wire.SCALE_VALUE.many(ran.answers[0], function)
        values[scale_id] = tuple(value.name for value in names)
    return values


def members(
    client: MoodleClient, template_ids: Sequence[int]
) -> dict[int, list[wire.Node]]:
    """Return the competencies of templates, in their order."""
    function = "core_competency_list_competencies_in_template"
    answers = client.read([Call(function, {"id": id_}) for id_ in template_ids])
    return {
        id_: wire.NODE.many(answer, function)
        for id_, answer in zip(template_ids, answers, strict=True)
    }


def course_links(
    client: MoodleClient, course_ids: Iterable[int]
) -> list[wire.CourseLink]:
    """Return the competencies linked to courses; a course that is gone has none.

    Raises:
        UnseenError: the account may not enter one of the courses.
    """
    function = "core_competency_list_course_competencies"
    calls = [[Call(function, {"id": id_})] for id_ in sorted(set(course_ids))]
    links: list[wire.CourseLink] = []
    for ran in client.run(calls, is_repeatable=True):
        if ran.is_done:
            links += wire.COURSE_LINK.many(ran.answers[0], function)
        elif isinstance(ran.error, RightsError):
            msg = (
                "The service account may not enter course "
                f"{ran.calls[0].arguments['id']}, so its links stay unseen."
            )
            raise UnseenError(msg)
        elif ran.error and not (
            isinstance(ran.error, RefusedError) and ran.error.is_gone
        ):
            raise ran.error
    return links


def courses(
    client: MoodleClient, id_numbers: Iterable[str], known_ids: Iterable[int] = ()
) -> list[tuple[wire.Course, str]]:
    """Return courses by their ID numbers, each with its ID number.

    Those with known ids are read many at once, the others one by one. An ID number is
    not unique in Moodle: two courses that are not known may answer.
    """
    function = "core_course_get_courses_by_field"
    wanted = set(id_numbers)
    known = [
        (course, course.idnumber)
        for course in _courses_by_id(client, sorted(set(known_ids)))
        if course.idnumber in wanted
    ]
    others = sorted(wanted - {id_number for _, id_number in known})
    calls = [Call(function, {"field": "idnumber", "value": value}) for value in others]
    looked_up = [
        (course, id_number)
        for id_number, answer in zip(others, client.read(calls), strict=True)
        for course in wire.COURSES.one(answer, function).courses
    ]
    return sorted(known + looked_up, key=lambda found: (found[1], found[0].id))


def _courses_by_id(
    client: MoodleClient, course_ids: Sequence[int]
) -> Iterator[wire.Course]:
    """Yield courses; all of a request are left out where one of them is gone.

    Moodle then fails over it with an error of PHP (tried on 4.5).
    """
    function = "core_course_get_courses_by_field"
    for start in range(0, len(course_ids), _COURSES):
        ids = ",".join(map(str, course_ids[start : start + _COURSES]))
        try:
            answer = client.call(function, {"field": "ids", "value": ids})
        except RefusedError:
            continue
        yield from wire.COURSES.one(answer, function).courses


def check_vanished(
    client: MoodleClient, what: str, function: str, missing: Iterable[str]
) -> None:
    """Make sure that objects we hold links to are gone, not only out of sight.

    Too few rights often show as an empty listing in Moodle, not as an error.

    Raises:
        UnseenError: Moodle does not confirm that one of them is gone.
    """
    ids = sorted(int(remote_id) for remote_id in missing)[:_PROBED]
    calls = [[Call(function, {"id": object_id})] for object_id in ids]
    for object_id, ran in zip(ids, client.run(calls, is_repeatable=True), strict=True):
        if isinstance(ran.error, RefusedError) and ran.error.is_gone:
            continue
        reason = ran.error.message if ran.error else "it is there, but not listed"
        msg = f"The listing misses {what} {object_id}: {reason}"
        raise UnseenError(msg)
