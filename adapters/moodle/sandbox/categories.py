"""Course categories: create and look up. They hold courses, frameworks and cohorts."""

from collections.abc import Callable
from typing import Any

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import CATEGORY_MANAGE
from adapters.moodle.sandbox.course_store import add_category, category_orders
from adapters.moodle.sandbox.errors import moodle_error, unknown_format
from adapters.moodle.sandbox.formatting import show_string, show_text
from adapters.moodle.sandbox.records import TEXT_FORMATS
from adapters.moodle.sandbox.tables import Row

_NAME_WIDTH, _NUMBER_WIDTH = 255, 100
_FOR_MANAGERS = frozenset({"idnumber", "theme"})


@serves("core_course_create_categories")
def create_categories(call: Call) -> list[Row]:
    """Create categories, all or none; an idnumber is used once."""
    with call.state.transaction():
        return [_create(call, entry) for entry in call.arguments["categories"]]


def _create(call: Call, entry: Row) -> Row:
    if entry["parent"] and call.state.categories.get(entry["parent"]) is None:
        raise moodle_error("unknowcategory", "error/unknowcategory")
    call.require(CATEGORY_MANAGE)
    if entry["descriptionformat"] not in TEXT_FORMATS:
        raise unknown_format(entry["descriptionformat"])
    _check(call, entry)
    names = ("name", "parent", "idnumber", "description", "descriptionformat")
    values = {name: entry[name] for name in names if name in entry}
    stored = add_category(call.state, values, now=call.now)
    return {"id": stored["id"], "name": show_string(call, stored["name"])}


def _check(call: Call, entry: Row) -> None:
    number = entry.get("idnumber")
    if entry["name"] in ("", "0"):
        raise moodle_error("categorynamerequired", "Category name is required")
    if len(entry["name"]) > _NAME_WIDTH:
        raise moodle_error("categorytoolong", "Category name is too long")
    if number and len(number) > _NUMBER_WIDTH:
        raise moodle_error("idnumbertoolong", "ID number is too long")
    if number and call.state.categories.count(idnumber=number):
        message = "ID number is already used for another category"
        raise moodle_error("categoryidnumbertaken", message)


@serves("core_course_get_categories")
def get_categories(call: Call) -> list[Row]:
    """Find the categories that meet all criteria, with those below by default."""
    tests = [_test(call, entry) for entry in call.arguments["criteria"]]
    found = [row for row in call.state.categories if all(test(row) for test in tests)]
    if tests and call.arguments["addsubcategories"]:
        paths = tuple(f"{row['path']}/" for row in found)
        known = {row["id"] for row in found}
        found += [
            row
            for row in call.state.categories
            if row["path"].startswith(paths) and row["id"] not in known
        ]
    orders = category_orders(call.state)
    found.sort(key=lambda row: orders[row["id"]])
    return [_show(call, row, orders[row["id"]]) for row in found]


def _test(call: Call, entry: Row) -> Callable[[Row], bool]:
    key, value = entry["key"].strip(), entry["value"]
    if key in _FOR_MANAGERS and not call.can(CATEGORY_MANAGE):
        raise _refusal(
            f'You don\'t have the permissions to search on the "{key}" field.'
        )
    if key in ("id", "parent", "visible"):
        return lambda row: int(row[key]) == _number(value)
    if key == "ids":
        wanted = {_number(part) for part in value.split(",")}
        return lambda row: row["id"] in wanted
    if key in ("idnumber", "name"):
        return lambda row: bool(row[key] == value)
    if key == "theme":
        return lambda _: value == ""
    raise _refusal(f"You can not search on this criteria: {key}")


def _refusal(reason: str) -> Exception:
    message = f"Missing permissions to search on a criteria ({reason})"
    return moodle_error("criteriaerror", message, "webservice")


def _number(text: str) -> int:
    digits = text.strip().removeprefix("-")
    return int(text) if digits.isdigit() else 0


def _show(call: Call, row: Row, order: int) -> Row:
    text, text_format = show_text(call, row["description"], row["descriptionformat"])
    shown: dict[str, Any] = {
        **{name: row[name] for name in ("id", "parent", "depth", "path")},
        "name": show_string(call, row["name"]),
        "description": text,
        "descriptionformat": text_format or 1,
        "sortorder": order,
        "coursecount": call.state.courses.count(category=row["id"]),
    }
    if call.can(CATEGORY_MANAGE):
        shown |= {
            "idnumber": row["idnumber"],
            "visible": int(row["visible"]),
            "visibleold": int(row["visible"]),
            "timemodified": row["timemodified"],
            "theme": "",
        }
    return shown
