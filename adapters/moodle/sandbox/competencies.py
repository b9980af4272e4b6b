"""Competencies: create, read, update, list, search, delete.

Path and sort order are computed, never taken from a request. Moving lives in its own
module, rules in another.
"""

from collections.abc import Iterable
from typing import Any

from adapters.moodle.sandbox import rules, scale_rules
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import COMPETENCY_MANAGE, COMPETENCY_VIEW
from adapters.moodle.sandbox.cleaning import is_clean
from adapters.moodle.sandbox.errors import (
    coding_error,
    database_read_error,
    invalid_parameter,
)
from adapters.moodle.sandbox.formatting import show_described
from adapters.moodle.sandbox.frameworks import NUMBER_TAKEN, read_framework
from adapters.moodle.sandbox.listing import check_order, sort_and_page
from adapters.moodle.sandbox.records import (
    INVALID,
    TEXT_FORMATS,
    Column,
    RecordKind,
    create_record,
    read_record,
    update_record,
)
from adapters.moodle.sandbox.tables import Row

_FILTER_COLUMNS = frozenset(
    {
        "id",
        "shortname",
        "description",
        "sortorder",
        "idnumber",
        "parentid",
        "competencyframeworkid",
    }
)
_NUMBER_COLUMNS = frozenset({"id", "sortorder", "parentid", "competencyframeworkid"})
_IGNORED_ON_UPDATE = frozenset({"id", "parentid", "sortorder", "competencyframeworkid"})


def _check_number(call: Call, row: Row, _before: Row | None) -> str | None:
    same = call.state.competencies.find(
        competencyframeworkid=row["competencyframeworkid"], idnumber=row["idnumber"]
    )
    taken = any(other["id"] != row.get("id") for other in same)
    return NUMBER_TAKEN if taken else None


def _check_parent(call: Call, row: Row, before: Row | None) -> str | None:
    if before is None or before["parentid"] == row["parentid"] or not row["parentid"]:
        return None
    parent = call.state.competencies.rows[row["parentid"]]
    same = parent["competencyframeworkid"] == row["competencyframeworkid"]
    return None if same else INVALID


def _check_path(_call: Call, row: Row, _before: Row | None) -> str | None:
    return None if row["path"].endswith(f"/{row['parentid']}/") else INVALID


def _check_rule_type(_call: Call, row: Row, _before: Row | None) -> str | None:
    known = row["ruletype"] is None or row["ruletype"] in rules.RULE_TYPES
    return None if known else INVALID


def _check_rule_configuration(call: Call, row: Row, _before: Row | None) -> str | None:
    return None if rules.is_configuration_valid(call, row) else INVALID


def _check_scale(call: Call, row: Row, before: Row | None) -> str | None:
    if row["scaleid"] is None:
        return None
    if call.state.scales.get(row["scaleid"]) is None:
        return scale_rules.UNKNOWN_SCALE
    changed = before is not None and before["scaleid"] != row["scaleid"]
    return scale_rules.ALREADY_USED if changed and _is_rated(call, row["id"]) else None


def _check_configuration(_call: Call, row: Row, _before: Row | None) -> str | None:
    if row["scaleid"] is None and row["scaleconfiguration"] is None:
        return None
    return scale_rules.configuration_problem(row)


COMPETENCY = RecordKind(
    table="competencies",
    database="competency",
    columns=(
        Column("shortname", width=100),
        Column("idnumber", width=100, check=_check_number),
        Column("description", default=""),
        Column("descriptionformat", default=1, choices=TEXT_FORMATS),
        Column("sortorder", default=0),
        Column("parentid", default=0, check=_check_parent),
        Column("path", default="/0/", width=255, check=_check_path),
        Column("ruleoutcome", default=0, choices=rules.OUTCOMES),
        Column("ruletype", allows_null=True, width=100, check=_check_rule_type),
        Column("ruleconfig", allows_null=True, check=_check_rule_configuration),
        Column("scaleid", allows_null=True, check=_check_scale),
        Column("scaleconfiguration", allows_null=True, check=_check_configuration),
        Column("competencyframeworkid", default=0),
    ),
)


