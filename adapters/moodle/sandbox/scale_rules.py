"""Scales and scale configurations: what is valid, and what they say of a rating.

A configuration names its scale in the first element and items by 1-based position in
the others; an item without entry is neither default nor proficient.
"""

import json
from typing import Any

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.errors import php_error
from adapters.moodle.sandbox.formatting import show_string
from adapters.moodle.sandbox.tables import Row

UNKNOWN_SCALE = "Incorrect scale ID"
NOT_CONFIGURED = (
    "The scale needs to be configured by selecting default and proficient items."
)
ALREADY_USED = "The scale cannot be changed, as it is already in use."


def configuration_problem(row: Row) -> str | None:
    """Say what is wrong with a scale configuration, if anything."""
    configuration = _decode(row["scaleconfiguration"])
    if not isinstance(configuration, list) or not configuration:
        return NOT_CONFIGURED
    head, *items = configuration
    if not isinstance(head, dict) or str(head.get("scaleid")) != str(row["scaleid"]):
        return NOT_CONFIGURED
    entries = [item for item in items if isinstance(item, dict)]
    has_default = any(item.get("scaledefault") for item in entries)
    has_proficient = any(item.get("proficient") for item in entries)
    return None if has_default and has_proficient else NOT_CONFIGURED


def scale_of(call: Call, competency: Row) -> tuple[Row, str]:
    """Return the scale that rates a competency and its configuration."""
    source = competency
    if competency["scaleid"] is None:
        source = call.state.frameworks.rows[competency["competencyframeworkid"]]
    return call.state.scales.rows[source["scaleid"]], source["scaleconfiguration"]


def default_rating(call: Call, competency: Row) -> tuple[int, bool]:
    """Return the value automatic completion gives, and whether it is proficient."""
    _, configuration = scale_of(call, competency)
    for item in _decode(configuration)[1:]:
        if item.get("scaledefault"):
            return int(item["id"]), bool(item.get("proficient"))
    raise ValueError("a stored scale configuration always has a default")


def is_proficient(call: Call, competency: Row, grade: int) -> bool:
    """Say whether a rating counts as proficient for the competency."""
    _, configuration = scale_of(call, competency)
    return any(
        bool(item.get("proficient"))
        for item in _decode(configuration)[1:]
        if int(item.get("id", 0)) == grade
    )


def grade_name(call: Call, competency: Row, grade: int | None) -> str:
    """Return the name of a rating as shown, "-" for none."""
    if grade is None:
        return "-"
    scale, _ = scale_of(call, competency)
    return show_string(call, scale["values"][grade - 1])


def _decode(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except ValueError:
        return None


@serves("core_competency_get_scale_values")
def get_scale_values(call: Call) -> list[Row]:
    """List the values of a scale; an unknown id is an error of PHP itself."""
    scale = call.state.scales.get(call.arguments["scaleid"])
    if scale is None:
        raise php_error("Call to a member function load_items() on bool")
    return [
        {"id": position, "name": show_string(call, value)}
        for position, value in enumerate(scale["values"], start=1)
    ]
