"""Learning plans: create, read, update, list, and the competencies in them."""

from adapters.moodle.sandbox import links, plan_records, scale_rules
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    PLAN_MANAGE,
    PLAN_MANAGE_DRAFT,
    PLAN_REQUEST_REVIEW,
    PLAN_REVIEW,
    PLAN_VIEW,
    PLAN_VIEW_DRAFT,
)
from adapters.moodle.sandbox.competencies import show_competency
from adapters.moodle.sandbox.errors import coding_error
from adapters.moodle.sandbox.evidence import unrated
from adapters.moodle.sandbox.formatting import show_described, show_time
from adapters.moodle.sandbox.people import comment_area, show_person
from adapters.moodle.sandbox.plan_records import (
    ACTIVE,
    COMPLETE,
    DRAFT,
    DRAFT_STATES,
    IN_REVIEW,
    PLAN,
    WAITING_FOR_REVIEW,
)
from adapters.moodle.sandbox.ratings import show_rating
from adapters.moodle.sandbox.records import create_record, read_record, update_record
from adapters.moodle.sandbox.tables import Row
from adapters.moodle.sandbox.templates import show_template

_STATE_NAMES = {
    DRAFT: "Draft",
    ACTIVE: "Active",
    COMPLETE: "Complete",
    WAITING_FOR_REVIEW: "Waiting for review",
    IN_REVIEW: "In review",
}
_HIDDEN = "A competency belonging to hidden framework can not be added"


def _manage_right(status: int) -> str:
    return PLAN_MANAGE_DRAFT if status in DRAFT_STATES else PLAN_MANAGE


def _view_rights(status: int) -> tuple[str, str]:
    view = PLAN_VIEW_DRAFT if status in DRAFT_STATES else PLAN_VIEW
    return view, _manage_right(status)


def read_plan(call: Call, plan_id: int) -> Row:
    """Return a plan the caller may see."""
    plan = read_record(call, PLAN, plan_id)
    call.require(*_view_rights(plan["status"]))
    return plan


def require_managed(call: Call, plan: Row) -> None:
    """Raise `nopermissions` unless the caller may manage the plan in its state."""
    call.require(_manage_right(plan["status"]))


def show_plan(call: Call, plan: Row) -> Row:
    """Return a plan as answers show it."""
    follows = plan["templateid"] is not None
    shown = {
        **show_described(call, plan, "name"),
        **_permissions(call, plan),
        "statusname": _STATE_NAMES[plan["status"]],
        "isbasedontemplate": follows,
        "duedateformatted": show_time(call, plan["duedate"]),
        "commentarea": comment_area(call, "plan", plan["id"], plan["userid"]),
        "url": f"{call.site.wwwroot}/admin/tool/lp/plan.php?id={plan['id']}",
    }
    if follows:
        template = call.state.templates.rows[plan["templateid"]]
        shown["template"] = show_template(call, template)
    if plan["status"] == IN_REVIEW:
        shown["reviewer"] = show_person(call, plan["reviewerid"])
    return shown


def _permissions(call: Call, plan: Row) -> dict[str, bool]:
    status, own = plan["status"], plan["templateid"] is None
    manages = call.can(_manage_right(status))
    requests = own and call.can(PLAN_REQUEST_REVIEW)
    can_review = call.can(PLAN_REVIEW, PLAN_MANAGE)
    reviews = own and can_review
    return {
        "canmanage": manages,
        "canrequestreview": call.can(PLAN_REQUEST_REVIEW),
        "canreview": can_review,
        "canbeedited": own and manages and status != COMPLETE,
        "isactive": status == ACTIVE,
        "isdraft": status == DRAFT,
        "iscompleted": status == COMPLETE,
        "isinreview": status == IN_REVIEW,
        "iswaitingforreview": status == WAITING_FOR_REVIEW,
        "isreopenallowed": manages and status == COMPLETE,
        "iscompleteallowed": manages and status == ACTIVE,
        "isunlinkallowed": manages and status != COMPLETE and not own,
        "isrequestreviewallowed": requests and status == DRAFT,
        "iscancelreviewrequestallowed": requests and status == WAITING_FOR_REVIEW,
        "isstartreviewallowed": reviews and status == WAITING_FOR_REVIEW,
        "isstopreviewallowed": reviews and status == IN_REVIEW,
        "isapproveallowed": reviews and status not in (COMPLETE, ACTIVE),
        "isunapproveallowed": reviews and status == ACTIVE,
    }


@serves("core_competency_create_plan")
def create_plan(call: Call) -> Row:
    """Create a plan of its own; no plan is made from a template this way."""
    values = call.arguments["plan"]
    call.require_user(values["userid"])
    if values["templateid"] is not None:
        raise coding_error(
            "To create a plan from a template use api::create_plan_from_template()."
        )
    if values["status"] == COMPLETE:
        raise coding_error("A plan cannot be created as complete.")
    call.require(_manage_right(values["status"]))
    return show_plan(call, create_record(call, PLAN, values))


