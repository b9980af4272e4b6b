"""Facts of the Workday contract that the builders and readers stand on.

Names, order on the wire and the services operations live in; no behaviour. They are
of Human_Resources and Integrations v31.2 and Talent v28; `tests/adapters/workday`
compares them with the contract they were taken from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.workday.facts_goals import GOAL_ORDER
from adapters.workday.facts_grades import GRADE_ORDER
from adapters.workday.facts_positions import POSITION_FLAGS, POSITION_ORDER
from adapters.workday.facts_profiles import PROFILE_FLAGS, PROFILE_ORDER
from adapters.workday.facts_talent import TALENT_ORDER

DATA_NAMESPACE = "urn:com.workday/bsvc"
SOAP_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
SECURITY_NAMESPACE = f"{_WSS}wssecurity-secext-1.0.xsd"
PASSWORD_TEXT = f"{_WSS}username-token-profile-1.0#PasswordText"

WID = "WID"
#: The largest page a Get accepts (NOTES 2.4).
LARGEST_PAGE = 999

HUMAN_RESOURCES = "Human_Resources"
TALENT = "Talent"
PERFORMANCE_MANAGEMENT = "Performance_Management"
COMPENSATION = "Compensation"
INTEGRATIONS = "Integrations"
STAFFING = "Staffing"
#: The versions whose trees the builders were written against (NOTES 2.1).
PINNED_VERSIONS: Mapping[str, str] = {
    HUMAN_RESOURCES: "v31.2",
    TALENT: "v28.0",
    PERFORMANCE_MANAGEMENT: "v28.0",
    COMPENSATION: "v31.2",
    INTEGRATIONS: "v31.2",
    STAFFING: "v31.2",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One SOAP operation; `domain` is what an administrator must grant (NOTES 10).

    The answer tells the names of what it refers to where `is_named` (NOTES 2.3).
    """

    service: str
    name: str
    domain: str
    is_named: bool = False

    @property
    def request(self) -> str:
        """Return the name of the request element."""
        return f"{self.name}_Request"


JOB_INFORMATION = "Job Information"
SKILLS_SETUP = "Set Up: Skills and Experience"
#: The name of the domain behind grades is not published (NOTES 10): inferred.
COMPENSATION_SETUP = "Set Up: Compensation Packages"
PUBLIC_WORKERS = "Worker Data: Public Worker Reports"
#: Which domain shows positions that nobody holds is not published: inferred.
ALL_POSITIONS = "Worker Data: All Positions"
ORGANIZATIONS = "Manage: Organization Integration"
LOCATIONS = "Manage: Location"
WORKER_SKILLS = "Worker Data: Skills and Experience"
WORKER_GOALS = "Worker Data: Employee Goals"
INTEGRATION_BUILD = "Integration Build"

OPERATIONS: Mapping[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation(HUMAN_RESOURCES, "Get_Job_Family_Groups", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Put_Job_Family_Group", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Get_Job_Families", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Put_Job_Family", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Get_Job_Profiles", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Put_Job_Profile", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Get_Job_Categories", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Put_Job_Category", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Get_Job_Classification_Groups", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Put_Job_Classification_Group", JOB_INFORMATION),
        Operation(HUMAN_RESOURCES, "Get_Workers", PUBLIC_WORKERS),
        Operation(HUMAN_RESOURCES, "Get_Organizations", ORGANIZATIONS),
        Operation(HUMAN_RESOURCES, "Get_Locations", LOCATIONS),
        Operation(STAFFING, "Get_Positions", ALL_POSITIONS, is_named=True),
        # Only this service can write competency categories (NOTES 6.5).
        Operation(PERFORMANCE_MANAGEMENT, "Get_Competency_Categories", SKILLS_SETUP),
        Operation(PERFORMANCE_MANAGEMENT, "Put_Competency_Category", SKILLS_SETUP),
        Operation(PERFORMANCE_MANAGEMENT, "Manage_Goals", WORKER_GOALS),
        Operation(COMPENSATION, "Get_Compensation_Grades", COMPENSATION_SETUP),
        Operation(COMPENSATION, "Put_Compensation_Grade", COMPENSATION_SETUP),
        Operation(TALENT, "Get_Certifications", SKILLS_SETUP),
        Operation(TALENT, "Put_Certification", SKILLS_SETUP),
        Operation(TALENT, "Get_Competencies", SKILLS_SETUP),
        Operation(TALENT, "Put_Competency", SKILLS_SETUP),
        Operation(TALENT, "Get_Proficiency_Rating_Scales", SKILLS_SETUP),
        Operation(TALENT, "Put_Proficiency_Rating_Scale", SKILLS_SETUP),
        Operation(TALENT, "Get_Manage_Certifications", WORKER_SKILLS),
        Operation(TALENT, "Manage_Certifications", WORKER_SKILLS),
        Operation(TALENT, "Manage_Training", WORKER_SKILLS),
        Operation(TALENT, "Manage_Competencies", WORKER_SKILLS),
        Operation(INTEGRATIONS, "Get_References", INTEGRATION_BUILD),
    )
}

