"""The hourly tasks of Moodle that touch learning plans.

The task that makes plans for cohorts looks only at members, links and templates that
are new or changed since its last run: a plan that somebody deleted is not made again.
"""

from adapters.moodle.sandbox import plan_records
from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.records import create_record
from adapters.moodle.sandbox.state import LastRun, State
from adapters.moodle.sandbox.tables import Row

_TASKS = {
    "core\\task\\completion_regular_task": "Calculate regular completion data",
    "core\\task\\complete_plans_task": "Complete learning plans which are due",
    "core\\task\\sync_plans_from_template_cohorts_task": (
        "Sync plans from learning plan template cohorts"
    ),
}


def log_tasks(state: State, *, now: int) -> None:
    """Note in the task log that each of the tasks ran and succeeded."""
    for class_name, name in _TASKS.items():
        row = {"classname": class_name, "name": name, "timestart": now, "result": 0}
        state.task_log.add(row)


def run_hourly_tasks(call: Call) -> None:
    """Make the plans of linked cohorts, and close plans whose due date passed."""
    log_tasks(call.state, now=call.now)
    last = call.state.last_run
    for link in call.state.template_cohorts:
        _make_missing_plans(call, link, last)
    members, links = call.state.cohort_members, call.state.template_cohorts
    last.member = max((row["id"] for row in members), default=last.member)
    last.link = max((row["id"] for row in links), default=last.link)
    last.at = call.now
    for plan in call.state.plans:
        is_active = plan["status"] == plan_records.ACTIVE
        if is_active and 0 < plan["duedate"] < call.now:
            plan_records.complete_plan(call, plan)


def _make_missing_plans(call: Call, link: Row, last: LastRun) -> None:
    template = call.state.templates.rows[link["templateid"]]
    is_past = 0 < template["duedate"] < call.now
    if not template["visible"] or is_past:
        return
    is_new = link["id"] > last.link or template["timemodified"] >= last.at
    for member in call.state.cohort_members.find(cohortid=link["cohortid"]):
        if is_new or member["id"] > last.member:
            _make_plan(call, template, member["userid"])


def _make_plan(call: Call, template: Row, user_id: int) -> None:
    plans = call.state.plans.find(userid=user_id)
    followed = {plan["templateid"] for plan in plans}
    followed |= {plan["origtemplateid"] for plan in plans}
    if template["id"] in followed:
        return
    values = {
        "name": template["shortname"],
        "description": template["description"],
        "descriptionformat": template["descriptionformat"],
        "duedate": template["duedate"],
        "userid": user_id,
        "templateid": template["id"],
        "status": plan_records.ACTIVE,
    }
    create_record(call, plan_records.PLAN, values)
