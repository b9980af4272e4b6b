"""How the custom reports of the connector are set up, in Moodle's own words.

One description for the checklist and the doctor; what the rows mean is said where they
are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.moodle.reports import ReportShape
from adapters.moodle.settings import (
    BADGE_COLUMNS,
    RATING_COLUMNS,
    REPORT_COLUMNS,
    TASK_COLUMNS,
    USER_COLUMNS,
    MoodleSettings,
)

#: Columns, filters and conditions as Moodle's report editor names them in English.
LABELS = {
    "user:idnumber": "User: ID number",
    "user:fullnamewithlink": "User: Full name with link",
    "user:suspended": "User: Suspended",
    "user:email": "User: Email address",
    "user:timemodified": "User: Time modified",
    "course:idnumber": "Course: Course ID number",
    "course:coursefullnamewithlink": "Course: Course full name with link",
    "completion:completed": "Course completion: Completed",
    "completion:timecompleted": "Course completion: Time completed",
    "badge:namewithlink": "Badge details: Name with link",
    "badge_issued:issued": "Badge issued: Date issued",
    "badge_issued:expire": "Badge issued: Expiry date",
    "framework:idnumber": "Competency framework: ID number",
    "competency:idnumber": "Competency: ID number",
    "usercompetency:proficient": "User competency: Proficient",
    "task_log:name": "Task log: Name",
    "task_log:starttime": "Task log: Start time",
    "task_log:timestart": "Task log: Start time",
    "task_log:result": "Task log: Result",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSetUp:
    """One report as an administrator makes it; `setting` holds its id.

    `people` is what Moodle calls the person in it; `purpose` says what it is for.
    """

    setting: str
    name: str
    purpose: str
    source: str
    source_class: str
    columns: tuple[str, ...]
    sorting: tuple[str, ...]
    filter: str = ""
    condition: str = ""
    people: str = "User"
    #: Times are shown less exactly than they are kept, and nothing else differs.
    has_rows_alike: bool = False
    #: Without it something the connector is made for does not happen.
    is_expected: bool = False

    def label(self, name: str) -> str:
        """Return the name of a column, filter or condition as the editor shows it."""
        shown = LABELS[name]
        return shown.replace("User:", f"{self.people}:", 1)

    def shape(self) -> ReportShape:
        """Return what a reading of it expects."""
        return ReportShape(
            name=self.setting.removesuffix("_report"),
            source=self.source_class,
            filter=self.filter,
            condition=self.condition,
            has_rows_alike=self.has_rows_alike,
        )

    def id_in(self, settings: MoodleSettings) -> int | None:
        """Return the id of the report that the settings name."""
        found: int | None = getattr(settings, self.setting)
        return found

    def columns_in(self, settings: MoodleSettings) -> Sequence[Sequence[str]]:
        """Return the lists of columns that it may have."""
        if self.setting == "completions_report":
            return [settings.completions_columns]
        if self.setting == "users_report":
            return [self.columns, self.columns[:-1]]
        return [self.columns]


REPORTS = (
    ReportSetUp(
        setting="completions_report",
        name="Job framework: course completions",
        purpose="completed courses become evidence",
        source="Course participants",
        source_class="participants",
        columns=REPORT_COLUMNS,
        condition="completion:completed",
        filter="completion:timecompleted",
        sorting=("completion:timecompleted", "user:idnumber", "course:idnumber"),
        is_expected=True,
    ),
    ReportSetUp(
        setting="users_report",
        name="Job framework: users",
        purpose="whose account is whose; doubts become tasks",
        source="Users",
        source_class="users",
        columns=USER_COLUMNS,
        filter="user:timemodified",
        sorting=("user:idnumber", "user:email"),
    ),
    ReportSetUp(
        setting="badges_report",
        name="Job framework: badges",
        purpose="awarded badges",
        source="Badges",
        source_class="badges",
        columns=BADGE_COLUMNS,
        filter="badge_issued:issued",
        sorting=("badge_issued:issued", "user:idnumber"),
        people="Badge recipient",
    ),
    ReportSetUp(
        setting="ratings_report",
        name="Job framework: ratings",
        purpose="competencies that teachers rated by hand",
        source="Competencies",
        source_class="competencies",
        columns=RATING_COLUMNS,
        condition="usercompetency:proficient",
        sorting=("framework:idnumber", "competency:idnumber", "user:idnumber"),
    ),
    ReportSetUp(
        setting="tasks_report",
        name="Job framework: scheduled tasks",
        purpose="the doctor sees whether Moodle's scheduled tasks run",
        source="Task logs",
        source_class="task_logs",
        columns=TASK_COLUMNS,
        filter="task_log:timestart",
        sorting=("task_log:starttime", "task_log:name"),
        has_rows_alike=True,
    ),
)
#: The report that the doctor alone reads.
TASKS_REPORT = REPORTS[-1]
