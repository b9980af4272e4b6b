"""Facts of the contract about goals: the order of the request on the wire.

Names and order only (Performance_Management v28); the tests compare them with the
contract.
"""

from __future__ import annotations

from collections.abc import Mapping

GOAL_ORDER: Mapping[str, tuple[str, ...]] = {
    "Manage_Goals_Request": ("Business_Process_Parameters", "Manage_Goals_Data"),
    "Manage_Goals_Data": ("Worker_Reference", "Worker_Goal_Detail_Data"),
    "Worker_Goal_Detail_Data": (
        "Goal_Reference_ID",
        "Name",
        "Description",
        "Relates_To_Reference",
    ),
}
