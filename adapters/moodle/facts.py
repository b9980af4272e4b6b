"""Facts of Moodle's web services that the adapter and its sandbox both go by.

Constants only, taken from the contract of Moodle 4.5; nothing here does anything.
"""

from __future__ import annotations

REST_PATH = "/webservice/rest/server.php"
BATCH_FUNCTION = "tool_mobile_call_external_functions"

#: `version` of site information: 4.1 (2022112800) is the oldest with the report
#: functions, 4.5 (2024100700) the one the contract was taken from.
OLDEST_VERSION = 2022112800
TESTED_VERSION = 2024100700

#: The system context; frameworks and templates live there or in a category below.
SYSTEM_CONTEXT = 1

RULE_ALL = "core_competency\\competency_rule_all"
RULE_POINTS = "core_competency\\competency_rule_points"

#: `ruleoutcome` of a competency. A course link counts differently, see below.
RULE_OUTCOMES = {0: "none", 1: "evidence", 2: "complete", 3: "recommend"}
#: `ruleoutcome` of a course link; 1 is what a new link starts with.
COURSE_OUTCOMES = {0: "none", 1: "evidence", 2: "review", 3: "complete"}

TAXONOMIES = frozenset(
    (
        "behaviour",
        "competency",
        "concept",
        "domain",
        "indicator",
        "level",
        "outcome",
        "practice",
        "proficiency",
        "skill",
        "value",
    )
)

#: Longest `shortname` and `idnumber`; one more is a database error.
MAX_NAME = 100

#: Rows of one page of a listing: 5,000 in pages of 500 cost as much as in one.
PAGE_SIZE = 1000

#: What the service of the account must contain.
READ_FUNCTIONS = (
    "core_webservice_get_site_info",
    "core_competency_get_scale_values",
    "core_competency_list_competency_frameworks",
    "core_competency_read_competency_framework",
    "core_competency_count_competencies",
    "core_competency_list_competencies",
    "core_competency_read_competency",
    "tool_lp_data_for_related_competencies_section",
    "core_competency_list_templates",
    "core_competency_read_template",
    "core_competency_list_competencies_in_template",
    "core_competency_list_course_competencies",
    "core_course_get_courses_by_field",
    "core_user_get_users_by_field",
    "core_reportbuilder_set_filters",
    "core_reportbuilder_retrieve_report",
    "core_user_get_user_preferences",
    "core_enrol_get_users_courses",
    "core_completion_get_course_completion_status",
    "tool_lp_data_for_user_competency_summary",
)
WRITE_FUNCTIONS = (
    BATCH_FUNCTION,
    "core_competency_create_competency_framework",
    "core_competency_update_competency_framework",
    "core_competency_create_competency",
    "core_competency_update_competency",
    "core_competency_set_parent_competency",
    "core_competency_add_related_competency",
    "core_competency_remove_related_competency",
    "core_competency_create_template",
    "core_competency_update_template",
    "core_competency_delete_template",
    "core_competency_add_competency_to_template",
    "core_competency_remove_competency_from_template",
    "core_competency_reorder_template_competency",
    "core_competency_add_competency_to_course",
    "core_competency_remove_competency_from_course",
    "core_competency_set_course_competency_ruleoutcome",
)
#: What plans for learners need besides, each one way or the other.
PLAN_FUNCTIONS = (
    "core_cohort_search_cohorts",
    "core_cohort_get_cohorts",
    "core_cohort_get_cohort_members",
    "core_cohort_create_cohorts",
    "core_cohort_update_cohorts",
    "core_cohort_add_cohort_members",
    "core_cohort_delete_cohort_members",
    "core_competency_list_user_plans",
    "core_competency_list_plan_competencies",
    "core_competency_create_plan",
    "core_competency_update_plan",
    "core_competency_delete_plan",
    "core_competency_add_competency_to_plan",
    "core_competency_remove_competency_from_plan",
    "core_competency_reorder_plan_competency",
)
#: What the doctor alone asks; without them a person looks.
DOCTOR_FUNCTIONS = (
    "core_filters_get_available_in_context",
    "tool_mobile_get_config",
)
FUNCTIONS = (*READ_FUNCTIONS, *WRITE_FUNCTIONS, *PLAN_FUNCTIONS)

#: What copying courses needs besides, where the mapping names one to copy.
COPY_FUNCTIONS = ("core_course_duplicate_course", "core_course_update_courses")

#: Longest full name of a course.
MAX_COURSE_NAME = 254
#: Longest name of a cohort.
MAX_COHORT_NAME = 254
#: Members of one call: four form fields each, and PHP takes 5,000 in one form.
MAX_MEMBERS = 1000
#: `status` of a learning plan.
PLAN_ACTIVE, PLAN_COMPLETE = 1, 2
PLAN_REVIEWS = frozenset((3, 4))
#: How evidence says that a competency was rated in a plan.
RATED_IN_PLAN = "evidence_manualoverrideinplan"

#: Functions whose rights are those in the one course they are called for.
COURSE_FUNCTIONS = frozenset(
    name for name in FUNCTIONS if "course" in name.removeprefix("core_")
)