def _is_rated(call: Call, competency_id: int) -> bool:
    return bool(
        call.state.user_competencies.count(competencyid=competency_id)
        or call.state.user_competency_plans.count(competencyid=competency_id)
    )


def read_competency(call: Call, competency_id: int) -> Row:
    """Return a competency the caller may see."""
    if competency_id <= 0:
        raise coding_error("Invalid context id specified context::instance_by_id()")
    competency = read_record(call, COMPETENCY, competency_id)
    call.require(COMPETENCY_VIEW, COMPETENCY_MANAGE)
    return competency


def show_competency(call: Call, competency: Row) -> Row:
    """Return the competency as answers show it."""
    return show_described(call, competency, "shortname")


def parent_of(call: Call, row: Row) -> Row | None:
    """Return the parent, None for a root; raises `invalidrecord` for an unknown id."""
    if not row["parentid"]:
        return None
    return read_record(call, COMPETENCY, row["parentid"])


def place_under(call: Call, parent: Row | None, framework_id: int) -> dict[str, Any]:
    """Return path and sort order of a newcomer under the parent.

    The sort order counts the siblings this call could see when it started, so that
    parallel creations under one parent may get equal numbers, as on a real site.
    """
    parent_id = parent["id"] if parent else 0
    path = f"{parent['path']}{parent_id}/" if parent else "/0/"
    table = call.state.competencies
    seen = table.count(competencyframeworkid=framework_id, parentid=parent_id)
    if call.arrival is not None and call.arrival < table.next_id - 1:
        siblings = table.find(competencyframeworkid=framework_id, parentid=parent_id)
        seen = sum(sibling["id"] <= call.arrival for sibling in siblings)
    return {"parentid": parent_id, "path": path, "sortorder": seen}


def reset_rule(call: Call, competency: Row | None) -> None:
    """Take the rule of a parent away, as every change below it does."""
    if competency is not None:
        update_record(call, COMPETENCY, competency, rules.NO_RULE)


@serves("core_competency_create_competency")
def create_competency(call: Call) -> Row:
    """Create a competency; silently resets the rule of its parent."""
    values = call.arguments["competency"]
    framework = read_framework(call, values["competencyframeworkid"])
    call.require(COMPETENCY_MANAGE)
    parent = parent_of(call, values)
    place = place_under(call, parent, framework["id"])
    created = create_record(call, COMPETENCY, {**values, **place})
    reset_rule(call, parent)
    return show_competency(call, created)


@serves("core_competency_read_competency")
def read_one_competency(call: Call) -> Row:
    """Read one competency."""
    return show_competency(call, read_competency(call, call.arguments["id"]))


@serves("core_competency_update_competency")
def update_competency(call: Call) -> bool:
    """Change the columns sent; place in the tree and framework are ignored."""
    changes = call.arguments["competency"]
    competency = read_competency(call, changes["id"])
    call.require(COMPETENCY_MANAGE)
    kept = {key: changes[key] for key in changes.keys() - _IGNORED_ON_UPDATE}
    update_record(call, COMPETENCY, competency, kept)
    return True


def _selected(call: Call) -> list[Row]:
    filters: dict[str, Any] = {}
    for entry in call.arguments["filters"]:
        if entry["column"] not in _FILTER_COLUMNS:
            raise invalid_parameter("Filter column was invalid")
        filters[entry["column"]] = entry["value"]
    framework_id = filters.get("competencyframeworkid", "1")
    if not is_clean(framework_id, "INT"):
        raise coding_error("id is required to load")
    for column in filters.keys() & _NUMBER_COLUMNS:
        if not is_clean(filters[column], "INT"):
            raise database_read_error("ERROR:  invalid input syntax for type bigint")
        filters[column] = int(filters[column])
    if "competencyframeworkid" in filters:
        read_framework(call, filters["competencyframeworkid"])
    call.require(COMPETENCY_VIEW, COMPETENCY_MANAGE)
    return call.state.competencies.find(**filters)


