"""Learners: their courses, plans and competencies, and completing a course as one."""

from datetime import UTC, date, datetime, time

from flask import Blueprint, request

from adapters.moodle.sandbox import completion, course_store, plan_records
from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.pages.shell import (
    Page,
    attempt,
    found,
    go,
    part_of,
    render,
)
from adapters.moodle.sandbox.people import full_name
from adapters.moodle.sandbox.scale_rules import grade_name
from adapters.moodle.sandbox.site import Site
from adapters.moodle.sandbox.state import ADMIN_ID, SITE_ID, State
from adapters.moodle.sandbox.tables import Row

_GUEST_ID = 1


def add_to(pages: Blueprint, site: Site) -> None:
    """Add the routes."""

    @pages.get("/learners")
    def list_learners() -> Page:
        with site.lock:
            rows = [
                {**row, "name": full_name(row), **_counts(site.state, row["id"])}
                for row in site.state.users
                if row["id"] not in (_GUEST_ID, ADMIN_ID, site.state.account_id)
            ]
        rows.sort(key=lambda row: (row["lastname"], row["firstname"], row["id"]))
        part = part_of(rows, "name", "idnumber", "email")
        return render("learners.html", title="Learners", part=part)

    @pages.get("/learners/<int:key>")
    def show_learner(key: int) -> Page:
        return _show(site, key)

    @pages.post("/learners/<int:key>/enrol")
    def enrol(key: int) -> Page:
        course_id = request.form.get("course", 0, type=int)
        with site.lock:
            found(site.state.users, key)
            course = found(site.state.courses, course_id)
            course_store.enrol(site.state, key, course_id)
        return go("show_learner", f"Enrolled in {course['fullname']}.", key=key)

    @pages.post("/learners/<int:key>/complete")
    def complete(key: int) -> Page:
        course_id = request.form.get("course", 0, type=int)
        with site.lock:
            user = found(site.state.users, key)
            course = found(site.state.courses, course_id)
            problem = attempt(lambda: _complete(site, user, course))
        if problem:
            return _show(site, key, problem), 422
        done = f"{full_name(user)} has completed {course['fullname']}."
        return go("show_learner", done, key=key)


def _show(site: Site, key: int, problem: str = "") -> str:
    with site.lock:
        state, call = site.state, site.acting()
        user = found(state.users, key)
        courses = _courses(state, key)
        taken = {entry["course"]["id"] for entry in courses} | {SITE_ID}
        values = {
            "user": user,
            "courses": courses,
            "others": [row for row in state.courses if row["id"] not in taken],
            "plans": _plans(call, key),
            "ratings": _ratings(call, key),
        }
    title = f"Learner {full_name(user)}"
    token = site.form_token
    return render(
        "learner.html", title=title, problem=problem, form_token=token, **values
    )


def _counts(state: State, user_id: int) -> Row:
    return {
        "courses": state.enrolments.count(userid=user_id),
        "plans": state.plans.count(userid=user_id),
    }


def _complete(site: Site, user: Row, course: Row) -> None:
    typed = request.form.get("on", "")
    when = datetime.now(UTC)
    if typed:
        when = datetime.combine(date.fromisoformat(typed), time(12), tzinfo=UTC)
    completion.do_course(
        site.acting(user["id"]), course["id"], when=int(when.timestamp())
    )


def _courses(state: State, user_id: int) -> list[Row]:
    entries = []
    for enrolment in state.enrolments.find(userid=user_id):
        key = {"courseid": enrolment["courseid"], "userid": user_id}
        done = state.completions.first(**key)
        moment = datetime.fromtimestamp(done["timecompleted"], UTC) if done else None
        course = state.courses.rows[enrolment["courseid"]]
        entries.append({"course": course, "completed": moment})
    return entries


def _plans(call: Call, user_id: int) -> list[Row]:
    plans = []
    for plan in call.state.plans.find(userid=user_id):
        wanted = plan_records.competencies_of(call, plan)
        proficient = sum(
            _is_proficient(call.state, user_id, row["id"]) for row in wanted
        )
        plans.append({**plan, "wanted": len(wanted), "proficient": proficient})
    return plans


def _is_proficient(state: State, user_id: int, competency_id: int) -> bool:
    key = {"userid": user_id, "competencyid": competency_id}
    rating = state.user_competencies.first(**key)
    return rating is not None and bool(rating["proficiency"])


def _ratings(call: Call, user_id: int) -> list[Row]:
    entries = []
    for rating in call.state.user_competencies.find(userid=user_id):
        competency = call.state.competencies.rows[rating["competencyid"]]
        entries.append(
            {
                "competency": competency,
                "grade": grade_name(call, competency, rating["grade"]),
                "proficient": bool(rating["proficiency"]),
                "evidence": call.state.evidence.count(usercompetencyid=rating["id"]),
            }
        )
    return entries