@serves("core_competency_read_plan")
def read_one_plan(call: Call) -> Row:
    """Read one plan."""
    return show_plan(call, read_plan(call, call.arguments["id"]))


@serves("core_competency_update_plan")
def update_plan(call: Call) -> Row:
    """Change the columns sent; status, owner and template stay as they are."""
    changes = dict(call.arguments["plan"])
    plan = read_plan(call, changes.pop("id"))
    require_managed(call, plan)
    if plan["status"] == COMPLETE:
        raise coding_error("Completed plan cannot be edited.")
    if plan["templateid"] is not None:
        raise coding_error("Cannot update a plan that is based on a template.")
    if changes.get("templateid") is not None:
        raise coding_error("Cannot base a plan on a template.")
    if changes.get("userid", plan["userid"]) != plan["userid"]:
        raise coding_error("A plan cannot be transfered to another user")
    if changes.get("status", plan["status"]) != plan["status"]:
        message = "To change the status of a plan use the appropriate methods."
        raise coding_error(message)
    return show_plan(call, update_record(call, PLAN, plan, changes))


@serves("core_competency_delete_plan")
def delete_plan(call: Call) -> bool:
    """Delete a plan."""
    plan = read_plan(call, call.arguments["id"])
    require_managed(call, plan)
    plan_records.delete_plan(call, plan)
    return True


@serves("core_competency_list_user_plans")
def list_user_plans(call: Call) -> list[Row]:
    """List the plans of one user by name, unpaged."""
    user = call.require_user(call.arguments["userid"])
    call.require(PLAN_VIEW, PLAN_MANAGE, PLAN_VIEW_DRAFT, PLAN_MANAGE_DRAFT)
    plans = [
        plan
        for plan in call.state.plans.find(userid=user["id"])
        if call.can(*_view_rights(plan["status"]))
    ]
    plans.sort(key=lambda plan: (plan["name"], plan["id"]))
    return [show_plan(call, plan) for plan in plans]


@serves("core_competency_list_plan_competencies")
def list_plan_competencies(call: Call) -> list[Row]:
    """List the competencies of a plan, each with its rating, live or frozen."""
    plan = read_plan(call, call.arguments["id"])
    return [
        {
            "competency": show_competency(call, competency),
            **show_state(call, plan, competency),
        }
        for competency in plan_records.competencies_of(call, plan)
    ]


def show_state(call: Call, plan: Row, competency: Row) -> Row:
    """Return the rating of a competency in a plan under the key its state has."""
    key = {"userid": plan["userid"], "competencyid": competency["id"]}
    if plan["status"] != COMPLETE:
        rating = call.state.user_competencies.first(**key)
        shown = rating or unrated(plan["userid"], competency["id"])
        return {"usercompetency": show_rating(call, shown)}
    frozen = call.state.user_competency_plans.first(**key, planid=plan["id"])
    if frozen is None:
        raise coding_error("A user competency plan is missing")
    names = {
        "gradename": scale_rules.grade_name(call, competency, frozen["grade"]),
        "proficiencyname": "Yes" if frozen["proficiency"] else "No",
    }
    return {"usercompetencyplan": {**frozen, **names}}


def _require_editable(call: Call, action: str) -> Row:
    plan = read_plan(call, call.arguments["planid"])
    require_managed(call, plan)
    if plan["templateid"] is not None:
        raise coding_error(
            f"A competency can not be {action} a learning plan based on a template"
        )
    if plan["status"] == COMPLETE:
        raise coding_error(
            f"A competency can not be {action} a learning plan completed"
        )
    return plan


@serves("core_competency_add_competency_to_plan")
def add_competency(call: Call) -> bool:
    """Put a competency at the end of a plan; true also when it is in."""
    plan = _require_editable(call, "added to")
    competency = links.require_visible(call, call.arguments["competencyid"], _HIDDEN)
    key = {"planid": plan["id"], "competencyid": competency["id"]}
    links.add_link(call, call.state.plan_links, key)
    return True


@serves("core_competency_remove_competency_from_plan")
def remove_competency(call: Call) -> bool:
    """Take a competency out of a plan; false when it is not in."""
    plan = _require_editable(call, "removed from")
    key = {"planid": plan["id"], "competencyid": call.arguments["competencyid"]}
    return links.remove_link(call.state.plan_links, key)


@serves("core_competency_reorder_plan_competency")
def reorder_competency(call: Call) -> bool:
    """Move one competency of a plan to the place of another."""
    plan = _require_editable(call, "reordered in")
    pair = (call.arguments["competencyidfrom"], call.arguments["competencyidto"])
    return links.reorder_links(call, call.state.plan_links, "planid", plan["id"], pair)
