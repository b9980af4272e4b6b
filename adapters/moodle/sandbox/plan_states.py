"""The steps of a learning plan from one state to another.

Each step is allowed in certain states only; a plan that follows a template has no
draft and no review.
"""

from adapters.moodle.sandbox import plan_records
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    PLAN_MANAGE,
    PLAN_REQUEST_REVIEW,
    PLAN_REVIEW,
)
from adapters.moodle.sandbox.errors import coding_error
from adapters.moodle.sandbox.plan_records import (
    ACTIVE,
    COMPLETE,
    DRAFT,
    DRAFT_STATES,
    IN_REVIEW,
    PLAN,
    WAITING_FOR_REVIEW,
)
from adapters.moodle.sandbox.plans import read_plan, require_managed
from adapters.moodle.sandbox.records import read_record, update_record
from adapters.moodle.sandbox.tables import Row


def _require_state(plan: Row, states: frozenset[int], refusal: str) -> None:
    if plan["templateid"] is not None:
        raise coding_error("Template plans cannot be reviewed.")
    if plan["status"] not in states:
        raise coding_error(refusal)


@serves("core_competency_approve_plan")
def approve(call: Call) -> bool:
    """Make a draft active."""
    plan = read_plan(call, call.arguments["id"])
    refusal = "The plan cannot be approved at this stage."
    _require_state(plan, DRAFT_STATES, refusal)
    call.require(PLAN_REVIEW, PLAN_MANAGE)
    update_record(call, PLAN, plan, {"status": ACTIVE, "reviewerid": None})
    return True


@serves("core_competency_unapprove_plan")
def unapprove(call: Call) -> bool:
    """Make an active plan a draft again."""
    plan = read_plan(call, call.arguments["id"])
    refusal = "The plan cannot be sent back to draft at this stage."
    _require_state(plan, frozenset({ACTIVE}), refusal)
    call.require(PLAN_REVIEW, PLAN_MANAGE)
    update_record(call, PLAN, plan, {"status": DRAFT})
    return True


@serves("core_competency_complete_plan")
def complete(call: Call) -> bool:
    """Close a plan and freeze its ratings."""
    plan = read_record(call, PLAN, call.arguments["planid"])
    require_managed(call, plan)
    if plan["status"] == COMPLETE:
        raise coding_error("The plan is already completed.")
    plan_records.complete_plan(call, plan)
    return True


@serves("core_competency_reopen_plan")
def reopen(call: Call) -> bool:
    """Open a plan again; its ratings live again."""
    plan = read_record(call, PLAN, call.arguments["planid"])
    require_managed(call, plan)
    plan_records.reopen_plan(call, plan)
    return True


@serves("core_competency_unlink_plan_from_template")
def unlink(call: Call) -> bool:
    """Set a plan free from its template; true also when it follows none."""
    plan = read_plan(call, call.arguments["planid"])
    require_managed(call, plan)
    plan_records.unlink_plan(call, plan)
    return True


@serves("core_competency_plan_request_review")
def request_review(call: Call) -> bool:
    """Send a draft for review."""
    plan = read_plan(call, call.arguments["id"])
    refusal = "The plan cannot be sent for review at this stage."
    _require_state(plan, frozenset({DRAFT}), refusal)
    call.require(PLAN_REQUEST_REVIEW)
    update_record(call, PLAN, plan, {"status": WAITING_FOR_REVIEW})
    return True


@serves("core_competency_plan_cancel_review_request")
def cancel_review_request(call: Call) -> bool:
    """Take a request for review back."""
    plan = read_plan(call, call.arguments["id"])
    refusal = "The plan review cannot be cancelled at this stage."
    _require_state(plan, frozenset({WAITING_FOR_REVIEW}), refusal)
    call.require(PLAN_REQUEST_REVIEW)
    update_record(call, PLAN, plan, {"status": DRAFT})
    return True


@serves("core_competency_plan_start_review")
def start_review(call: Call) -> bool:
    """Begin the review as its reviewer."""
    plan = read_plan(call, call.arguments["id"])
    refusal = "The plan review cannot be started at this stage."
    _require_state(plan, frozenset({WAITING_FOR_REVIEW}), refusal)
    call.require(PLAN_REVIEW, PLAN_MANAGE)
    changes = {"status": IN_REVIEW, "reviewerid": call.user_id}
    update_record(call, PLAN, plan, changes)
    return True


@serves("core_competency_plan_stop_review")
def stop_review(call: Call) -> bool:
    """End the review; the plan is a draft again."""
    plan = read_plan(call, call.arguments["id"])
    refusal = "The plan review cannot be stopped at this stage."
    _require_state(plan, frozenset({IN_REVIEW}), refusal)
    call.require(PLAN_REVIEW, PLAN_MANAGE)
    update_record(call, PLAN, plan, {"status": DRAFT, "reviewerid": None})
    return True
