"""Development goals of a worker: added under our reference, looked up by it.

A goal that relates to a competency stands in for a development item, which no service
writes (Workday contract, 6.8 and 12). Weight, status and due date are the worker's.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.workday.elements import Element, find, group, leaf, text_of
from adapters.workday.references import reference, wid_of
from connector.kit.errors import RejectedError
from connector.kit.values import Dispatch

#: Where a worker's record shows the goals.
GOAL_ROWS = ("Worker_Data", "Worker_Goal_Data", "Goal")


def goal_data(dispatches: Sequence[Dispatch]) -> Element:
    """Return the goals of one worker.

    Raises:
        RejectedError: a competency is not in the tenant yet.
    """
    employee_id = dispatches[0].employee_id
    return group(
        "Manage_Goals_Data",
        [
            reference("Worker_Reference", "Employee_ID", employee_id),
            *(_goal(each) for each in dispatches),
        ],
    )


def _goal(dispatch: Dispatch) -> Element:
    if not dispatch.competency_id:
        raise RejectedError(
            "A goal relates to a competency, and this one is not in Workday yet.",
            hint="Apply the plan that creates the competency, then ask again.",
        )
    return group(
        "Worker_Goal_Detail_Data",
        [
            leaf("Goal_Reference_ID", dispatch.reference),
            leaf("Name", dispatch.title),
            leaf("Description", dispatch.description),
            reference("Relates_To_Reference", "WID", dispatch.competency_id),
        ],
    )


def held_goal(row: Element) -> tuple[str, str]:
    """Return the own ID and the WID of a goal that a record shows."""
    own_id = text_of(row, "Goal_Data", "Goal_Reference_ID").strip()
    return own_id, wid_of(find(row, "Goal_Reference"))
