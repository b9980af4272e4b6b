"""Evidence and the ratings it leads to, with the cascade of completion rules.

All ways to a rating end here: by hand, by a completed course, by a rule. The rules
for what a piece of evidence does to an existing rating are Moodle's.
"""

import json
from dataclasses import dataclass
from typing import Any

from adapters.moodle.sandbox import course_links, rules, scale_rules
from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.competencies import parent_of
from adapters.moodle.sandbox.errors import invalid_persistent
from adapters.moodle.sandbox.tables import Row

ACTION_LOG, ACTION_COMPLETE, ACTION_OVERRIDE = 0, 2, 3
IDLE, WAITING, REVIEWING = range(3)


@dataclass(frozen=True, slots=True)
class Proof:
    """What is to be put on record; `course_id` 0 stands for no course."""

    action: int
    identifier: str
    context_id: int
    grade: int | None = None
    detail: str | None = None
    url: str | None = None
    actor_id: int | None = None
    note: str | None = None
    recommends: bool = False
    course_id: int = 0


def rating_of(call: Call, user_id: int, competency_id: int) -> Row:
    """Return the user competency of a pair, made on first use.

    Raises MoodleError `invalidpersistenterror` for an unknown user or competency.
    """
    found = call.state.user_competencies.first(
        userid=user_id, competencyid=competency_id
    )
    if found is not None:
        return found
    reasons = []
    if call.state.users.get(user_id) is None:
        reasons.append("Invalid user ID")
    if call.state.competencies.get(competency_id) is None:
        reasons.append(f"{competency_id} competency can not be found")
    if reasons:
        raise invalid_persistent(reasons)
    return call.state.user_competencies.add(
        {
            **unrated(user_id, competency_id),
            "timecreated": call.now,
            "timemodified": call.now,
            "usermodified": call.user_id,
        }
    )


def unrated(user_id: int, competency_id: int) -> Row:
    """Return what is shown for a pair that was never rated."""
    return {
        "id": 0,
        "userid": user_id,
        "competencyid": competency_id,
        "status": IDLE,
        "reviewerid": None,
        "proficiency": None,
        "grade": None,
        "timecreated": 0,
        "timemodified": 0,
        "usermodified": 0,
    }


def add_evidence(call: Call, user_id: int, competency_id: int, proof: Proof) -> Row:
    """Record the proof, rate as it says, and let the rules above act.

    Raises MoodleError `invalidpersistenterror` for a rating outside the scale.
    """
    rating = rating_of(call, user_id, competency_id)
    competency = call.state.competencies.rows[competency_id]
    grade, changes = _outcome(call, rating, competency, proof)
    _check_grade(call, competency, grade)
    if proof.course_id and proof.action != ACTION_LOG:
        _rate_in_course(call, rating, grade, proof)
    if proof.recommends and rating["status"] == IDLE:
        changes["status"] = WAITING
    turned_proficient = not rating["proficiency"] and bool(changes.get("proficiency"))
    rating = call.state.user_competencies.change(
        rating["id"], **changes, timemodified=call.now, usermodified=call.user_id
    )
    stored = _store(call, rating, grade, proof)
    if turned_proficient:
        _apply_rule_above(call, rating, competency)
    return stored


def _outcome(
    call: Call, rating: Row, competency: Row, proof: Proof
) -> tuple[int | None, dict[str, Any]]:
    """Return the grade of the evidence and the columns of the rating it changes."""
    if proof.action == ACTION_LOG:
        return None, {}
    pushes = not proof.course_id or course_links.pushes_ratings(call, proof.course_id)
    if proof.action == ACTION_COMPLETE:
        grade, proficient = scale_rules.default_rating(call, competency)
        # Completion never overrides a rating that is there.
        applies = pushes and rating["grade"] is None
        changes = {"grade": grade, "proficiency": proficient} if applies else {}
        return grade, changes
    if not pushes:
        return proof.grade, {}
    if proof.grade is None:
        return None, {"grade": None, "proficiency": None}
    proficient = scale_rules.is_proficient(call, competency, proof.grade)
    return proof.grade, {"grade": proof.grade, "proficiency": proficient}


