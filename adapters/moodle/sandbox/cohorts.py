"""Cohorts and their members.

Unknown and present members are warnings of a successful call; leaving twice is silent.
"""

from typing import Any

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COHORT_ASSIGN,
    COHORT_MANAGE,
    COHORT_VIEW,
)
from adapters.moodle.sandbox.errors import (
    coding_error,
    database_write_error,
    invalid_parameter,
    invalid_user,
    missing_record,
    moodle_error,
)
from adapters.moodle.sandbox.tables import Row

_NAME_WIDTH, _NUMBER_WIDTH = 254, 100


def _read_cohort(call: Call, cohort_id: int) -> Row:
    cohort = call.state.cohorts.get(cohort_id)
    if cohort is None:
        raise missing_record("cohort")
    return cohort


def _context_id(call: Call, category: dict[str, Any]) -> int:
    kind, value = category["type"], category["value"]
    if kind == "system":
        return int(call.state.context("system", 0)["id"])
    if kind not in ("id", "idnumber"):
        raise invalid_parameter(f"category type must be id, idnumber or system:{kind}")
    known = call.state.categories.find(**{kind: value} if kind == "idnumber" else {})
    found = [row for row in known if kind == "idnumber" or str(row["id"]) == value]
    if not found or value == "":
        raise invalid_parameter(f"category not exists: category={value}")
    return int(call.state.context("coursecat", found[0]["id"])["id"])


def _show(cohort: Row) -> Row:
    names = ("id", "name", "idnumber", "description", "descriptionformat", "visible")
    return {**{name: cohort[name] for name in names}, "theme": "", "customfields": []}


@serves("core_cohort_create_cohorts")
def create_cohorts(call: Call) -> list[Row]:
    """Create cohorts, all or none; a taken idnumber is refused without saying so."""
    wanted = call.arguments["cohorts"]
    numbers = [entry["idnumber"] for entry in wanted if entry["idnumber"]]
    contexts = [_context_id(call, entry["categorytype"]) for entry in wanted]
    call.require(COHORT_MANAGE)
    taken = any(call.state.cohorts.count(idnumber=number) for number in numbers)
    if taken or len(set(numbers)) != len(numbers):
        raise invalid_parameter("record already exists")
    _check_widths(wanted)
    created = [
        call.state.cohorts.add(
            {
                "contextid": context_id,
                "name": entry["name"],
                "idnumber": entry["idnumber"],
                "description": entry.get("description") or "",
                "descriptionformat": entry.get("descriptionformat", 1),
                "visible": entry.get("visible", True),
            }
        )
        for entry, context_id in zip(wanted, contexts, strict=True)
    ]
    return [_show(row) for row in created]


def _check_widths(wanted: list[Row]) -> None:
    for entry in wanted:
        if len(entry["name"]) > _NAME_WIDTH or len(entry["idnumber"]) > _NUMBER_WIDTH:
            raise database_write_error("ERROR:  value too long")


@serves("core_cohort_update_cohorts")
def update_cohorts(call: Call) -> None:
    """Change cohorts, all or none."""
    changes = []
    for entry in call.arguments["cohorts"]:
        if not entry["name"].strip():
            raise invalid_parameter("Invalid cohort name")
        cohort = _read_cohort(call, entry["id"])
        call.require(COHORT_MANAGE)
        context_id = _context_id(call, entry["categorytype"])
        names = ("name", "idnumber", "description", "descriptionformat", "visible")
        kept = {name: entry[name] for name in names if name in entry}
        changes.append((cohort["id"], {**kept, "contextid": context_id}))
    _check_widths(call.arguments["cohorts"])
    for cohort_id, values in changes:
        call.state.cohorts.change(cohort_id, **values)


@serves("core_cohort_delete_cohorts")
def delete_cohorts(call: Call) -> None:
    """Delete cohorts with their memberships and template links."""
    ids = [_read_cohort(call, key)["id"] for key in call.arguments["cohortids"]]
    call.require(COHORT_MANAGE)
    for key in ids:
        for row in call.state.cohort_members.find(cohortid=key):
            call.state.cohort_members.remove(row["id"])
        for row in call.state.template_cohorts.find(cohortid=key):
            call.state.template_cohorts.remove(row["id"])
        call.state.cohorts.remove(key)


