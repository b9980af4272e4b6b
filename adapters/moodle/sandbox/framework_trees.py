"""Steps that take a framework together with its competencies: delete and copy."""

import json
from dataclasses import replace
from typing import Any

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import COMPETENCY_MANAGE
from adapters.moodle.sandbox.competencies import (
    COMPETENCY,
    are_deletable,
    forget,
    place_under,
)
from adapters.moodle.sandbox.frameworks import (
    FRAMEWORK,
    read_framework,
    show_framework,
)
from adapters.moodle.sandbox.records import create_record, update_record
from adapters.moodle.sandbox.tables import Row

_RULE = ("ruletype", "ruleoutcome", "ruleconfig")


@serves("core_competency_delete_competency_framework")
def delete_framework(call: Call) -> bool:
    """Delete a framework with all competencies; false when one of them is used."""
    framework = read_framework(call, call.arguments["id"])
    call.require(COMPETENCY_MANAGE)
    rows = call.state.competencies.find(competencyframeworkid=framework["id"])
    ids = [row["id"] for row in rows]
    if not are_deletable(call, ids):
        return False
    forget(call, ids)
    call.state.frameworks.remove(framework["id"])
    return True


@serves("core_competency_duplicate_competency_framework")
def duplicate_framework(call: Call) -> Row:
    """Copy a framework and its tree; idnumber and name get a suffix."""
    call = replace(call, arrival=None)  # the copies count each other
    source = read_framework(call, call.arguments["id"])
    call.require(COMPETENCY_MANAGE)
    number = _unused_number(call, source["idnumber"])
    name = f"{source['shortname']} (copy)"
    values = {**source, "idnumber": number, "shortname": name}
    copy = create_record(call, FRAMEWORK, values)
    copied: dict[int, Row] = {}
    _copy_children(call, source["id"], 0, copy["id"], copied)
    _copy_relations(call, copied)
    for source_id, row in copied.items():
        _copy_rule(call, call.state.competencies.rows[source_id], row, copied)
    return show_framework(call, copy)


def _unused_number(call: Call, number: str) -> str:
    candidate, counter = number, 0
    while call.state.frameworks.count(idnumber=candidate):
        counter += 1
        suffix = f"_{counter}"
        candidate = number[: 100 - len(suffix)] + suffix
    return candidate


def _copy_children(
    call: Call, source_id: int, parent_id: int, target_id: int, copied: dict[int, Row]
) -> None:
    table = call.state.competencies
    children = table.find(competencyframeworkid=source_id, parentid=parent_id)
    for child in sorted(children, key=lambda row: int(row["sortorder"])):
        place = place_under(call, copied.get(parent_id), target_id)
        values = {**child, **place, **dict.fromkeys(_RULE), "ruleoutcome": 0}
        values["competencyframeworkid"] = target_id
        copied[child["id"]] = create_record(call, COMPETENCY, values)
        _copy_children(call, source_id, child["id"], target_id, copied)


def _copy_relations(call: Call, copied: dict[int, Row]) -> None:
    for relation in call.state.related:
        ends = (relation["competencyid"], relation["relatedcompetencyid"])
        if all(end in copied for end in ends):
            first, second = sorted(copied[end]["id"] for end in ends)
            call.state.related.add(
                {**relation, "competencyid": first, "relatedcompetencyid": second}
            )


def _copy_rule(call: Call, source: Row, target: Row, copied: dict[int, Row]) -> None:
    if source["ruletype"] is None:
        return
    rule: dict[str, Any] = {name: source[name] for name in _RULE}
    if rule["ruleconfig"] is not None:
        configuration = json.loads(rule["ruleconfig"])
        for entry in configuration["competencies"]:
            entry["id"] = copied[int(entry["id"])]["id"]
        rule["ruleconfig"] = json.dumps(configuration, separators=(",", ":"))
    update_record(call, COMPETENCY, target, rule)
