"""How learners complete activities and courses, and what follows from it.

A course is complete once all its criteria are; competencies linked to it follow in
the same step. Taking an activity back takes neither the course nor a rating back.
"""

from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.course_store import criteria_of, tracked_of
from adapters.moodle.sandbox.evidence import record_course_completion
from adapters.moodle.sandbox.tables import Row

INCOMPLETE, COMPLETE, COMPLETE_PASS, COMPLETE_FAIL = range(4)
STATES = frozenset({INCOMPLETE, COMPLETE, COMPLETE_PASS, COMPLETE_FAIL})
_DONE = frozenset({COMPLETE, COMPLETE_PASS})


def state_of(call: Call, activity_id: int, user_id: int) -> Row:
    """Return how far a user came with an activity."""
    key = {"cmid": activity_id, "userid": user_id}
    found = call.state.activity_completions.first(**key)
    untouched = {**key, "state": INCOMPLETE, "timemodified": 0, "overrideby": None}
    return found or untouched


def is_done(call: Call, activity_id: int, user_id: int) -> bool:
    """Say whether a user completed an activity."""
    return state_of(call, activity_id, user_id)["state"] in _DONE


def completion_of(call: Call, course_id: int, user_id: int) -> Row | None:
    """Return the completion of a course by a user, None before it."""
    return call.state.completions.first(courseid=course_id, userid=user_id)


def progress_of(call: Call, course_id: int, user_id: int) -> float | None:
    """Return the share of tracked activities done, in percent; None without any.

    A complete course stays at 100, also when an activity is taken back.
    """
    if completion_of(call, course_id, user_id) is not None:
        return 100
    tracked = tracked_of(call.state, course_id)
    if not tracked:
        return None
    done = sum(is_done(call, activity["id"], user_id) for activity in tracked)
    return done / len(tracked) * 100


def set_activity_state(
    call: Call,
    activity: Row,
    user_id: int,
    new_state: int,
    *,
    when: int,
    by: int | None,
) -> Row:
    """Store how far a user came with an activity, then see to the course.

    `when` is the second it happened, `by` who overrode it, None for the learner.
    """
    key = {"cmid": activity["id"], "userid": user_id}
    values = {"state": new_state, "timemodified": when, "overrideby": by}
    table = call.state.activity_completions
    found = table.first(**key)
    if found is None:
        stored = table.add({**key, **values})
    else:
        stored = table.change(found["id"], **values)
    if activity["is_criterion"]:
        _complete_course(call, activity["courseid"], user_id, when=when)
    return stored


def _complete_course(call: Call, course_id: int, user_id: int, *, when: int) -> None:
    if completion_of(call, course_id, user_id) is not None:
        return
    criteria = criteria_of(call.state, course_id)
    if all(is_done(call, activity["id"], user_id) for activity in criteria):
        complete_course(call, course_id, user_id, when=when)


def complete_course(call: Call, course_id: int, user_id: int, *, when: int) -> None:
    """Store that a user completed a course; evidence and ratings follow."""
    key = {"courseid": course_id, "userid": user_id}
    call.state.completions.add({**key, "timecompleted": when})
    record_course_completion(call, user_id, call.state.courses.rows[course_id])


def do_course(call: Call, course_id: int, *, when: int) -> None:
    """Let the caller, a learner, do all that completes a course.

    Doing it again changes nothing. Raises ValueError without an enrolment.
    """
    user = call.state.users.rows[call.user_id]
    course = call.state.courses.rows[course_id]
    if not call.state.enrolments.count(courseid=course_id, userid=user["id"]):
        raise ValueError(
            f"{user['idnumber'] or user['username']} is not enrolled in "
            f"{course['idnumber'] or course['shortname']}; enrol first"
        )
    for activity in criteria_of(call.state, course_id):
        if not is_done(call, activity["id"], user["id"]):
            set_activity_state(call, activity, user["id"], COMPLETE, when=when, by=None)
    if completion_of(call, course_id, user["id"]) is None:
        complete_course(call, course_id, user["id"], when=when)


def reset_course(call: Call, course_id: int) -> int:
    """Forget who completed a course, as its page "Reset" does; returns how many.

    Evidence and ratings of competencies stay.
    """
    for activity in call.state.activities.find(courseid=course_id):
        for row in call.state.activity_completions.find(cmid=activity["id"]):
            call.state.activity_completions.remove(row["id"])
    completions = call.state.completions.find(courseid=course_id)
    for row in completions:
        call.state.completions.remove(row["id"])
    return len(completions)
