"""Completion rules of competencies: what is valid, and what they do.

A rule looks at the direct children of its competency. It fires when a child turns
proficient, never when it is written.
"""

import json
from typing import Any

from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.cleaning import is_clean
from adapters.moodle.sandbox.tables import Row

RULE_ALL = "core_competency\\competency_rule_all"
RULE_POINTS = "core_competency\\competency_rule_points"
RULE_TYPES = frozenset({RULE_ALL, RULE_POINTS})
OUTCOME_NONE, OUTCOME_EVIDENCE, OUTCOME_COMPLETE, OUTCOME_RECOMMEND = range(4)
OUTCOMES = frozenset(range(4))
NO_RULE: dict[str, Any] = {"ruleoutcome": 0, "ruletype": None, "ruleconfig": None}
"""What creating or moving a child leaves of the rule of its parent."""


def is_configuration_valid(call: Call, competency: Row) -> bool:
    """Say whether the rule configuration of a competency fits its rule type."""
    rule_type, configuration = competency["ruletype"], competency["ruleconfig"]
    if rule_type != RULE_POINTS:
        return configuration is None
    return _are_points_valid(call, competency, configuration)


def _are_points_valid(call: Call, competency: Row, configuration: str | None) -> bool:
    try:
        decoded = json.loads(configuration or "")
        needed = decoded["base"]["points"]
        entries = [
            (entry["id"], entry["points"], entry["required"])
            for entry in decoded["competencies"]
        ]
    except (ValueError, KeyError, TypeError):
        return False
    ids = [entry[0] for entry in entries]
    numbers = [needed, *ids, *(points for _, points, _ in entries)]
    if not all(is_clean(number, "INT") for number in numbers):
        return False
    if not all(is_clean(required, "BOOL") for _, _, required in entries):
        return False
    points = [int(entry[1]) for entry in entries]
    has_enough = 1 <= int(needed) <= sum(points) and min(points, default=-1) >= 0
    return has_enough and _are_all_children(call, competency, ids)


def _are_all_children(call: Call, competency: Row, ids: list[Any]) -> bool:
    if len(set(ids)) != len(ids):
        return False
    children = call.state.competencies.find(parentid=competency.get("id"))
    return {int(child_id) for child_id in ids} <= {child["id"] for child in children}


def is_met(call: Call, parent: Row, user_id: int) -> bool:
    """Say whether the user's proficiency in the children fulfils the parent's rule."""
    children = call.state.competencies.find(parentid=parent["id"])
    proficient = {
        child["id"] for child in children if _is_proficient(call, child["id"], user_id)
    }
    if parent["ruletype"] == RULE_ALL:
        return bool(children) and len(proficient) == len(children)
    return _has_points(parent["ruleconfig"], proficient)


def _is_proficient(call: Call, competency_id: int, user_id: int) -> bool:
    rating = call.state.user_competencies.first(
        userid=user_id, competencyid=competency_id
    )
    return rating is not None and bool(rating["proficiency"])


def _has_points(configuration: str, proficient: set[int]) -> bool:
    decoded = json.loads(configuration)
    entries = {int(entry["id"]): entry for entry in decoded["competencies"]}
    required = {key for key, entry in entries.items() if int(entry["required"])}
    earned = sum(
        int(entry["points"]) for key, entry in entries.items() if key in proficient
    )
    return required <= proficient and earned >= int(decoded["base"]["points"])
