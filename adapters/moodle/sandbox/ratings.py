"""Rating people by hand, and showing ratings and evidence.

Rating is not idempotent: the same call makes another piece of evidence.
"""

import json

from adapters.moodle.sandbox import plan_records, scale_rules
from adapters.moodle.sandbox.answers import UNFORMATTED
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COMPETENCY_GRADE,
    EVIDENCE_DELETE,
    PLAN_MANAGE,
    PLAN_VIEW,
    USER_COMPETENCY_REQUEST,
    USER_COMPETENCY_REVIEW,
    USER_COMPETENCY_VIEW,
)
from adapters.moodle.sandbox.errors import coding_error, missing_record
from adapters.moodle.sandbox.evidence import (
    ACTION_OVERRIDE,
    IDLE,
    REVIEWING,
    WAITING,
    Proof,
    add_evidence,
    rating_of,
)
from adapters.moodle.sandbox.formatting import show_string, show_time
from adapters.moodle.sandbox.people import show_person
from adapters.moodle.sandbox.records import read_record
from adapters.moodle.sandbox.tables import Row

_READING = (USER_COMPETENCY_VIEW, PLAN_VIEW, PLAN_MANAGE)
_STATUS_NAMES = {IDLE: "-", WAITING: "Waiting for review", REVIEWING: "In review"}
_DESCRIPTIONS = {
    "evidence_manualoverride": "The competency rating was manually set.",
    "evidence_manualoverrideinplan": (
        "The competency rating was manually set in the learning plan '{}'."
    ),
    "evidence_manualoverrideincourse": (
        "The competency rating was manually set in the course '{}'."
    ),
    "evidence_coursecompleted": "The course '{}' was completed.",
    "evidence_competencyrule": "The rule of the competency was met.",
    "evidence_evidenceofpriorlearninglinked": (
        "The evidence of prior learning '{}' was linked."
    ),
    "evidence_evidenceofpriorlearningunlinked": (
        "The evidence of prior learning '{}' was unlinked."
    ),
}


def show_rating(call: Call, rating: Row) -> Row:
    """Return a user competency as answers show it."""
    competency = call.state.competencies.rows[rating["competencyid"]]
    status = rating["status"]
    page = f"{call.site.wwwroot}/admin/tool/lp/user_competency.php"
    requests, reviews = (
        call.can(USER_COMPETENCY_REQUEST),
        call.can(USER_COMPETENCY_REVIEW),
    )
    shown = {
        **rating,
        "canrequestreview": requests,
        "canreview": reviews,
        "gradename": scale_rules.grade_name(call, competency, rating["grade"]),
        "isrequestreviewallowed": requests and status == IDLE,
        "iscancelreviewrequestallowed": requests and status == WAITING,
        "isstartreviewallowed": reviews and status == WAITING,
        "isstopreviewallowed": reviews and status == REVIEWING,
        "isstatusidle": status == IDLE,
        "isstatusinreview": status == REVIEWING,
        "isstatuswaitingforreview": status == WAITING,
        "proficiencyname": "Yes" if rating["proficiency"] else "No",
        "statusname": _STATUS_NAMES[status],
        "url": f"{page}?id={rating['id']}",
    }
    if status == REVIEWING:
        shown["reviewer"] = show_person(call, rating["reviewerid"])
    return shown


def show_evidence(call: Call, evidence: Row) -> Row:
    """Return a piece of evidence as answers show it.

    Raises MoodleError `invalidrecord` when the course it came from was deleted.
    """
    if call.state.contexts.get(evidence["contextid"]) is None:
        raise missing_record("context")
    rating = call.state.user_competencies.rows[evidence["usercompetencyid"]]
    competency = call.state.competencies.rows[rating["competencyid"]]
    detail = "" if evidence["desca"] is None else json.loads(evidence["desca"])
    text = _DESCRIPTIONS[evidence["descidentifier"]].format(detail)
    shown = {
        **evidence,
        "description": UNFORMATTED if call.wants_raw_text else show_string(call, text),
        "gradename": scale_rules.grade_name(call, competency, evidence["grade"]),
        "userdate": show_time(call, evidence["timecreated"]),
        "candelete": call.can(EVIDENCE_DELETE),
    }
    if evidence["actionuserid"] is not None:
        shown["actionuser"] = show_person(call, evidence["actionuserid"])
    return shown


