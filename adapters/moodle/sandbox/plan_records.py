"""Learning plans as records: what is valid, and what happens to them from outside.

The web service functions on plans live in their own modules; templates and the hourly
tasks reach plans through this one.
"""

from adapters.moodle.sandbox import links
from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.errors import coding_error
from adapters.moodle.sandbox.records import (
    INVALID,
    TEXT_FORMATS,
    Column,
    RecordKind,
    update_record,
)
from adapters.moodle.sandbox.tables import Row

DRAFT, ACTIVE, COMPLETE, WAITING_FOR_REVIEW, IN_REVIEW = range(5)
DRAFT_STATES = frozenset({DRAFT, WAITING_FOR_REVIEW, IN_REVIEW})
SOON = 600
_STATES = frozenset(range(5))


def _check_user(call: Call, row: Row, before: Row | None) -> str | None:
    if before is None and call.state.users.get(row["userid"]) is None:
        return INVALID
    return None


def _check_template(call: Call, row: Row, _before: Row | None) -> str | None:
    known = not row["templateid"] or call.state.templates.get(row["templateid"])
    return None if known else INVALID


def _check_due_date(call: Call, row: Row, before: Row | None) -> str | None:
    due = row["duedate"]
    if row["templateid"] is not None or row["status"] != ACTIVE or not due:
        return None
    is_same = before is not None and before["duedate"] == due
    if is_same and before is not None and before["status"] not in DRAFT_STATES:
        return None
    if due <= call.now:
        return "The due date cannot be set in the past."
    if due <= call.now + SOON:
        return "The due date is too soon."
    return None


PLAN = RecordKind(
    table="plans",
    database="competency_plan",
    columns=(
        Column("name", width=100),
        Column("description", default=""),
        Column("descriptionformat", default=1, choices=TEXT_FORMATS),
        Column("userid", check=_check_user),
        Column("templateid", allows_null=True, check=_check_template),
        Column("origtemplateid", allows_null=True),
        Column("status", default=DRAFT, choices=_STATES),
        Column("duedate", default=0, check=_check_due_date),
        Column("reviewerid", allows_null=True),
    ),
)


def competencies_of(call: Call, plan: Row) -> list[Row]:
    """Return the competencies a plan asks for, in its order."""
    if plan["status"] == COMPLETE:
        frozen = call.state.user_competency_plans.find(planid=plan["id"])
        frozen.sort(key=lambda row: (row["sortorder"], row["id"]))
        return [call.state.competencies.rows[row["competencyid"]] for row in frozen]
    if plan["templateid"] is not None:
        table, holder = call.state.template_links, "templateid"
        return links.linked_competencies(call, table, holder, plan["templateid"])
    table, holder = call.state.plan_links, "planid"
    return links.linked_competencies(call, table, holder, plan["id"])


def follow_template(call: Call, template: Row) -> None:
    """Copy name, description and due date of a template into its open plans."""
    for plan in call.state.plans.find(templateid=template["id"]):
        if plan["status"] != COMPLETE:
            call.state.plans.change(
                plan["id"],
                name=template["shortname"],
                description=template["description"],
                descriptionformat=template["descriptionformat"],
                duedate=template["duedate"],
            )


def unlink_plan(call: Call, plan: Row) -> None:
    """Set a plan free from its template; it keeps a copy of the competencies."""
    if plan["status"] == COMPLETE:
        raise coding_error("Only draft or active plan can be unliked from a template")
    if plan["templateid"] is None:
        return
    for competency in competencies_of(call, plan):
        key = {"planid": plan["id"], "competencyid": competency["id"]}
        links.add_link(call, call.state.plan_links, key)
    changes = {"origtemplateid": plan["templateid"], "templateid": None}
    update_record(call, PLAN, plan, changes)


def delete_plan(call: Call, plan: Row) -> None:
    """Delete a plan with its links, frozen ratings and comments."""
    for row in call.state.comments.find(area="plan", itemid=plan["id"]):
        call.state.comments.remove(row["id"])
    for table in (call.state.plan_links, call.state.user_competency_plans):
        for row in table.find(planid=plan["id"]):
            table.remove(row["id"])
    call.state.plans.remove(plan["id"])


def complete_plan(call: Call, plan: Row) -> None:
    """Freeze the present ratings of a plan and close it."""
    for order, competency in enumerate(competencies_of(call, plan)):
        rating = call.state.user_competencies.first(
            userid=plan["userid"], competencyid=competency["id"]
        )
        call.state.user_competency_plans.add(
            {
                "userid": plan["userid"],
                "competencyid": competency["id"],
                "planid": plan["id"],
                "proficiency": rating["proficiency"] if rating else None,
                "grade": rating["grade"] if rating else None,
                "sortorder": order,
                "timecreated": call.now,
                "timemodified": call.now,
                "usermodified": call.user_id,
            }
        )
    update_record(call, PLAN, plan, {"status": COMPLETE})


def reopen_plan(call: Call, plan: Row) -> None:
    """Open a plan again; frozen ratings and a passed due date go."""
    if plan["status"] == COMPLETE:
        for row in call.state.user_competency_plans.find(planid=plan["id"]):
            call.state.user_competency_plans.remove(row["id"])
    due = 0 if plan["duedate"] <= call.now + SOON else plan["duedate"]
    update_record(call, PLAN, plan, {"status": ACTIVE, "duedate": due})
