"""Facts of the contract about positions, organisations and locations, in wire order.

Part of `facts`, which holds the rest; no behaviour. Only what is asked for is here:
no flag that shows a worker, pay or a requisition.
"""

from __future__ import annotations

from collections.abc import Mapping

POSITION_ORDER: Mapping[str, tuple[str, ...]] = {
    "Get_Positions_Request": (
        "Request_References",
        "Request_Criteria",
        "Response_Filter",
        "Response_Group",
    ),
    "Get_Positions_Request/Request_Criteria": ("Exclude_Filled_Positions",),
    "Get_Organizations_Request": (
        "Request_References",
        "Request_Criteria",
        "Response_Filter",
        "Response_Group",
    ),
    "Get_Organizations_Request/Request_Criteria": ("Organization_Type_Reference",),
    "Get_Locations_Request": (
        "Request_References",
        "Request_Criteria",
        "Response_Filter",
        "Response_Group",
    ),
}
POSITION_FLAGS: Mapping[str, tuple[str, ...]] = {
    "Get_Positions_Request": (
        "Include_Reference",
        "Include_Position_Definition_Data",
        "Include_Position_Restrictions_Data",
    ),
    "Get_Organizations_Request": ("Include_Hierarchy_Data",),
    "Get_Locations_Request": ("Include_Reference", "Include_Location_Data"),
}
