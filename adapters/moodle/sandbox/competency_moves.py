"""Moving competencies: to another parent, up and down, and relating two of them.

Every change of place resets the rules of the parents it touches.
"""

from adapters.moodle.sandbox import rules
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import COMPETENCY_MANAGE
from adapters.moodle.sandbox.competencies import (
    COMPETENCY,
    ancestor_ids_of,
    close_gap,
    parent_of,
    place_under,
    read_competency,
    reset_rule,
    show_competency,
)
from adapters.moodle.sandbox.errors import coding_error, invalid_persistent
from adapters.moodle.sandbox.records import INVALID, read_record, update_record
from adapters.moodle.sandbox.tables import Row


@serves("core_competency_set_parent_competency")
def set_parent(call: Call) -> bool:
    """Move a competency; moved below its own subtree, it first hands its children up.

    Raises MoodleError `codingerror` for its present parent or itself.
    """
    competency = read_competency(call, call.arguments["competencyid"])
    call.require(COMPETENCY_MANAGE)
    target_id = call.arguments["parentid"]
    if target_id == competency["id"]:
        raise coding_error("Can not set a competency as a parent of itself.")
    if target_id == competency["parentid"]:
        raise coding_error("Can not move a competency to the same location.")
    target = read_record(call, COMPETENCY, target_id) if target_id else None
    _require_same_framework(competency, target)
    if target is not None and competency["id"] in ancestor_ids_of(target):
        for child in call.state.competencies.find(parentid=competency["id"]):
            _move(call, child, parent_of(call, competency))
        update_record(call, COMPETENCY, competency, rules.NO_RULE)
    reset_rule(call, parent_of(call, competency))
    reset_rule(call, target)
    _move(call, competency, target)
    return True


def _require_same_framework(competency: Row, target: Row | None) -> None:
    if target is None:
        return
    if target["competencyframeworkid"] != competency["competencyframeworkid"]:
        raise invalid_persistent([INVALID])


def _move(call: Call, competency: Row, parent: Row | None) -> None:
    before = dict(competency)
    place = place_under(call, parent, competency["competencyframeworkid"])
    moved = update_record(call, COMPETENCY, competency, place)
    old_path = f"{before['path']}{before['id']}/"
    new_path = f"{moved['path']}{moved['id']}/"
    for row in call.state.competencies:
        if row["path"].startswith(old_path):
            path = new_path + row["path"][len(old_path) :]
            call.state.competencies.change(row["id"], path=path)
    close_gap(call, before)


@serves("core_competency_move_up_competency")
def move_up(call: Call) -> bool:
    """Swap with the sibling before; false for the first."""
    return _swap(call, -1)


@serves("core_competency_move_down_competency")
def move_down(call: Call) -> bool:
    """Swap with the sibling after; false for the last."""
    return _swap(call, 1)


def _swap(call: Call, step: int) -> bool:
    competency = read_competency(call, call.arguments["id"])
    call.require(COMPETENCY_MANAGE)
    siblings = call.state.competencies.find(
        competencyframeworkid=competency["competencyframeworkid"],
        parentid=competency["parentid"],
    )
    old = competency["sortorder"]
    new = old + step
    if not 0 <= new < len(siblings):
        return False
    for sibling in siblings:
        if sibling["sortorder"] == new and sibling["id"] != competency["id"]:
            update_record(call, COMPETENCY, sibling, {"sortorder": old})
    update_record(call, COMPETENCY, competency, {"sortorder": new})
    return True


@serves("core_competency_add_related_competency")
def add_related(call: Call) -> bool:
    """Relate two competencies of one framework; true also when they were."""
    first = read_competency(call, call.arguments["competencyid"])
    second = read_competency(call, call.arguments["relatedcompetencyid"])
    call.require(COMPETENCY_MANAGE)
    if _relation(call, first["id"], second["id"]) is not None:
        return True
    is_other = first["id"] != second["id"]
    if (
        not is_other
        or first["competencyframeworkid"] != second["competencyframeworkid"]
    ):
        raise invalid_persistent([INVALID])
    low, high = sorted((first["id"], second["id"]))
    call.state.related.add({"competencyid": low, "relatedcompetencyid": high})
    return True


@serves("core_competency_remove_related_competency")
def remove_related(call: Call) -> bool:
    """Take a relation away; false when there was none."""
    first = read_competency(call, call.arguments["competencyid"])
    call.require(COMPETENCY_MANAGE)
    relation = _relation(call, first["id"], call.arguments["relatedcompetencyid"])
    if relation is None:
        return False
    call.state.related.remove(relation["id"])
    return True


def _relation(call: Call, first_id: int, second_id: int) -> Row | None:
    low, high = sorted((first_id, second_id))
    return call.state.related.first(competencyid=low, relatedcompetencyid=high)


def related_to(call: Call, competency_id: int) -> list[Row]:
    """Return the competencies related to one, in the order of the tree."""
    table = call.state.related
    ids = [row["relatedcompetencyid"] for row in table.find(competencyid=competency_id)]
    ids += [
        row["competencyid"] for row in table.find(relatedcompetencyid=competency_id)
    ]
    found = [call.state.competencies.rows[key] for key in ids]
    return sorted(found, key=lambda row: (row["path"], row["sortorder"]))


@serves("tool_lp_data_for_related_competencies_section")
def list_related(call: Call) -> Row:
    """List the competencies related to one."""
    competency = read_competency(call, call.arguments["competencyid"])
    found = related_to(call, competency["id"])
    return {
        "relatedcompetencies": [show_competency(call, row) for row in found],
        "showdeleterelatedaction": call.can(COMPETENCY_MANAGE),
    }