def _rate(call: Call, user_id: int, competency_id: int, proof: Proof) -> Row:
    call.require(COMPETENCY_GRADE)
    stored = add_evidence(call, user_id, competency_id, proof)
    if proof.grade is None:
        # The real one has stored everything, the rating taken back included, when
        # its event complains.
        raise coding_error("The 'grade' value must be set.")
    return show_evidence(call, stored)


def _manual_proof(
    call: Call,
    identifier: str,
    context_id: int,
    detail: str | None = None,
    course_id: int = 0,
) -> Proof:
    return Proof(
        action=ACTION_OVERRIDE,
        identifier=identifier,
        context_id=context_id,
        grade=call.arguments["grade"],
        detail=detail,
        actor_id=call.user_id,
        note=call.arguments["note"],
        course_id=course_id,
    )


@serves("core_competency_grade_competency")
def grade_competency(call: Call) -> Row:
    """Rate any user in any competency, by the 1-based place in the scale."""
    user_id, competency_id = call.arguments["userid"], call.arguments["competencyid"]
    rating_of(call, user_id, competency_id)
    call.require(*_READING)
    context = call.state.context("user", user_id)
    proof = _manual_proof(call, "evidence_manualoverride", context["id"])
    return _rate(call, user_id, competency_id, proof)


@serves("core_competency_grade_competency_in_plan")
def grade_in_plan(call: Call) -> Row:
    """Rate the owner of a plan in one of its competencies."""
    plan = read_record(call, plan_records.PLAN, call.arguments["planid"])
    call.require(*_READING)
    competency_id = call.arguments["competencyid"]
    known = {row["id"] for row in plan_records.competencies_of(call, plan)}
    if competency_id not in known:
        raise coding_error(
            "The competency does not belong to this plan: "
            f"{competency_id}, {plan['id']}"
        )
    if plan["status"] == plan_records.COMPLETE:
        raise coding_error("The competency can not be rated in a completed plan.")
    context = call.state.context("user", plan["userid"])
    identifier = "evidence_manualoverrideinplan"
    proof = _manual_proof(call, identifier, context["id"], plan["name"])
    return _rate(call, plan["userid"], competency_id, proof)


@serves("core_competency_grade_competency_in_course")
def grade_in_course(call: Call) -> Row:
    """Rate an enrolled user in a competency linked to the course."""
    course = call.require_course(call.arguments["courseid"])
    user_id, competency_id = call.arguments["userid"], call.arguments["competencyid"]
    key = {"courseid": course["id"], "competencyid": competency_id}
    if not call.state.course_links.count(**key):
        raise coding_error(
            f"The competency does not belong to this course: {competency_id}, "
            f"{course['id']}"
        )
    if not call.state.enrolments.count(courseid=course["id"], userid=user_id):
        raise coding_error("The competency may not be rated at this time.")
    call.require(*_READING)
    context = call.state.context("course", course["id"])
    identifier = "evidence_manualoverrideincourse"
    detail = f"Course: {course['fullname']}"
    proof = _manual_proof(call, identifier, context["id"], detail, course["id"])
    return _rate(call, user_id, competency_id, proof)


def request_review(call: Call, rating: Row) -> None:
    """Send a competency of a person, which is not under way, to review."""
    call.require(*_READING)
    call.require(USER_COMPETENCY_REQUEST)
    call.state.user_competencies.change(
        rating["id"],
        status=WAITING,
        timemodified=call.now,
        usermodified=call.user_id,
    )


@serves("core_competency_delete_evidence")
def delete_evidence(call: Call) -> bool:
    """Delete one entry; the rating it led to stays."""
    evidence = call.state.evidence.get(call.arguments["id"])
    if evidence is None:
        raise missing_record("competency_evidence")
    call.require(*_READING)
    call.require(EVIDENCE_DELETE)
    call.state.evidence.remove(evidence["id"])
    return True
