"""Courses with their competencies and learners, the form to change one, and reset."""

from flask import Blueprint, request

from adapters.moodle.sandbox import completion
from adapters.moodle.sandbox.course_links import (
    OUTCOME_COMPLETE,
    OUTCOME_EVIDENCE,
    OUTCOME_NONE,
    OUTCOME_REVIEW,
)
from adapters.moodle.sandbox.course_writing import change_course
from adapters.moodle.sandbox.links import ordered_links
from adapters.moodle.sandbox.pages.shell import (
    Page,
    as_html,
    attempt,
    found,
    go,
    part_of,
    render,
    typed,
)
from adapters.moodle.sandbox.site import Site
from adapters.moodle.sandbox.state import SITE_ID, State
from adapters.moodle.sandbox.tables import Row

_OUTCOMES = {
    OUTCOME_NONE: "Do nothing",
    OUTCOME_EVIDENCE: "Attach evidence",
    OUTCOME_REVIEW: "Send for review",
    OUTCOME_COMPLETE: "Complete the competency",
}


def add_to(pages: Blueprint, site: Site) -> None:
    """Add the routes."""

    @pages.get("/courses")
    def list_courses() -> Page:
        with site.lock:
            state = site.state
            rows = [
                {**row, **_counts(state, row["id"])}
                for row in sorted(state.courses, key=lambda row: str(row["fullname"]))
                if row["id"] != SITE_ID
            ]
        part = part_of(rows, "fullname", "shortname", "idnumber")
        return render("courses.html", title="Courses", part=part)

    @pages.route("/courses/<int:key>", methods=["GET", "POST"])
    def edit_course(key: int) -> Page:
        problem = ""
        with site.lock:
            row = found(site.state.courses, key)
            links, counts = _links(site.state, key), _counts(site.state, key)
            if request.method == "POST":
                values = typed("fullname", "shortname", "idnumber", "summary")
                problem = attempt(lambda: _save(site, key, values))
                if not problem:
                    done = f"{values['fullname']} is saved."
                    return go("edit_course", done, key=key)
                row |= values
        page = render(
            "course.html",
            title=f"Course {row['fullname']}",
            row=row,
            links=links,
            counts=counts,
            problem=problem,
            form_token=site.form_token,
        )
        return page, 422 if problem else 200

    @pages.post("/courses/<int:key>/reset")
    def reset_course(key: int) -> Page:
        with site.lock:
            found(site.state.courses, key)
            count = completion.reset_course(site.acting(), key)
        return go("edit_course", f"Completions reset: {count}.", key=key)


def _counts(state: State, course_id: int) -> Row:
    return {
        "learners": state.enrolments.count(courseid=course_id),
        "completions": state.completions.count(courseid=course_id),
        "competencies": state.course_links.count(courseid=course_id),
    }


def _links(state: State, course_id: int) -> list[Row]:
    return [
        {
            "competency": state.competencies.rows[link["competencyid"]],
            "outcome": _OUTCOMES[link["ruleoutcome"]],
        }
        for link in ordered_links(state.course_links, "courseid", course_id)
    ]


def _save(site: Site, key: int, values: dict[str, str]) -> None:
    summary = as_html(values["summary"])
    change_course(site.acting(), {**values, "summary": summary, "id": key})
