"""Facts of the contract about compensation grades: their elements, in wire order.

Part of `facts`, which holds the rest; no behaviour. A grade goes back whole, so all of
its elements are here, those included that the connector never fills.
"""

from __future__ import annotations

from collections.abc import Mapping

_AMOUNTS = (
    "Minimum",
    "Midpoint",
    "Maximum",
    "Spread",
    "Segment_1_Top",
    "Segment_2_Top",
    "Segment_3_Top",
    "Segment_4_Top",
    "Segment_5_Top",
)
_PAY_RANGE = (
    "Number_of_Segments",
    *_AMOUNTS,
    "Currency_Reference",
    "Frequency_Reference",
    "Salary_Plan_Reference",
    "Allow_Override",
    "Compensation_Step",
)

GRADE_ORDER: Mapping[str, tuple[str, ...]] = {
    "Get_Compensation_Grades_Request": (
        "Request_References",
        "Request_Criteria",
        "Response_Filter",
        "Response_Group",
    ),
    "Get_Compensation_Grades_Request/Request_Criteria": ("Include_Inactive",),
    "Put_Compensation_Grade_Request": (
        "Compensation_Grade_Reference",
        "Compensation_Grade_Data",
    ),
    "Compensation_Grade_Data": (
        "Compensation_Grade_ID",
        "Effective_Date",
        "Name",
        "Description",
        "Compensation_Element_Reference",
        "Eligibility_Rule_Reference",
        "Compensation_Pay_Range",
        "Compensation_Grade_Profile",
        "Setup_Security_Segment_Reference",
        "Assign_First_Step_During_Compensation_Proposal",
        "Pay_Level_Reference",
        "Inactive",
        "Alternative_Pay_Range",
    ),
    "Compensation_Pay_Range": _PAY_RANGE,
    "Compensation_Pay_Range_Data": _PAY_RANGE,
    "Compensation_Step": ("Compensation_Step_Reference", "Compensation_Step_Data"),
    "Compensation_Step_Data": (
        "Compensation_Step_ID",
        "Sequence",
        "Name",
        "Amount",
        "Interval",
        "Period_Reference",
        "Progression_Rule_Reference",
    ),
    "Compensation_Grade_Profile": (
        "Compensation_Grade_Profile_Reference",
        "Compensation_Grade_Profile_Data",
    ),
    "Compensation_Grade_Profile_Data": (
        "Compensation_Grade_Profile_ID",
        "Effective_Date",
        "Name",
        "Description",
        "Compensation_Element_Reference",
        "Eligibility_Rule_Reference",
        "Inactive",
        "Compensation_Pay_Range_Data",
        "Setup_Security_Segment_Reference",
        "Alternative_Pay_Range",
    ),
    "Alternative_Pay_Range": ("Delete", "Alternate_Pay_Range_Data"),
    "Alternate_Pay_Range_Data": ("Compensation_Basis_Reference", *_AMOUNTS),
}