_BEHAVIOUR = "Proficiency_Rating_Behavior_Data"

#: Children of an element in the order of the wire. Where one name stands for two
#: types, the key is `parent/name`; an element without a key is a leaf or a reference.
ORDER: Mapping[str, tuple[str, ...]] = {
    "Response_Filter": (
        "As_Of_Effective_Date",
        "As_Of_Entry_DateTime",
        "Page",
        "Count",
    ),
    # Job families and groups
    "Get_Job_Family_Groups_Request": (
        "Request_References",
        "Response_Filter",
        "Response_Group",
    ),
    "Get_Job_Families_Request": (
        "Request_References",
        "Request_Criteria",
        "Response_Filter",
        "Response_Group",
    ),
    "Get_Job_Families_Request/Request_Criteria": ("Include_InActive_Job_Families",),
    "Put_Job_Family_Group_Request": (
        "Job_Family_Group_Reference",
        "Job_Family_Group_Data",
    ),
    "Job_Family_Group_Data": (
        "ID",
        "Effective_Date",
        "Name",
        "Summary",
        "Inactive",
        "Job_Family_Data",
    ),
    "Job_Family_Group_Data/Job_Family_Data": ("Job_Family_Reference",),
    "Put_Job_Family_Request": ("Job_Family_Reference", "Job_Family_Data"),
    "Put_Job_Family_Request/Job_Family_Data": (
        "ID",
        "Effective_Date",
        "Name",
        "Summary",
        "Inactive",
    ),
    **PROFILE_ORDER,
    **GRADE_ORDER,
    **GOAL_ORDER,
    **TALENT_ORDER,
    **POSITION_ORDER,
    # Job categories and classifications
    "Get_Job_Categories_Request": ("Request_References", "Response_Filter"),
    "Put_Job_Category_Request": ("Job_Category_Reference", "Job_Category_Data"),
    "Job_Category_Data": (
        "Job_Category_ID",
        "Job_Category_Name",
        "Job_Category_Description",
        "Inactive",
    ),
    "Get_Job_Classification_Groups_Request": (
        "Request_References",
        "Response_Filter",
        "Response_Group",
    ),
    "Put_Job_Classification_Group_Request": (
        "Job_Classification_Group_Reference",
        "Job_Classification_Group_Data",
    ),
    "Job_Classification_Group_Data": (
        "ID",
        "Effective_Date",
        "Job_Classification_Group_Name",
        "Inactive",
        "Job_Classification",
    ),
    "Job_Classification": ("Job_Classification_Reference", "Job_Classification_Data"),
    "Job_Classification/Job_Classification_Data": (
        "ID",
        "Job_Classification_ID",
        "Description",
        "Job_Classification_Mapping_ID_Reference",
        "Inactive",
    ),
    # Certifications and competency categories
    "Get_Certifications_Request": (
        "Request_Criteria",
        "Request_References",
        "Response_Filter",
        "Response_Group",
    ),
    "Put_Certification_Request": ("Certification_Reference", "Certification_Data"),
    "Put_Certification_Request/Certification_Data": (
        "ID",
        "Name",
        "Issuer",
        "Issuer_Reference",
        "Country_Reference",
        "Restrict_to_Country_Region_Reference",
        "Specialty_Reference",
        "Restrict_Specialty_to_Certification",
        "Renewable_Required_",
        "Renewable_In__months_",
        "Track_Exam_Date_and_Score",
        "Inactive",
        "Usage_Count",
    ),
    "Get_Competency_Categories_Request": ("Request_References", "Response_Filter"),
    "Put_Competency_Category_Request": (
        "Competency_Category_Reference",
        "Competency_Category_Data",
    ),
    "Competency_Category_Data": ("Name", "Code", "Description", "Usage_Count"),
    # Competencies and rating scales
    "Get_Competencies_Request": (
        "Request_Criteria",
        "Request_References",
        "Response_Filter",
        "Response_Group",
    ),
    "Put_Competency_Request": ("Competency_Reference", "Competency_Data"),
    "Competency_Data": (
        "Competency_ID",
        "Competency_Name",
        "Competency_Description",
        "Competency_Category_Reference",
        _BEHAVIOUR,
        "Inactive",
        "Effective_Date",
        "Proficiency_Rating_Scale_Reference",
        "Behaviors_Apply_to_All_Levels",
        "Used_For_Talent_Matrix",
    ),
    f"Competency_Data/{_BEHAVIOUR}": (
        "Proficiency_Rating_Reference",
        "Rating_Behavior",
    ),
    "Get_Proficiency_Rating_Scales_Request": (
        "Request_Criteria",
        "Request_References",
        "Response_Filter",
        "Response_Group",
    ),
    "Put_Proficiency_Rating_Scale_Request": (
        "Proficiency_Rating_Scale_Reference",
        "Proficiency_Rating_Scale_Data",
    ),
    "Proficiency_Rating_Scale_Data": (
        "Proficiency_Rating_Scale_ID",
        "Rating_Scale_Name",
        "Description",
        "Inactive",
        "Proficiency_Rating_Data",
    ),
    "Proficiency_Rating_Data": (
        "Proficiency_Rating_Reference",
        "Proficiency_Rating_ID",
        "Rating_Order",
        "Rating",
        "Exclude_From_Calculations",
        "Rating_Value",
        "Range_Begin",
        "Range_End",
        _BEHAVIOUR,
    ),
    f"Proficiency_Rating_Data/{_BEHAVIOUR}": ("Description",),
    # References
    "Get_References_Request": (
        "Request_References",
        "Request_Criteria",
        "Response_Filter",
    ),
    "Get_References_Request/Request_Criteria": ("Reference_ID_Type",),
    # Workers and what is written about them
    "Get_Workers_Request": (
        "Request_References",
        "Request_Criteria",
        "Response_Filter",
        "Response_Group",
    ),
    "Get_Workers_Request/Request_Criteria": (
        "Transaction_Log_Criteria_Data",
        "Organization_Reference",
        "Country_Reference",
        "Include_Subordinate_Organizations",
        "Exclude_Inactive_Workers",
        "Exclude_Employees",
        "Exclude_Contingent_Workers",
    ),
    "Transaction_Log_Criteria_Data": (
        "Transaction_Date_Range_Data",
        "Transaction_Type_References",
    ),
    "Transaction_Date_Range_Data": (
        "Updated_From",
        "Updated_Through",
        "Effective_From",
        "Effective_Through",
    ),
    "Get_Manage_Certifications_Request": ("Request_References", "Response_Filter"),
    "Manage_Training_Request": (
        "Business_Process_Parameters",
        "Manage_Training_Data",
    ),
    "Manage_Training_Data": ("Worker_Reference", "Source_Reference", "Training"),
    "Manage_Training_Data/Training": ("Training_Reference", "Training_Data"),
    "Training_Data": (
        "Training_ID",
        "Training",
        "Description",
        "Training_Type_Reference",
        "Completion_Date",
    ),
    "Manage_Certifications_Request": (
        "Business_Process_Parameters",
        "Manage_Certifications_Data",
    ),
    "Manage_Certifications_Data": (
        "Role_Reference",
        "Source_Reference",
        "Certification",
    ),
    "Certification": ("Certification_Reference", "Certification_Data"),
    "Certification_Data": (
        "Certification_ID",
        "Certification_Name",
        "Issuer",
        "Issued_Date",
        "Expiration_Date",
    ),
}