@serves("core_cohort_get_cohorts")
def get_cohorts(call: Call) -> list[Row]:
    """List cohorts by id, or all; unknown ids are left out."""
    ids = call.arguments["cohortids"] or list(call.state.cohorts.rows)
    call.require(COHORT_VIEW, COHORT_MANAGE)
    rows = call.state.cohorts.rows
    return [_show(rows[key]) for key in sorted(set(ids)) if key in rows]


@serves("core_cohort_search_cohorts")
def search_cohorts(call: Call) -> Row:
    """Find a text in name, idnumber or description."""
    context = call.context_from(call.arguments["context"])
    call.require(COHORT_VIEW, COHORT_MANAGE)
    includes = call.arguments["includes"]
    if includes not in ("self", "parents", "all"):
        raise coding_error("Invalid parameter value for 'includes'.")
    wanted = call.arguments["query"].casefold()
    found = [
        row
        for row in call.state.cohorts
        if (includes == "all" or row["contextid"] == context["id"])
        and any(
            wanted in row[name].casefold()
            for name in ("name", "idnumber", "description")
        )
    ]
    found.sort(key=lambda row: (row["name"], row["idnumber"]))
    skip, limit = call.arguments["limitfrom"], call.arguments["limitnum"]
    page = found[skip : skip + limit] if limit else found[skip:]
    return {"cohorts": [_show(row) for row in page]}


@serves("core_cohort_add_cohort_members")
def add_members(call: Call) -> Row:
    """Add members; what cannot be added comes back as a warning."""
    warnings = []
    for member in call.arguments["members"]:
        warning = _add_member(call, member["cohorttype"], member["usertype"])
        if warning is not None:
            warnings.append({"warningcode": warning[0], "message": warning[1]})
    return {"warnings": warnings}


def _add_member(call: Call, cohort: Row, user: Row) -> tuple[str, str] | None:
    if cohort["type"] not in ("id", "idnumber"):
        return "1", f"invalid parameter: cohortype={cohort['type']}"
    if user["type"] not in ("id", "username"):
        return "1", f"invalid parameter: usertype={user['type']}"
    found = call.state.cohorts.first(**_key(cohort))
    if found is None:
        return "2", f"cohort {cohort['type']}={cohort['value']} not exists"
    person = call.state.users.first(**_key(user))
    if person is None:
        return "2", f"user {user['type']}={user['value']} not exists"
    key = {"cohortid": found["id"], "userid": person["id"]}
    if call.state.cohort_members.count(**key):
        pair = f"{cohort['type']}={cohort['value']} {user['type']}={user['value']}"
        return "3", f"record already exists: cohort({pair})"
    call.require(COHORT_ASSIGN, COHORT_MANAGE)
    call.state.cohort_members.add(key)
    return None


def _key(source: Row) -> dict[str, Any]:
    value = source["value"]
    if source["type"] == "id":
        if not value.isdigit():
            raise moodle_error("Error", "cohort/Error", "cohort")
        value = int(value)
    return {source["type"]: value}


@serves("core_cohort_delete_cohort_members")
def delete_members(call: Call) -> None:
    """Remove members; who is not in is passed over silently."""
    pairs = []
    for member in call.arguments["members"]:
        cohort = _read_cohort(call, member["cohortid"])
        if call.state.users.get(member["userid"]) is None:
            raise invalid_user()
        call.require(COHORT_ASSIGN, COHORT_MANAGE)
        pairs.append({"cohortid": cohort["id"], "userid": member["userid"]})
    for pair in pairs:
        for row in call.state.cohort_members.find(**pair):
            call.state.cohort_members.remove(row["id"])


@serves("core_cohort_get_cohort_members")
def get_members(call: Call) -> list[Row]:
    """List the user ids of each cohort, unpaged."""
    shown = []
    for cohort_id in call.arguments["cohortids"]:
        cohort = _read_cohort(call, cohort_id)
        call.require(COHORT_VIEW, COHORT_MANAGE)
        members = call.state.cohort_members.find(cohortid=cohort["id"])
        users = [call.state.users.rows[row["userid"]] for row in members]
        users.sort(key=lambda user: (user["lastname"], user["firstname"]))
        ids = [user["id"] for user in users]
        shown.append({"cohortid": cohort["id"], "userids": ids})
    return shown
