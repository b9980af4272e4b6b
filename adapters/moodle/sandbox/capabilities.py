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
PRIOR_LEARNING_VIEW = "moodle/competency:userevidenceview"
PRIOR_LEARNING_MANAGE = "moodle/competency:userevidencemanage"
PLAN_COMMENT = "moodle/competency:plancomment"
USER_COMPETENCY_COMMENT = "moodle/competency:usercompetencycomment"
COMMENT_VIEW = "moodle/comment:view"
CATEGORY_MANAGE = "moodle/category:manage"
COURSE_CREATE = "moodle/course:create"
COURSE_DELETE = "moodle/course:delete"
COURSE_CHANGE_FULLNAME = "moodle/course:changefullname"
COURSE_CHANGE_SHORTNAME = "moodle/course:changeshortname"
COURSE_CHANGE_IDNUMBER = "moodle/course:changeidnumber"
COURSE_CHANGE_SUMMARY = "moodle/course:changesummary"
COURSE_CHANGE_CATEGORY = "moodle/course:changecategory"
COURSE_FORCE_LANGUAGE = "moodle/course:setforcedlanguage"
COURSE_VISIBILITY = "moodle/course:visibility"
COURSE_VIEW_HIDDEN = "moodle/course:viewhiddencourses"
COURSE_OVERRIDE_COMPLETION = "moodle/course:overridecompletion"
COURSE_BACKUP = "moodle/backup:backupcourse"
COURSE_BACKUP_PEOPLE = "moodle/backup:userinfo"
COURSE_RESTORE = "moodle/restore:restorecourse"
ENROL = "enrol/manual:enrol"
UNENROL = "enrol/manual:unenrol"
ROLE_ASSIGN = "moodle/role:assign"
USER_CREATE = "moodle/user:create"
USER_UPDATE = "moodle/user:update"
BADGES_OF_OTHERS = "moodle/badges:viewotherbadges"
BADGE_DETAILS = "moodle/badges:configuredetails"
PROGRESS_REPORT = "report/progress:view"
GRADES_OF_OTHERS = "moodle/grade:viewall"
GRADE_REPORT = "gradereport/user:view"
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
    PRIOR_LEARNING_VIEW: "View evidence of prior learning of a user",
    PRIOR_LEARNING_MANAGE: "Manage evidence of prior learning",
    PLAN_COMMENT: "Comment on a learning plan",
    USER_COMPETENCY_COMMENT: "Comment on a user competency",
    COMMENT_VIEW: "View comments",
    CATEGORY_MANAGE: "Manage categories",
    COURSE_CREATE: "Create courses",
    COURSE_DELETE: "Delete courses",
    COURSE_CHANGE_FULLNAME: "Change course full name",
    COURSE_CHANGE_SHORTNAME: "Change course short name",
    COURSE_CHANGE_IDNUMBER: "Change course ID number",
    COURSE_CHANGE_SUMMARY: "Change course summary",
    COURSE_CHANGE_CATEGORY: "Change course category",
    COURSE_FORCE_LANGUAGE: "Force course or activity language",
    COURSE_VISIBILITY: "Hide/show courses",
    COURSE_VIEW_HIDDEN: "View hidden courses",
    COURSE_OVERRIDE_COMPLETION: "Override activity completion status",
    COURSE_BACKUP: "Backup courses",
    COURSE_BACKUP_PEOPLE: "Backup user data",
    COURSE_RESTORE: "Restore courses",
    ENROL: "Enrol users",
    UNENROL: "Unenrol users from the course",
    ROLE_ASSIGN: "Assign roles to users",
    USER_CREATE: "Create users",
    USER_UPDATE: "Update user profiles",
    BADGES_OF_OTHERS: "View public badges in other users' profiles",
    BADGE_DETAILS: "Set up/edit badge details",
    PROGRESS_REPORT: "View activity completion reports",
    GRADES_OF_OTHERS: "View grades of other users",
    GRADE_REPORT: "View user report",
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

AUTHENTICATED_USER = frozenset(
    {
        COMPETENCY_VIEW,
        COURSE_COMPETENCY_VIEW,
        COMMENT_VIEW,
        BADGES_OF_OTHERS,
        REPORT_VIEW,
    }
)
"""What every account has by default, whatever its own role says."""

EVERYTHING = frozenset(LABELS) - {
    PLAN_REQUEST_REVIEW,
    COURSE_BACKUP_PEOPLE,
    COURSE_FORCE_LANGUAGE,
    BADGE_DETAILS,
}
"""The role of a service account that an administrator set up completely.

Requesting the review of a plan is for its owner; the others are more than it needs.
"""
