"""The set-up of a Moodle site as a checklist, every value to paste included.

Pure: what the manifest and the mapping want in, steps out. An administrator who never
saw the connector follows it from the top; the doctor checks the same things later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.moodle import clicks
from adapters.moodle.facts import COPY_FUNCTIONS
from adapters.moodle.report_setup import REPORTS, ReportSetUp
from connector.kit.setup import ChecklistStep, Needs, ValueTable, Wishes

ACCOUNT = "jobframe"
SERVICE = "Job Framework Connector"
_COPYING = "the mapping names a template_course"


def checklist(needs: Needs, wishes: Wishes) -> Sequence[ChecklistStep]:
    """Return the steps in the order in which they are done."""
    return [
        _features(),
        _account(),
        _role(needs),
        _service(needs),
        _token(),
        _scale(wishes),
        *(_report(report) for report in REPORTS),
        _id_numbers(),
        _courses(),
        _people(),
        *_languages(wishes),
        _http_security(),
        _connection(wishes),
    ]


def _features() -> ChecklistStep:
    return ChecklistStep(
        title="Switch on what is needed",
        where=clicks.ADVANCED,
        actions=(
            (
                "Tick Enable web services, Enable completion tracking and Enable "
                "custom reports. Save changes."
            ),
            f"{clicks.PROTOCOLS}: enable REST protocol.",
            f"{clicks.COMPETENCIES}: tick Enable competencies. Save changes.",
            f"{clicks.AUTHENTICATION}: enable Web services authentication.",
        ),
    )


def _account() -> ChecklistStep:
    return ChecklistStep(
        title="Make the service account",
        where=clicks.NEW_ACCOUNT,
        actions=(
            (
                "Make a user with the values below; such an account cannot log in to "
                "the pages. Leave Force password change unticked."
            ),
            (
                "Fill every profile field that your site requires: an empty one stops "
                "every call."
            ),
            (
                f"If your site has a site policy, {clicks.AGREEMENTS}: agree to it on "
                "the account's behalf."
            ),
        ),
        tables=(
            ValueTable(
                "The account",
                ("Value", "Field"),
                (
                    (ACCOUNT, "Username"),
                    ("Web services authentication", "Choose an authentication method"),
                    ("Job Framework", "First name"),
                    ("Connector", "Last name"),
                    ("English", "Preferred language"),
                    ("UTC", "Timezone"),
                    ("One that your rules allow", "Email address"),
                ),
            ),
        ),
    )


def _role(needs: Needs) -> ChecklistStep:
    return ChecklistStep(
        title="Make its role",
        where=f"{clicks.ROLES} > Add a new role",
        actions=(
            "Use role or archetype: No role. Continue.",
            (
                f"Short name {ACCOUNT}, custom full name {SERVICE}. Context types "
                "where this role may be assigned: System."
            ),
            (
                "Allow exactly the capabilities below: type each into Filter and tick "
                "Allow. Create this role."
            ),
            f"{clicks.SYSTEM_ROLES} > {SERVICE}: add the service account.",
        ),
        tables=(
            ValueTable(
                "Capabilities",
                ("Capability", "As the page shows it", "What for", "Only when"),
                tuple(
                    (one.name, one.label, one.reason, one.needed_when)
                    for one in needs.capabilities
                ),
            ),
        ),
    )


def _service(needs: Needs) -> ChecklistStep:
    return ChecklistStep(
        title="Make the service",
        where=f"{clicks.SERVICES} > Add",
        actions=(
            f"Name {SERVICE}, tick Enabled and Authorised users only. Add service.",
            "Functions > Add functions: choose each of the functions below.",
            f"{clicks.SERVICES} > Authorised users: add the service account.",
        ),
        tables=(
            ValueTable(
                "Functions of the service",
                ("Function", "Only when"),
                (
                    *((name, "") for name in needs.functions),
                    *((name, _COPYING) for name in COPY_FUNCTIONS),
                ),
            ),
        ),
    )


def _token() -> ChecklistStep:
    return ChecklistStep(
        title="Make the token",
        where=f"{clicks.TOKENS} > Create token",
        actions=(
            (
                f"User {ACCOUNT}, service {SERVICE}. Valid until: Moodle offers a "
                "month from now; untick Enable, or set the date that your rules ask "
                "for. When it is over, the connector stops, says so and writes nothing."
            ),
            "IP restriction: the connector's address, if it has a fixed one.",
            (
                "Hand the token over once, in a way your rules allow. The connector "
                "keeps it encrypted; it is in no file."
            ),
        ),
    )


def _scale(wishes: Wishes) -> ChecklistStep:
    options = wishes.options
    values = ", ".join(str(value) for value in options.get("scale_values", ()))
    return ChecklistStep(
        title="Make the scale",
        where=f"{clicks.SCALES} > Add a new scale",
        actions=(
            (
                "Tick Standard scale and enter the values below, lowest first. A scale "
                "cannot change once somebody was rated on it."
            ),
            (
                "Open the scale again: the number at the end of the address of its "
                "edit page is its id. Note it for the connection."
            ),
            (
                "If you rate competencies on another scale already, keep that one: "
                "write its id into the connection, its values into the mapping's "
                "scale_values and the first proficient one into proficient_from."
            ),
        ),
        tables=(
            ValueTable(
                "The scale",
                ("Value", "Field"),
                (
                    (str(options.get("scale", "")).capitalize(), "Name"),
                    (values, "Scale"),
                ),
            ),
        ),
    )


def _report(report: ReportSetUp) -> ChecklistStep:
    def labels(*names: str) -> str:
        return "; ".join(report.label(name) for name in names if name) or "none"

    condition = f"{report.label(report.condition)} = Yes" if report.condition else ""
    return ChecklistStep(
        title=f"Make the report “{report.name}”",
        where=f"{clicks.REPORTS} > New report",
        actions=(
            f"For: {report.purpose}. Leave the report out if you do not want that.",
            "Untick Include default setup, tick Remove any duplicate rows. Save.",
            (
                "Add exactly these columns, conditions, filters and sorting "
                "(ascending), in this order. Rename and aggregate nothing."
            ),
            "Audience: Manually added users, the service account and nobody else.",
            (
                "Schedules: none. Note the number after id= in the address for the "
                "connection."
            ),
        ),
        tables=(
            ValueTable(
                report.name,
                ("Value", "Where"),
                (
                    (report.name, "Name"),
                    (report.source, "Report source"),
                    *((report.label(name), "Columns") for name in report.columns),
                    (condition or "none", "Conditions"),
                    (labels(report.filter), "Filters"),
                    *((report.label(name), "Sorting") for name in report.sorting),
                ),
            ),
        ),
    )


def _id_numbers() -> ChecklistStep:
    return ChecklistStep(
        title="Say who is who",
        where=clicks.UPLOAD,
        actions=(
            (
                "The ID number of each account must be the employee ID. Upload users "
                "fills it in bulk (column idnumber)."
            ),
            (
                f"{clicks.AUTHENTICATION}: in the settings of every enabled method, "
                "Lock user fields: Lock value (ID number) = Locked. Otherwise people "
                "could take over somebody else's learning."
            ),
        ),
    )


def _courses() -> ChecklistStep:
    return ChecklistStep(
        title="Give courses their ID numbers",
        where=clicks.COURSES,
        actions=(
            (
                "Settings of each course that the framework names: type its Course ID "
                "number. The plan lists those that are not found."
            ),
            (
                "Course > More > Course completion: without criteria a course is never "
                "finished."
            ),
        ),
    )


def _people() -> ChecklistStep:
    return ChecklistStep(
        title="Let people have learning plans",
        where=clicks.TEMPLATES,
        actions=(
            (
                "After the first apply: menu of a template > Add cohorts to sync. The "
                "task Sync plans from learning plan template cohorts makes the plans."
            ),
            (
                "Leave the due date of templates empty: Moodle completes a plan whose "
                "date has passed, proficient or not."
            ),
            f"{clicks.TASKS}: cron must run; the tasks should show a recent last run.",
        ),
    )


def _languages(wishes: Wishes) -> Iterator[ChecklistStep]:
    yield ChecklistStep(
        title="Only for texts in several languages: filter them",
        where=clicks.FILTERS,
        actions=(
            "Multi-Language Content: Active? On, Apply to: Content and headings.",
            (
                "Write the languages into the setting languages of the connection, "
                f"{wishes.language} first."
            ),
        ),
    )


def _http_security() -> ChecklistStep:
    return ChecklistStep(
        title="Only for the learners' page (LTI): let Moodle reach the connector",
        where=clicks.HTTP_SECURITY,
        actions=(
            (
                "cURL blocked hosts list: take the connector's network off it, if it "
                "is a private one."
            ),
            (
                "cURL allowed ports list: add the connector's port, if it is another "
                "than 443. Save changes."
            ),
        ),
    )


def _connection(wishes: Wishes) -> ChecklistStep:
    reports = "\n".join(f"  {report.setting}: 0" for report in REPORTS)
    scale = wishes.options.get("scale", "proficiency")
    return ChecklistStep(
        title="Write the connection",
        where="On the connector's machine: moodle.yaml",
        actions=(
            (
                "Put in your site's address and the ids you noted; take out the lines "
                "of reports that you left out."
            ),
            "jobframe config import moodle.yaml",
            "jobframe config secret moodle moodle.token",
            (
                "jobframe doctor moodle: it checks all of the above and names what is "
                "missing."
            ),
            "jobframe plan moodle: it shows what would be written, and writes nothing.",
        ),
        paste=(
            "adapter: moodle\n"
            "settings:\n"
            "  url: https://moodle.example.org\n"
            "  scales:\n"
            f"    {scale}: 0\n"
            f"{reports}\n"
        ),
    )
