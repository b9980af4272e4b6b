"""Competency frameworks: create, read, update, list, copy, delete.

The context of a framework never changes; a framework in use is not deleted.
"""

from typing import Any

from adapters.moodle.sandbox import scale_rules
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import COMPETENCY_MANAGE, COMPETENCY_VIEW
from adapters.moodle.sandbox.errors import coding_error, no_permission
from adapters.moodle.sandbox.formatting import show_described
from adapters.moodle.sandbox.listing import check_order, sort_and_page
from adapters.moodle.sandbox.records import (
    TEXT_FORMATS,
    Column,
    RecordKind,
    create_record,
    read_record,
    update_record,
)
from adapters.moodle.sandbox.tables import Row

NUMBER_TAKEN = "This ID number is already in use"
INVALID_CONTEXT = "Invalid context"
_TAXONOMIES = frozenset(
    {
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
    }
)


def _check_number(call: Call, row: Row, _before: Row | None) -> str | None:
    same = call.state.frameworks.find(idnumber=row["idnumber"])
    taken = any(other["id"] != row.get("id") for other in same)
    return NUMBER_TAKEN if taken else None


def _check_scale(call: Call, row: Row, before: Row | None) -> str | None:
    if call.state.scales.get(row["scaleid"]) is None:
        return scale_rules.UNKNOWN_SCALE
    changed = before is not None and before["scaleid"] != row["scaleid"]
    if changed and _has_ratings(call, row["id"]):
        return scale_rules.ALREADY_USED
    return None


def _check_configuration(_call: Call, row: Row, _before: Row | None) -> str | None:
    return scale_rules.configuration_problem(row)


def check_context(call: Call, row: Row, _before: Row | None) -> str | None:
    """Say whether the context can hold frameworks and templates."""
    context = call.state.contexts.get(row["contextid"])
    if context is None or context["level"] not in ("system", "coursecat"):
        return INVALID_CONTEXT
    return None


def _check_same_context(call: Call, row: Row, before: Row | None) -> str | None:
    if before is not None and before["contextid"] != row["contextid"]:
        return INVALID_CONTEXT
    return check_context(call, row, before)


def _check_taxonomies(_call: Call, row: Row, _before: Row | None) -> str | None:
    for term in row["taxonomies"].split(","):
        if term and term not in _TAXONOMIES:
            return f"Invalid taxonomy: {term}"
    return None


FRAMEWORK = RecordKind(
    table="frameworks",
    database="competency_framework",
    columns=(
        Column("shortname", width=100),
        Column("idnumber", width=100, check=_check_number),
        Column("description", default=""),
        Column("descriptionformat", default=1, choices=TEXT_FORMATS),
        Column("visible", default=True),
        Column("scaleid", check=_check_scale),
        Column("scaleconfiguration", check=_check_configuration),
        Column("contextid", check=_check_same_context),
        Column("taxonomies", default="", width=255, check=_check_taxonomies),
    ),
)


def _has_ratings(call: Call, framework_id: int) -> bool:
    return any(
        call.state.user_competencies.count(competencyid=competency["id"])
        or call.state.user_competency_plans.count(competencyid=competency["id"])
        for competency in call.state.competencies.find(
            competencyframeworkid=framework_id
        )
    )


def read_framework(call: Call, framework_id: int) -> Row:
    """Return a framework the caller may see."""
    framework = read_record(call, FRAMEWORK, framework_id)
    call.require(COMPETENCY_VIEW, COMPETENCY_MANAGE)
    return framework


def show_framework(call: Call, framework: Row) -> Row:
    """Return the framework as answers show it."""
    count = call.state.competencies.count(competencyframeworkid=framework["id"])
    return {
        **show_described(call, framework, "shortname"),
        "canmanage": call.can(COMPETENCY_MANAGE),
        "competenciescount": count,
        **context_names(call, framework["contextid"]),
    }


def context_names(call: Call, context_id: int) -> Row:
    """Return the two names of a system or category context."""
    context = call.state.contexts.rows[context_id]
    if context["level"] == "system":
        return {"contextname": "System", "contextnamenoprefix": "System"}
    plain = call.state.categories.rows[context["instance"]]["name"]
    return {"contextname": f"Category: {plain}", "contextnamenoprefix": plain}


def contexts_including(call: Call, *any_of: str) -> set[int]:
    """Return the contexts a listing covers, by `context` and `includes`.

    Raises MoodleError `nopermissions` without one of the capabilities.
    """
    context, includes = (
        call.context_from(call.arguments["context"]),
        call.arguments["includes"],
    )
    if includes not in ("children", "parents", "self"):
        raise coding_error("Invalid parameter value for 'includes'.")
    if not call.can(*any_of):
        label = "View competency frameworks"
        raise no_permission(label)
    covered = {context["id"]}
    if includes == "children" and context["level"] in ("system", "user"):
        covered |= {
            other["id"]
            for other in call.state.contexts
            if other["level"] in ("system", "coursecat")
        }
    if includes == "parents":
        covered.add(call.state.context("system", 0)["id"])
    return covered


@serves("core_competency_create_competency_framework")
def create_framework(call: Call) -> Row:
    """Create a framework; needs the right to manage."""
    values = dict(call.arguments["competencyframework"])
    values["contextid"] = call.context_from(values)["id"]
    call.require(COMPETENCY_MANAGE)
    return show_framework(call, create_record(call, FRAMEWORK, values))


@serves("core_competency_read_competency_framework")
def read_competency_framework(call: Call) -> Row:
    """Read one framework."""
    return show_framework(call, read_framework(call, call.arguments["id"]))


@serves("core_competency_update_competency_framework")
def update_framework(call: Call) -> bool:
    """Change the columns sent; the others stay."""
    changes = call.arguments["competencyframework"]
    framework = read_framework(call, changes["id"])
    call.require(COMPETENCY_MANAGE)
    update_record(call, FRAMEWORK, framework, _without_stamps(changes))
    return True


def _without_stamps(changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in changes.items() if key != "id"}


@serves("core_competency_list_competency_frameworks")
def list_frameworks(call: Call) -> list[Row]:
    """List frameworks of a context and, by default, of the categories below it."""
    check_order(call.arguments["order"])
    covered = contexts_including(call, COMPETENCY_VIEW, COMPETENCY_MANAGE)
    query = call.arguments["query"].casefold()
    chosen = [
        row
        for row in call.state.frameworks
        if row["contextid"] in covered
        and (row["visible"] or not call.arguments["onlyvisible"])
        and (
            query in row["shortname"].casefold() or query in row["idnumber"].casefold()
        )
    ]
    page = sort_and_page(chosen, FRAMEWORK, call.arguments)
    return [show_framework(call, row) for row in page]


@serves("core_competency_count_competency_frameworks")
def count_frameworks(call: Call) -> int:
    """Count the frameworks a listing would cover."""
    covered = contexts_including(call, COMPETENCY_VIEW, COMPETENCY_MANAGE)
    return sum(row["contextid"] in covered for row in call.state.frameworks)
