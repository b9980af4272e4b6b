"""Facts of the contract about job profiles: the elements we send, in wire order.

Part of `facts`, which holds the rest; no behaviour. The groups of qualifications that
are not here are never in a request.
"""

from __future__ import annotations

from collections.abc import Mapping


def _qualification(name: str, *elements: str) -> dict[str, tuple[str, ...]]:
    """Return one replacement group: its rows are wrapped (NOTES 6.1)."""
    group = f"{name}_Qualification_Replacement"
    return {group: (f"{group}_Data",), f"{group}_Data": elements}


PROFILE_ORDER: Mapping[str, tuple[str, ...]] = {
    "Get_Job_Profiles_Request": (
        "Request_References",
        "Request_Criteria",
        "Response_Filter",
        "Response_Group",
    ),
    "Get_Job_Profiles_Request/Request_Criteria": ("Transaction_Log_Criteria_Data",),
    "Put_Job_Profile_Request": ("Job_Profile_Reference", "Job_Profile_Data"),
    "Job_Profile_Data": (
        "Job_Code",
        "Effective_Date",
        "Job_Profile_Basic_Data",
        "Job_Classification_Data",
        "Qualification_Replacement_Data",
        "Job_Profile_Compensation_Data",
    ),
    "Job_Profile_Basic_Data": (
        "Inactive",
        "Job_Title",
        "Job_Profile_Summary",
        "Job_Description",
        "Management_Level_Reference",
        "Job_Category_Reference",
        "Job_Level_Reference",
        "Job_Family_Data",
    ),
    "Job_Profile_Basic_Data/Job_Family_Data": ("Job_Family_Reference",),
    "Job_Profile_Data/Job_Classification_Data": ("Job_Classification_Reference",),
    "Qualification_Replacement_Data": (
        "Responsibility_Qualification_Replacement",
        "Competency_Qualification_Replacement",
        "Certification_Qualification_Replacement",
        "Skill_Qualification_Replacement",
    ),
    **_qualification("Responsibility", "Responsibility_Description", "Required"),
    **_qualification(
        "Competency",
        "Competency_Reference",
        "Proficiency_Rating_Reference",
        "Required",
    ),
    **_qualification(
        "Certification",
        "Country_Reference",
        "Certification_Reference",
        "Name",
        "Issuer",
        "Required",
        "Specialty_Achievement_Reference",
    ),
    # It bears the ending of a reference and is a group.
    "Specialty_Achievement_Reference": (
        "Specialty_Reference",
        "Subspecialty_Reference",
    ),
    **_qualification("Skill", "Skill_Reference", "Name", "Required"),
    "Job_Profile_Compensation_Data": (
        "Compensation_Grade_Reference",
        "Compensation_Grade_Profile_Reference",
    ),
}

PROFILE_FLAGS: Mapping[str, tuple[str, ...]] = {
    "Get_Job_Profiles_Request": (
        "Include_Reference",
        "Include_Job_Profile_Basic_Data",
        "Include_Job_Classification_Data",
        "Include_Responsibility_Qualifications",
        "Include_Competency_Qualifications",
        "Include_Certification_Qualifications",
        "Include_Job_Profile_Compensation_Data",
        "Include_Skill_Qualifications",
    ),
}