@serves("core_competency_list_competencies")
def list_competencies(call: Call) -> list[Row]:
    """List the competencies that equal all filters, one page, one sort column."""
    check_order(call.arguments["order"])
    found = _selected(call)
    if not call.arguments["sort"]:
        wanted = {row["id"] for row in found}
        found = [row for row in call.state.competencies if row["id"] in wanted]
    page = sort_and_page(found, COMPETENCY, call.arguments)
    return [show_competency(call, row) for row in page]


@serves("core_competency_count_competencies")
def count_competencies(call: Call) -> int:
    """Count the competencies that equal all filters."""
    return len(_selected(call))


@serves("core_competency_search_competencies")
def search_competencies(call: Call) -> list[Row]:
    """Find a text in name, idnumber or description; ancestors follow the matches."""
    framework = read_framework(call, call.arguments["competencyframeworkid"])
    wanted = call.arguments["searchtext"].casefold()
    rows = call.state.competencies.find(competencyframeworkid=framework["id"])
    matches = [
        row
        for row in rows
        if any(
            wanted in row[name].casefold()
            for name in ("shortname", "idnumber", "description")
        )
    ]
    matched = {row["id"] for row in matches}
    ancestor_ids = {key for row in matches for key in ancestor_ids_of(row)} - matched
    ancestors = [call.state.competencies.rows[key] for key in ancestor_ids]
    ordered = [*_in_tree_order(matches), *_in_tree_order(ancestors)]
    return [show_competency(call, row) for row in ordered]


def _in_tree_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["path"], row["sortorder"], row["id"]))


def ancestor_ids_of(competency: Row) -> list[int]:
    """Return the ids of all ancestors, root first."""
    return [int(part) for part in competency["path"].strip("/").split("/")[1:]]


def subtree_ids(call: Call, competency: Row) -> list[int]:
    """Return the ids of a competency and everything below it."""
    ids = [competency["id"]]
    for child in call.state.competencies.find(parentid=competency["id"]):
        ids += subtree_ids(call, child)
    return ids


def are_deletable(call: Call, ids: list[int]) -> bool:
    """Say whether none of the competencies is linked or rated anywhere."""
    state = call.state
    users = (
        state.template_links,
        state.plan_links,
        state.course_links,
        state.user_competencies,
        state.user_competency_plans,
    )
    return not any(table.count(competencyid=key) for key in ids for table in users)


def forget(call: Call, ids: list[int]) -> None:
    """Delete the competencies and their relations."""
    for key in ids:
        call.state.competencies.remove(key)
        related = call.state.related
        for row in (
            *related.find(competencyid=key),
            *related.find(relatedcompetencyid=key),
        ):
            related.remove(row["id"])


def close_gap(call: Call, left: Row) -> None:
    """Move later siblings up by one after a competency left its place."""
    siblings = call.state.competencies.find(
        competencyframeworkid=left["competencyframeworkid"], parentid=left["parentid"]
    )
    for sibling in siblings:
        if sibling["sortorder"] > left["sortorder"]:
            call.state.competencies.change(
                sibling["id"], sortorder=sibling["sortorder"] - 1
            )


@serves("core_competency_delete_competency")
def delete_competency(call: Call) -> bool:
    """Delete a competency and all below it; false when anything there is used."""
    competency = read_competency(call, call.arguments["id"])
    call.require(COMPETENCY_MANAGE)
    ids = subtree_ids(call, competency)
    if not are_deletable(call, ids):
        return False
    reset_rule(call, parent_of(call, competency))
    forget(call, ids)
    close_gap(call, competency)
    return True
