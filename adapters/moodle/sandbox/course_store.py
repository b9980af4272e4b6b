"""Courses and categories as rows: what belongs to a new, copied or deleted one.

No rights and no answers here: the web service functions, the seed and the people who
use the site's pages all make courses through this module.
"""

from collections.abc import Iterable
from typing import Any

from adapters.moodle.sandbox.state import CATEGORY_ID, SITE_ID, State
from adapters.moodle.sandbox.tables import Row

DAY = 24 * 60 * 60
YEAR = 365 * DAY
TRACKING_NONE, TRACKING_MANUAL, TRACKING_AUTOMATIC = range(3)
_CATEGORY_STEP = 10_000


def add_category(state: State, values: Row, *, now: int) -> Row:
    """Store a category below its parent, 0 being the top."""
    parent = state.categories.get(values["parent"])
    row = {
        "idnumber": None,
        "description": "",
        "descriptionformat": 0,
        "visible": True,
        **values,
        "depth": parent["depth"] + 1 if parent else 1,
        "timemodified": now,
    }
    stored = state.categories.add(row)
    above = parent["path"] if parent else ""
    return state.categories.change(stored["id"], path=f"{above}/{stored['id']}")


def category_orders(state: State) -> dict[int, int]:
    """Return the sort order of each category: its place in the tree, times 10,000."""
    below: dict[int, list[int]] = {}
    for row in sorted(state.categories, key=lambda row: int(row["id"])):
        below.setdefault(row["parent"], []).append(row["id"])
    ordered: list[int] = []
    waiting = below.get(0, [])[::-1]
    while waiting:
        current = waiting.pop()
        ordered.append(current)
        waiting += below.get(current, [])[::-1]
    return {key: _CATEGORY_STEP * place for place, key in enumerate(ordered, start=1)}


def sort_orders(state: State, courses: Iterable[Row]) -> dict[int, int]:
    """Return the sort order of each course: a new one goes first in its category."""
    categories = category_orders(state)
    orders: dict[int, int] = {SITE_ID: 1}
    for key in {course["category"] for course in courses} - {0}:
        inside = [course["id"] for course in state.courses.find(category=key)]
        for place, course_id in enumerate(reversed(inside), start=1):
            orders[course_id] = categories[key] + place
    return orders


def add_course(state: State, values: Row, *, now: int) -> Row:
    """Store a course with its first section and its forum for announcements."""
    start = values.get("startdate", now - now % DAY)
    row = {
        "idnumber": "",
        "summary": "",
        "summaryformat": 1,
        "category": CATEGORY_ID,
        "format": "topics",
        "visible": True,
        "enablecompletion": True,
        "newsitems": 5,
        "showgrades": True,
        "lang": "",
        "enddate": start + YEAR,
        **values,
        "startdate": start,
        "timecreated": now,
        "timemodified": now,
    }
    course = state.courses.add(row)
    section = _add_section(state, course["id"], 0)
    forum = {"name": "Announcements", "modname": "forum", "tracking": TRACKING_NONE}
    _add_activity(state, section, {**forum, "is_criterion": False}, now=now)
    return course


def _add_section(state: State, course_id: int, number: int) -> Row:
    return state.sections.add({"courseid": course_id, "number": number})


def _add_activity(state: State, section: Row, values: Row, *, now: int) -> Row:
    place = {"courseid": section["courseid"], "sectionid": section["id"]}
    return state.activities.add({**values, **place, "timemodified": now})


def add_page(
    state: State, course_id: int, name: str, *, is_criterion: bool, now: int
) -> Row:
    """Store a page that learners mark as done; a criterion of the course, or not."""
    sections = state.sections.find(courseid=course_id)
    section = next((row for row in sections if row["number"] == 1), None)
    section = section or _add_section(state, course_id, 1)
    page = {"name": name, "modname": "page", "tracking": TRACKING_MANUAL}
    return _add_activity(
        state, section, {**page, "is_criterion": is_criterion}, now=now
    )


def copy_course(state: State, source: Row, values: Row, *, now: int) -> Row:
    """Copy a course with activities, criteria and competency links, without people.

    The idnumber stays behind, as in a course restored on the same site.
    """
    stamps = {"idnumber": "", "timecreated": now, "timemodified": now}
    copy = state.courses.add({**source, **values, **stamps})
    for section in state.sections.find(courseid=source["id"]):
        twin = state.sections.add({**section, "courseid": copy["id"]})
        for activity in state.activities.find(courseid=source["id"]):
            if activity["sectionid"] == section["id"]:
                _add_activity(state, twin, activity, now=now)
    for link in state.course_links.find(courseid=source["id"]):
        moments = {"timecreated": now, "timemodified": now}
        state.course_links.add({**link, **moments, "courseid": copy["id"]})
    return copy


def remove_course(state: State, course_id: int) -> None:
    """Delete a course with all that hangs on it.

    Ratings stay, and evidence too, but its context is gone: pages that show it fail.
    """
    for activity in state.activities.find(courseid=course_id):
        _forget_context(state, "module", activity["id"])
        for row in state.activity_completions.find(cmid=activity["id"]):
            state.activity_completions.remove(row["id"])
    _forget_context(state, "course", course_id)
    for table in (
        state.activities,
        state.sections,
        state.enrolments,
        state.completions,
        state.course_links,
        state.course_settings,
        state.user_competency_courses,
    ):
        for row in table.find(courseid=course_id):
            table.remove(row["id"])
    state.courses.remove(course_id)


def _forget_context(state: State, level: str, instance: int) -> None:
    for row in state.contexts.find(level=level, instance=instance):
        state.contexts.remove(row["id"])


def criteria_of(state: State, course_id: int) -> list[Row]:
    """Return the activities a learner must do to complete the course."""
    activities = state.activities.find(courseid=course_id)
    return [activity for activity in activities if activity["is_criterion"]]


def tracked_of(state: State, course_id: int) -> list[Row]:
    """Return the activities of a course whose completion is tracked."""
    activities = state.activities.find(courseid=course_id)
    return [activity for activity in activities if activity["tracking"]]


def enrol(state: State, user_id: int, course_id: int, **values: Any) -> Row:
    """Enrol a person as a learner; again changes the values of the enrolment."""
    key = {"userid": user_id, "courseid": course_id}
    found = state.enrolments.first(**key)
    if found is None:
        return state.enrolments.add({"status": 0, **values, **key})
    return state.enrolments.change(found["id"], **values) if values else found
