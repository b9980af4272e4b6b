"""The set-up of a Workday tenant as a checklist, every value to type included.

Pure: what the manifest and the mapping want in, steps out. An administrator who never
saw the connector follows it from the top; the doctor checks the same things later.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.workday.policies import DOMAIN, PROCESS, areas, matrix
from connector.kit.setup import ChecklistStep, Needs, ValueTable, Wishes

ACCOUNT = "ISU_JOB_FRAMEWORK"
GROUP = "ISSG Job Framework"
CLIENT = "Job Framework Connector"
_ACTIVATE = "Activate Pending Security Policy Changes"


def checklist(needs: Needs, wishes: Wishes) -> Sequence[ChecklistStep]:
    """Return the steps in the order in which they are done."""
    del wishes  # Nothing of the mapping changes how a tenant is set up.
    return [
        _account(),
        _group(),
        _domains(needs),
        _processes(needs),
        _activation(),
        _sign_in(),
        _client(needs),
        _host(),
        _ids(),
        _report(),
        _positions(),
        _windows(),
        _connection(),
        _check(),
    ]


def _account() -> ChecklistStep:
    return ChecklistStep(
        title="Make the integration user",
        where="Search box > Create Integration System User",
        actions=(
            "Fill in the values below and choose OK.",
            (
                "Search box > Maintain Password Rules: add the user to System Users "
                "exempt from password expiration. OK."
            ),
        ),
        tables=(
            ValueTable(
                "The user",
                ("Value", "Field"),
                (
                    (ACCOUNT, "User Name"),
                    ("generated, 24 characters or more", "New Password"),
                    ("0", "Session Timeout Minutes"),
                    ("ticked", "Do Not Allow UI Sessions"),
                ),
            ),
        ),
    )


def _group() -> ChecklistStep:
    return ChecklistStep(
        title="Make its security group",
        where="Search box > Create Security Group",
        actions=(
            (
                "Type of Tenanted Security Group: Integration System Security Group "
                "(Unconstrained). Name as below. OK."
            ),
            f"Integration System Users: {ACCOUNT}. OK, Done.",
        ),
        tables=(ValueTable("The group", ("Value", "Field"), ((GROUP, "Name"),)),),
    )


def _domains(needs: Needs) -> ChecklistStep:
    return ChecklistStep(
        title="Grant the domains",
        where="Search box > Maintain Permissions for Security Group",
        actions=(
            f"Operation: Maintain. Source Security Group: {GROUP}. OK.",
            (
                "Integration Permissions: add a row for each domain below that you "
                "want, "
                "with exactly the access that it names."
            ),
            (
                "Leave out what you do not use; the column Needed for tells. Without "
                "the "
                "rows for people nobody's data is read, and plans cannot say how many "
                "people a change reaches."
            ),
        ),
        tables=(matrix(needs.policies, DOMAIN),),
    )


def _processes(needs: Needs) -> ChecklistStep:
    return ChecklistStep(
        title="Only for evidence, goals and level moves: let it start processes",
        where="Search box > Edit Business Process Security Policy",
        actions=(
            (
                "For each business process below that you want: choose it, find the "
                "initiating action that names the web service (for Change Job: "
                "Change Job "
                f"(REST Service)), add {GROUP}. OK."
            ),
            (
                "Leave every approval as it is: the connector starts a process and "
                "never "
                "approves one."
            ),
        ),
        tables=(matrix(needs.policies, PROCESS),),
    )


def _activation() -> ChecklistStep:
    return ChecklistStep(
        title="Activate",
        where=f"Search box > {_ACTIVATE}",
        actions=(
            "Comment: Job Framework Connector. OK, tick Confirm, OK.",
            (
                "Before this, calls answer nothing or are refused. Repeat it after "
                "every "
                "later change of a policy."
            ),
        ),
    )


def _sign_in() -> ChecklistStep:
    return ChecklistStep(
        title="Only if an authentication policy limits sign-ins: let the user in",
        where="Search box > Manage Authentication Policies",
        actions=(
            (
                f"Edit the policy in effect, add a rule for {GROUP}: User Name "
                "Password, "
                "from the connector's address if it has a fixed one. OK."
            ),
            "Search box > Activate All Pending Authentication Policy Changes.",
        ),
    )


def _client(needs: Needs) -> ChecklistStep:
    return ChecklistStep(
        title="Make the API client",
        where="Search box > Register API Client for Integrations",
        actions=(
            (
                "First: search box > Edit Tenant Setup - Security, tick OAuth 2.0 "
                "Clients "
                "Enabled. OK."
            ),
            (
                f"Client Name {CLIENT}; Scope (Functional Areas): those below whose "
                "domains and processes you granted. OK."
            ),
            "Note the Client ID and the Client Secret: the secret is shown once.",
            (
                "On the client: related actions > API Client > Manage Refresh Tokens "
                "for "
                f"Integrations. Workday Account {ACCOUNT}, OK; tick Generate New "
                "Refresh "
                "Token, OK. Note the token; use it nowhere else."
            ),
            (
                "Without OAuth the user name and password do for everything but level "
                "moves, which go by REST and need this client."
            ),
        ),
        tables=(
            ValueTable(
                "Scope (functional areas)",
                ("Functional area",),
                tuple((area,) for area in areas(needs.policies)),
            ),
        ),
    )


def _host() -> ChecklistStep:
    return ChecklistStep(
        title="Find the services host and the tenant",
        where="Search box > Public Web Services",
        actions=(
            (
                "Human Resources > related actions > Web Service > View WSDL. Go to "
                "the "
                "end of the file: https://<services host>/ccx/service/<tenant>/…"
            ),
            "Note both. It is not the host of the address at which you are signed in.",
        ),
    )


def _ids() -> ChecklistStep:
    return ChecklistStep(
        title="Look up some IDs",
        where="Search box > View Reference IDs",
        actions=(
            (
                "For evidence: Training Type. Note the Training_Type_ID under which "
                "finished courses shall appear."
            ),
            (
                "For levels on job profiles: Management Level and Job Level. Levels "
                "that "
                "are missing become tasks: no program can make them."
            ),
        ),
    )


def _report() -> ChecklistStep:
    return ChecklistStep(
        title="Only for checking started reviews: make the report",
        where="Search box > Create Custom Report",
        actions=(
            (
                "Columns, filter and sharing are in docs/reviews.md. Type Advanced, "
                "Enable "
                f"As Web Service ticked, shared with {GROUP} and nobody else."
            ),
        ),
    )


def _positions() -> ChecklistStep:
    return ChecklistStep(
        title="Only for open positions: say so",
        where="On the connector's machine: open_positions in the connection",
        actions=(
            (
                "open_positions: true. The rows for open positions among the domains "
                "are needed then; no report is."
            ),
            (
                "Where the doctor sees no position though there are some: search box > "
                "View Security for Securable Item, Get Positions, tells which domain "
                "the tenant asks for."
            ),
        ),
    )


def _windows() -> ChecklistStep:
    return ChecklistStep(
        title="Say when the tenant must be left alone",
        where="On the connector's machine: windows in the connection",
        actions=(
            (
                "The weekly service update, and in a sandbox tenant the weekly "
                "refresh: "
                "Workday tells the times of your data centre."
            ),
            (
                "No schedule starts in a window, and a run that would reach into one "
                "stops "
                "before it and goes on with the next run."
            ),
        ),
    )


def _connection() -> ChecklistStep:
    return ChecklistStep(
        title="Write the connection",
        where="On the connector's machine: workday.yaml",
        actions=(
            "Put in the host, the tenant, the Client ID and the IDs you noted.",
            "jobframe config import workday.yaml",
            "jobframe config secret workday workday.client_secret",
            "jobframe config secret workday workday.refresh_token",
            (
                "With user name and password instead: auth: {kind: username_token, "
                "user: "
                f"{ACCOUNT}}} and jobframe config secret workday workday.password"
            ),
        ),
        paste=(
            "adapter: workday\n"
            "settings:\n"
            "  base_url: https://wd2-impl-services1.workday.com\n"
            "  tenant: acme_impl\n"
            "  auth:\n"
            "    kind: oauth\n"
            "    client_id: NTQyMz\n"
            "  training_type: ONLINE_LEARNING\n"
            "  windows:\n"
            "    - {reason: weekly service update, day: friday, at: '18:00', "
            "hours: 12, time_zone: America/Los_Angeles}\n"
        ),
    )


def _check() -> ChecklistStep:
    return ChecklistStep(
        title="Check",
        where="On the connector's machine",
        actions=(
            (
                "jobframe doctor workday: it checks all of the above and names the "
                "Workday "
                "task for what is missing. Nothing is written."
            ),
            "jobframe plan workday: it shows what would be written; nothing is.",
        ),
    )