#: Flags of `Response_Group`, by request, in the order of the wire.
FLAGS: Mapping[str, tuple[str, ...]] = {
    "Get_Job_Family_Groups_Request": ("Include_Reference",),
    "Get_Job_Families_Request": ("Include_Reference",),
    **PROFILE_FLAGS,
    **POSITION_FLAGS,
    "Get_Job_Classification_Groups_Request": (
        "Include_Reference",
        "Include_Job_Classifications",
    ),
    "Get_Compensation_Grades_Request": ("Include_Reference",),
    "Get_Certifications_Request": ("Include_Reference",),
    "Get_Competencies_Request": ("Include_Reference",),
    "Get_Proficiency_Rating_Scales_Request": ("Include_Proficiency_Rating_Reference",),
    "Get_Workers_Request": (
        "Include_Reference",
        "Include_Personal_Information",
        "Include_Additional_Jobs",
        "Include_Employment_Information",
        "Include_Organizations",
        "Exclude_Organization_Support_Role_Data",
        "Exclude_Location_Hierarchies",
        "Exclude_Cost_Centers",
        "Exclude_Cost_Center_Hierarchies",
        "Exclude_Companies",
        "Exclude_Company_Hierarchies",
        "Exclude_Matrix_Organizations",
        "Exclude_Pay_Groups",
        "Exclude_Regions",
        "Exclude_Region_Hierarchies",
        "Exclude_Custom_Organizations",
        "Include_Management_Chain_Data",
        "Include_Qualifications",
        "Include_Goals",
        "Exclude_Funds",
        "Exclude_Grants",
        "Exclude_Business_Units",
        "Exclude_Programs",
        "Exclude_Gifts",
    ),
}
