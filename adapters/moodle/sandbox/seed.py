"""What a fresh sandbox site holds before anybody connects.

Plain values only: people, courses and whatever an administrator would have set up.
"""

from dataclasses import dataclass

COMPLETION_COLUMNS = (
    "user:idnumber",
    "user:fullnamewithlink",
    "user:email",
    "course:idnumber",
    "course:coursefullnamewithlink",
    "completion:timecompleted",
)


@dataclass(frozen=True, slots=True)
class ReportSeed:
    """A custom report as an administrator makes it once.

    `source` is "participants" (one row per enrolment), "competencies" (one row per
    rated person and competency), "badges" (one row per award), "users" or "task_logs"
    (one row per run of a task). `only_done` is the fixed condition "completed = yes"
    of the first and "proficient = yes" of the second. `filters` may be set, None stands
    for those on its columns and on the time of completion; rows are sorted by `sorting`
    (columns); `is_unique` is shown only.
    """

    name: str
    source: str = "participants"
    columns: tuple[str, ...] = COMPLETION_COLUMNS
    only_done: bool = True
    filters: tuple[str, ...] | None = None
    sorting: tuple[str, ...] = ()
    is_unique: bool = False


@dataclass(frozen=True, slots=True)
class SiteSeed:
    """Everything a sandbox site starts with.

    An empty `wwwroot` means: the address requests come to. An empty `token` means: a
    new random one. Users are (idnumber, username, first name, last name, e-mail),
    courses (idnumber, full name, short name), all in the one `category` (idnumber,
    name), enrolments (user idnumber, course idnumber), scales (name, values), badges
    (name, description, issuer). Each course gets a page that completes it. Seeded
    scales get ids from 3 on, as 1 and 2 come with Moodle. `capabilities` None stands
    for all an administrator should give, `service_functions` None for all functions
    the sandbox serves.
    """

    wwwroot: str = ""
    token: str = ""
    sitename: str = "Sandbox Moodle"
    account_username: str = "svc_connector"
    account_email: str = "svc_connector@example.invalid"
    time_zone: str = "UTC"
    category: tuple[str, str] = ("", "Category 1")
    users: tuple[tuple[str, str, str, str, str], ...] = ()
    courses: tuple[tuple[str, str, str], ...] = ()
    enrolments: tuple[tuple[str, str], ...] = ()
    scales: tuple[tuple[str, tuple[str, ...]], ...] = ()
    badges: tuple[tuple[str, str, str], ...] = ()
    reports: tuple[ReportSeed, ...] = (ReportSeed("Course completions"),)
    capabilities: frozenset[str] | None = None
    service_functions: frozenset[str] | None = None
