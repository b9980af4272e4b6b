"""The capabilities of Moodle that the served functions ask for, with their labels.

Facts only: which exist, and how an English site names them in an error.
"""

COMPETENCY_VIEW = "moodle/competency:competencyview"
COMPETENCY_MANAGE = "moodle/competency:competencymanage"
TEMPLATE_VIEW = "moodle/competency:templateview"
TEMPLATE_MANAGE = "moodle/competency:templatemanage"
COURSE_COMPETENCY_VIEW = "moodle/competency:coursecompetencyview"
COURSE_COMPETENCY_MANAGE = "moodle/competency:coursecompetencymanage"
COURSE_COMPETENCY_CONFIGURE = "moodle/competency:coursecompetencyconfigure"
PLAN_VIEW = "moodle/competency:planview"
PLAN_VIEW_DRAFT = "moodle/competency:planviewdraft"
PLAN_MANAGE = "moodle/competency:planmanage"
PLAN_MANAGE_DRAFT = "moodle/competency:planmanagedraft"
PLAN_REVIEW = "moodle/competency:planreview"
PLAN_REQUEST_REVIEW = "moodle/competency:planrequestreview"
USER_COMPETENCY_VIEW = "moodle/competency:usercompetencyview"
USER_COMPETENCY_REVIEW = "moodle/competency:usercompetencyreview"
USER_COMPETENCY_REQUEST = "moodle/competency:usercompetencyrequestreview"
COMPETENCY_GRADE = "moodle/competency:competencygrade"
EVIDENCE_DELETE = "moodle/competency:evidencedelete"
COURSE_VIEW = "moodle/course:view"
COURSE_UPDATE = "moodle/course:update"
COURSE_VIEW_PARTICIPANTS = "moodle/course:viewparticipants"
COURSE_ENROL_REVIEW = "moodle/course:enrolreview"
USER_VIEW_DETAILS = "moodle/user:viewdetails"
USER_VIEW_ALL_DETAILS = "moodle/user:viewalldetails"
USER_IDENTITY = "moodle/site:viewuseridentity"
COMPLETION_REPORT = "report/completion:view"
REPORT_VIEW = "moodle/reportbuilder:view"
COHORT_VIEW = "moodle/cohort:view"
COHORT_MANAGE = "moodle/cohort:manage"
COHORT_ASSIGN = "moodle/cohort:assign"
REST_USE = "webservice/rest:use"

LABELS = {
    COMPETENCY_VIEW: "View competency frameworks",
    COMPETENCY_MANAGE: "Manage competency frameworks",
    TEMPLATE_VIEW: "View learning plan templates",
    TEMPLATE_MANAGE: "Manage learning plan templates",
    COURSE_COMPETENCY_VIEW: "View course competencies",
    COURSE_COMPETENCY_MANAGE: "Manage course competencies",
    COURSE_COMPETENCY_CONFIGURE: "Configure course competency settings",
    PLAN_VIEW: "View all learning plans",
    PLAN_VIEW_DRAFT: "View draft learning plans",
    PLAN_MANAGE: "Manage learning plans",
    PLAN_MANAGE_DRAFT: "Manage draft learning plans",
    PLAN_REVIEW: "Review a learning plan",
    PLAN_REQUEST_REVIEW: "Request the review of a learning plan",
    USER_COMPETENCY_VIEW: "View a user competency",
    USER_COMPETENCY_REVIEW: "Review a user competency",
    USER_COMPETENCY_REQUEST: "Request the review of a competency",
    COMPETENCY_GRADE: "Set competency ratings",
    EVIDENCE_DELETE: "Delete evidence",
    COURSE_VIEW: "View courses without participation",
    COURSE_UPDATE: "Update course settings",
    COURSE_VIEW_PARTICIPANTS: "View participants",
    COURSE_ENROL_REVIEW: "Review course enrolments",
    USER_VIEW_DETAILS: "View user profiles",
    USER_VIEW_ALL_DETAILS: "View user full information",
    USER_IDENTITY: "See full user identity in lists",
    COMPLETION_REPORT: "View course completion report",
    REPORT_VIEW: "View custom reports",
    COHORT_VIEW: "View cohorts",
    COHORT_MANAGE: "Create, delete and move cohorts",
    COHORT_ASSIGN: "Add and remove cohort members",
    REST_USE: "Use REST protocol",
}

EVERYTHING = frozenset(LABELS) - {PLAN_REQUEST_REVIEW}
"""The role of a service account that an administrator set up completely.

Requesting the review of a plan is for its owner.
"""

AUTHENTICATED_USER = frozenset({COMPETENCY_VIEW})
"""What every account has, whatever its role says."""