def rating_in_course(
    call: Call, user_id: int, competency_id: int, course_id: int
) -> Row:
    """Return the rating of a person in a course, made on first use."""
    key = {"userid": user_id, "competencyid": competency_id, "courseid": course_id}
    found = call.state.user_competency_courses.first(**key)
    return found or call.state.user_competency_courses.add(
        {
            **key,
            "proficiency": None,
            "grade": None,
            "timecreated": call.now,
            "timemodified": call.now,
            "usermodified": call.user_id,
        }
    )


def _rate_in_course(call: Call, rating: Row, grade: int | None, proof: Proof) -> None:
    key = (rating["userid"], rating["competencyid"], proof.course_id)
    inside = rating_in_course(call, *key)
    if proof.action == ACTION_COMPLETE and inside["grade"] is not None:
        return
    competency = call.state.competencies.rows[rating["competencyid"]]
    proficient = (
        None if grade is None else scale_rules.is_proficient(call, competency, grade)
    )
    call.state.user_competency_courses.change(
        inside["id"],
        grade=grade,
        proficiency=proficient,
        timemodified=call.now,
        usermodified=call.user_id,
    )


def _check_grade(call: Call, competency: Row, grade: int | None) -> None:
    if grade is None:
        return
    scale, _ = scale_rules.scale_of(call, competency)
    if not 1 <= grade <= len(scale["values"]):
        raise invalid_persistent(["Invalid rating"])


def _store(call: Call, rating: Row, grade: int | None, proof: Proof) -> Row:
    return call.state.evidence.add(
        {
            "usercompetencyid": rating["id"],
            "contextid": proof.context_id,
            "action": proof.action,
            "actionuserid": proof.actor_id,
            "descidentifier": proof.identifier,
            "desccomponent": "core_competency",
            "desca": None if proof.detail is None else json.dumps(proof.detail),
            "url": proof.url,
            "grade": grade,
            "note": proof.note,
            "timecreated": call.now,
            "timemodified": call.now,
            "usermodified": call.user_id,
        }
    )


def _apply_rule_above(call: Call, rating: Row, competency: Row) -> None:
    parent = parent_of(call, competency)
    if parent is None or not parent["ruletype"]:
        return
    if parent["ruleoutcome"] == rules.OUTCOME_NONE:
        return
    rating_of(call, rating["userid"], parent["id"])
    if not rules.is_met(call, parent, rating["userid"]):
        return
    completes = parent["ruleoutcome"] == rules.OUTCOME_COMPLETE
    framework = call.state.frameworks.rows[parent["competencyframeworkid"]]
    proof = Proof(
        action=ACTION_COMPLETE if completes else ACTION_LOG,
        identifier="evidence_competencyrule",
        context_id=framework["contextid"],
        recommends=parent["ruleoutcome"] == rules.OUTCOME_RECOMMEND,
    )
    add_evidence(call, rating["userid"], parent["id"], proof)


def record_course_completion(call: Call, user_id: int, course: Row) -> None:
    """Do what the competency links of a course ask for when a user completes it."""
    url = f"{call.site.wwwroot}/report/completion/index.php?course={course['id']}"
    for link in call.state.course_links.find(courseid=course["id"]):
        if link["ruleoutcome"] == course_links.OUTCOME_NONE:
            continue
        completes = link["ruleoutcome"] == course_links.OUTCOME_COMPLETE
        proof = Proof(
            action=ACTION_COMPLETE if completes else ACTION_LOG,
            identifier="evidence_coursecompleted",
            context_id=call.state.context("course", course["id"])["id"],
            detail=course["shortname"],
            url=url,
            recommends=link["ruleoutcome"] == course_links.OUTCOME_REVIEW,
            course_id=course["id"],
        )
        add_evidence(call, user_id, link["competencyid"], proof)
