"""One call of each web service function, to see what a missing capability does to it.

The same calls were made on a real 4.5 site; `data/capability_effects.json` holds what
came of them there. Set-up calls are made by `made`, who may do everything.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moodle_sandbox_client import BINARY

Answer = Callable[..., Any]
Arguments = dict[str, Any]

FULL = "full"
"""What an account sees that misses nothing."""


@dataclass
class World:
    """The objects the calls are about; ids are those of the site called."""

    made: Answer
    user: int
    course: int
    activity: int
    report: int
    prior_learning: int
    names: itertools.count[int]

    def __post_init__(self) -> None:
        self.framework = self.make(
            "core_competency_create_competency_framework",
            competencyframework={**self.named("f"), **_SCALE, "contextid": 1},
        )
        self.top = self.competency()
        self.low = self.competency(parentid=self.top)
        self.template = self.new_template()
        self.made(
            "core_competency_add_competency_to_template",
            templateid=self.template,
            competencyid=self.low,
        )
        self.plan = self.new_plan()
        self.made(
            "core_competency_add_competency_to_plan",
            planid=self.plan,
            competencyid=self.low,
        )
        self.draft = self.new_plan(status=0)
        self.cohort = self.new_cohort()
        self.link(self.low)

    def make(self, function: str, /, **arguments: Any) -> int:
        answer = self.made(function, **arguments)
        row = answer[0] if isinstance(answer, list) else answer
        return int(row["id"])

    def named(self, kind: str) -> dict[str, str]:
        name = f"sbx-{kind}-{next(self.names)}"
        return {"shortname": name, "idnumber": name}

    def competency(self, **values: Any) -> int:
        base = {**self.named("c"), "competencyframeworkid": self.framework}
        name = "core_competency_create_competency"
        return self.make(name, competency={**base, **values})

    def new_template(self) -> int:
        values = {"shortname": self.named("t")["shortname"], "contextid": 1}
        return self.make("core_competency_create_template", template=values)

    def new_plan(self, status: int = 1) -> int:
        name = self.named("p")["shortname"]
        values = {"name": name, "userid": self.user, "status": status}
        return self.make("core_competency_create_plan", plan=values)

    def new_cohort(self) -> int:
        values = {**self.cohort_values(), "description": ""}
        return self.make("core_cohort_create_cohorts", cohorts=[values])

    def cohort_values(self) -> dict[str, Any]:
        name = self.named("k")
        system = {"type": "system", "value": ""}
        number = name["idnumber"]
        return {"categorytype": system, "name": number, "idnumber": number}

    def course_values(self) -> dict[str, Any]:
        name = self.named("l")["shortname"]
        return {"fullname": name, "shortname": name, "categoryid": 1}

    def new_course(self) -> int:
        values = self.course_values()
        return self.make("core_course_create_courses", courses=[values])

    def link(self, competency: int) -> int:
        place = {"courseid": self.course, "competencyid": competency}
        self.made("core_competency_add_competency_to_course", **place)
        listed = self.made("core_competency_list_course_competencies", id=self.course)
        return next(
            int(entry["coursecompetency"]["id"])
            for entry in listed
            if entry["competency"]["id"] == competency
        )

    def linked(self) -> int:
        competency = self.competency()
        self.link(competency)
        return competency

    def evidence(self) -> int:
        rated = {"userid": self.user, "competencyid": self.competency(), "grade": 2}
        return self.make("core_competency_grade_competency", **rated)

    def completed_plan(self) -> int:
        plan = self.new_plan()
        self.made("core_competency_complete_plan", planid=plan)
        return plan

    def related(self) -> dict[str, int]:
        pair = {"competencyid": self.competency(), "relatedcompetencyid": self.low}
        self.made("core_competency_add_related_competency", **pair)
        return pair

    def enrolment(self) -> dict[str, int]:
        return {"userid": self.user, "courseid": self.new_course(), "roleid": 5}

    def enrolled(self) -> dict[str, int]:
        enrolment = self.enrolment()
        self.made("enrol_manual_enrol_users", enrolments=[enrolment])
        return {name: enrolment[name] for name in ("userid", "courseid")}

    def person(self) -> dict[str, str]:
        name = self.named("u")["shortname"]
        names = {"firstname": "S", "lastname": "B", "email": f"{name}@example.com"}
        return {"username": name, "password": "Lrn!2345x", **names}

    def new_category(self) -> str:
        number = self.named("g")["idnumber"]
        category = {"name": number, "idnumber": number}
        self.made("core_course_create_categories", categories=[category])
        return number

    def learner(self) -> Any:
        asked = {"field": "id", "values": [self.user]}
        return self.made("core_user_get_users_by_field", **asked)[0]

    def commented(self) -> dict[str, Any]:
        return {
            "contextlevel": "user",
            "instanceid": self.user,
            "component": "competency",
            "itemid": self.plan,
            "area": "plan",
        }


_SCALE = {"scaleid": 2, "scaleconfiguration": BINARY}

CALLS: dict[str, Callable[[World], Arguments]] = {
    "core_cohort_add_cohort_members": lambda w: {
        "members": [
            {
                "cohorttype": {"type": "id", "value": w.new_cohort()},
                "usertype": {"type": "id", "value": w.user},
            }
        ]
    },
    "core_cohort_create_cohorts": lambda w: {"cohorts": [w.cohort_values()]},
    "core_cohort_delete_cohort_members": lambda w: {
        "members": [{"cohortid": w.cohort, "userid": w.user}]
    },
    "core_cohort_delete_cohorts": lambda w: {"cohortids": [w.new_cohort()]},
    "core_cohort_get_cohort_members": lambda w: {"cohortids": [w.cohort]},
    "core_cohort_get_cohorts": lambda w: {"cohortids": [w.cohort]},
    "core_cohort_search_cohorts": lambda _: {
        "query": "sbx-",
        "context": {"contextid": 1},
    },
    "core_cohort_update_cohorts": lambda w: {
        "cohorts": [{**w.cohort_values(), "id": w.cohort}]
    },
    "core_comment_add_comments": lambda w: {
        "comments": [{**w.commented(), "content": "x"}]
    },
    "core_comment_get_comments": lambda w: {**w.commented(), "page": 0},
    "core_competency_add_competency_to_course": lambda w: {
        "courseid": w.course,
        "competencyid": w.competency(),
    },
    "core_competency_add_competency_to_plan": lambda w: {
        "planid": w.plan,
        "competencyid": w.competency(),
    },
    "core_competency_add_competency_to_template": lambda w: {
        "templateid": w.template,
        "competencyid": w.competency(),
    },
    "core_competency_add_related_competency": lambda w: {
        "competencyid": w.competency(),
        "relatedcompetencyid": w.low,
    },
    "core_competency_approve_plan": lambda w: {"id": w.new_plan(status=0)},
    "core_competency_complete_plan": lambda w: {"planid": w.new_plan()},
    "core_competency_create_competency": lambda w: {
        "competency": {**w.named("c"), "competencyframeworkid": w.framework}
    },
    "core_competency_create_competency_framework": lambda w: {
        "competencyframework": {**w.named("f"), **_SCALE, "contextid": 1}
    },
    "core_competency_create_plan": lambda w: {
        "plan": {"name": "sbx", "userid": w.user, "status": 1}
    },
    "core_competency_create_template": lambda w: {
        "template": {"shortname": w.named("t")["shortname"], "contextid": 1}
    },
    "core_competency_create_user_evidence_competency": lambda w: {
        "userevidenceid": w.prior_learning,
        "competencyid": w.competency(),
    },
    "core_competency_delete_competency": lambda w: {"id": w.competency()},
    "core_competency_delete_evidence": lambda w: {"id": w.evidence()},
    "core_competency_delete_plan": lambda w: {"id": w.new_plan()},
    "core_competency_delete_template": lambda w: {
        "id": w.new_template(),
        "deleteplans": True,
    },
    "core_competency_duplicate_template": lambda w: {"id": w.template},
    "core_competency_grade_competency": lambda w: {
        "userid": w.user,
        "competencyid": w.competency(),
        "grade": 2,
    },
    "core_competency_grade_competency_in_course": lambda w: {
        "courseid": w.course,
        "userid": w.user,
        "competencyid": w.linked(),
        "grade": 2,
    },
    "core_competency_grade_competency_in_plan": lambda w: {
        "planid": w.plan,
        "competencyid": w.low,
        "grade": 2,
    },
    "core_competency_list_competencies_in_template": lambda w: {"id": w.template},
    "core_competency_list_course_competencies": lambda w: {"id": w.course},
    "core_competency_list_course_module_competencies": lambda w: {"cmid": w.activity},
    "core_competency_list_plan_competencies": lambda w: {"id": w.plan},
    "core_competency_list_templates": lambda _: {"context": {"contextid": 1}},
    "core_competency_list_user_plans": lambda w: {"userid": w.user},
    "core_competency_move_down_competency": lambda w: {"id": w.competency()},
    "core_competency_move_up_competency": lambda w: {"id": w.competency()},
    "core_competency_read_plan": lambda w: {"id": w.plan},
    "core_competency_read_template": lambda w: {"id": w.template},
    "core_competency_read_user_evidence": lambda w: {"id": w.prior_learning},
    "core_competency_remove_competency_from_course": lambda w: {
        "courseid": w.course,
        "competencyid": w.linked(),
    },
    "core_competency_remove_competency_from_template": lambda w: {
        "templateid": w.new_template(),
        "competencyid": w.low,
    },
    "core_competency_remove_related_competency": lambda w: w.related(),
    "core_competency_reopen_plan": lambda w: {"planid": w.completed_plan()},
    "core_competency_reorder_course_competency": lambda w: {
        "courseid": w.course,
        "competencyidfrom": w.low,
        "competencyidto": w.linked(),
    },
    "core_competency_set_course_competency_ruleoutcome": lambda w: {
        "coursecompetencyid": w.link(w.competency()),
        "ruleoutcome": 3,
    },
    "core_competency_set_parent_competency": lambda w: {
        "competencyid": w.competency(),
        "parentid": w.top,
    },
    "core_competency_unapprove_plan": lambda w: {"id": w.new_plan()},
    "core_competency_update_competency": lambda w: {
        "competency": {"id": w.low, "description": "x"}
    },
    "core_competency_update_competency_framework": lambda w: {
        "competencyframework": {"id": w.framework, "description": "x"}
    },
    "core_competency_update_course_competency_settings": lambda w: {
        "courseid": w.course,
        "settings": {"pushratingstouserplans": True},
    },
    "core_competency_update_plan": lambda w: {"plan": {"id": w.plan, "name": "sbx"}},
    "core_competency_update_template": lambda w: {
        "template": {"id": w.template, "description": "x"}
    },
    "core_completion_get_activities_completion_status": lambda w: {
        "courseid": w.course,
        "userid": w.user,
    },
    "core_completion_get_course_completion_status": lambda w: {
        "courseid": w.course,
        "userid": w.user,
    },
    "core_completion_override_activity_completion_status": lambda w: {
        "userid": w.user,
        "cmid": w.activity,
        "newstate": 0,
    },
    "core_course_create_categories": lambda w: {
        "categories": [{"name": w.named("g")["shortname"]}]
    },
    "core_course_create_courses": lambda w: {"courses": [w.course_values()]},
    "core_course_delete_courses": lambda w: {"courseids": [w.new_course()]},
    "core_course_duplicate_course": lambda w: {
        **w.course_values(),
        "courseid": w.new_course(),
    },
    "core_course_get_categories": lambda w: {
        "criteria": [{"key": "idnumber", "value": w.new_category()}]
    },
    "core_course_get_contents": lambda w: {"courseid": w.course},
    "core_course_get_courses": lambda w: {"options": {"ids": [w.course]}},
    "core_course_update_courses": lambda w: {
        "courses": [{**_without_category(w.course_values()), "id": w.new_course()}]
    },
    "core_enrol_get_enrolled_users": lambda w: {"courseid": w.course},
    "core_enrol_get_users_courses": lambda w: {"userid": w.user},
    "core_reportbuilder_list_reports": lambda _: {},
    "core_reportbuilder_retrieve_report": lambda w: {"reportid": w.report},
    "core_reportbuilder_set_filters": lambda w: {"reportid": w.report, "values": "{}"},
    "core_user_create_users": lambda w: {"users": [w.person()]},
    "core_user_get_users": lambda w: {
        "criteria": [{"key": "email", "value": w.learner()["email"]}]
    },
    "core_user_get_users_by_field": lambda w: {
        "field": "idnumber",
        "values": [w.learner()["idnumber"]],
    },
    "core_user_update_users": lambda w: {"users": [{"id": w.user, "phone1": "1"}]},
    "enrol_manual_enrol_users": lambda w: {"enrolments": [w.enrolment()]},
    "enrol_manual_unenrol_users": lambda w: {"enrolments": [w.enrolled()]},
    "gradereport_overview_get_course_grades": lambda w: {"userid": w.user},
    "gradereport_user_get_grade_items": lambda w: {
        "courseid": w.course,
        "userid": w.user,
    },
    "report_competency_data_for_report": lambda w: {
        "courseid": w.course,
        "userid": w.user,
        "moduleid": 0,
    },
    "tool_lp_data_for_course_competencies_page": lambda w: {"courseid": w.course},
    "tool_lp_data_for_plan_page": lambda w: {"planid": w.plan},
    "tool_lp_data_for_user_competency_summary": lambda w: {
        "userid": w.user,
        "competencyid": w.low,
    },
    "tool_lp_data_for_user_competency_summary_in_plan": lambda w: {
        "planid": w.plan,
        "competencyid": w.low,
    },
    "tool_lp_data_for_user_evidence_list_page": lambda w: {"userid": w.user},
    "tool_lp_list_courses_using_competency": lambda w: {"id": w.low},
}


def _without_category(values: Arguments) -> Arguments:
    return {key: value for key, value in values.items() if key != "categoryid"}


def effect(answer: Any) -> str:
    """Say in one word what came of a call: an error code, "empty", or "full"."""
    if isinstance(answer, dict) and "exception" in answer:
        return str(answer.get("errorcode") or answer["exception"])
    if isinstance(answer, dict) and answer.get("warnings"):
        return f"warning {answer['warnings'][0]['warningcode']}"
    is_listing = isinstance(answer, list)
    if isinstance(answer, dict):
        lists = [value for key, value in answer.items() if key != "warnings"]
        is_listing = len(lists) == 1 and isinstance(lists[0], list)
        answer = lists[0] if is_listing else answer
    return "empty" if is_listing and not answer else FULL


def effects(world: World, hold: Callable[[set[str]], Answer], needs: Any) -> Any:
    """Return per function and capability what missing it does, twice.

    First for an account with the smallest set that works, then for one that has all
    others. `hold` gives the account exactly these capabilities and returns its calls.
    """
    everything = set(itertools.chain.from_iterable(needs.values()))
    found: dict[str, dict[str, list[str]]] = {}
    for function, arguments in CALLS.items():
        needed = needs.get(function, [])
        found[function] = {
            "": [effect(hold(set(needed))(function, **arguments(world)))]
        }
        for capability in needed:
            found[function][capability] = [
                effect(hold(held)(function, **arguments(world)))
                for held in (
                    set(needed) - {capability},
                    everything - {capability},
                )
            ]
    return found
