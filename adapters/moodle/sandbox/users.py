"""Looking users up. Too few rights mean an empty answer, never an error."""

import re

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    USER_IDENTITY,
    USER_VIEW_ALL_DETAILS,
    USER_VIEW_DETAILS,
)
from adapters.moodle.sandbox.cleaning import is_clean
from adapters.moodle.sandbox.errors import (
    coding_error,
    invalid_parameter,
    moodle_error,
)
from adapters.moodle.sandbox.people import full_name, picture_urls
from adapters.moodle.sandbox.tables import Row

_EXACT = frozenset({"id", "idnumber", "username", "auth"})
_LIKE = frozenset({"email", "firstname", "lastname"})
_USERNAME = re.compile(r"[a-z0-9._@-]*")


def show_user(call: Call, user: Row) -> Row | None:
    """Return what the caller may see of a user; None when that is nothing."""
    if not call.can(USER_VIEW_DETAILS):
        return None
    small, large = picture_urls(call)
    shown = {
        **{name: user[name] for name in ("id", "firstname", "lastname")},
        "fullname": full_name(user),
        "firstaccess": 0,
        "lastaccess": 0,
        "profileimageurlsmall": small,
        "profileimageurl": large,
    }
    if call.can(USER_VIEW_ALL_DETAILS):
        shown |= {
            **{name: user[name] for name in ("username", "idnumber", "auth")},
            "suspended": user["suspended"],
            "confirmed": True,
            "lang": "en",
            "theme": "",
            "timezone": "99",
            "mailformat": 1,
            "trackforums": 0,
        }
        if not user["idnumber"]:
            del shown["idnumber"]  # the one field left out when empty
    if user["id"] == call.user_id:
        shown["preferences"] = []
    if call.can(USER_IDENTITY):
        shown |= {"email": user["email"], "department": user["department"]}
    return shown


@serves("core_user_get_users_by_field")
def get_users_by_field(call: Call) -> list[Row]:
    """Find users whose field equals one of the values, letter case included."""
    field, values = call.arguments["field"], call.arguments["values"]
    if field not in ("id", "idnumber", "username", "email"):
        raise coding_error("invalid field parameter")
    if field == "id":
        if not all(is_clean(value, "INT") for value in values):
            raise invalid_parameter("The field 'id' value is invalid")
        values = [int(value) for value in values]
    if field == "username" and not all(map(_USERNAME.fullmatch, values)):
        raise invalid_parameter("The field 'username' value is invalid")
    found = {row["id"]: row for value in values for row in _equal(call, field, value)}
    shown = [show_user(call, found[key]) for key in sorted(found)]
    return [user for user in shown if user is not None and user.get(field)]


def _equal(call: Call, field: str, value: str | int) -> list[Row]:
    return call.state.users.find(**{field: value})


@serves("core_user_get_users")
def get_users(call: Call) -> Row:
    """Find users that meet all criteria; names and e-mail take % as wildcard."""
    found = sorted(call.state.users, key=lambda row: int(row["id"]))
    used: list[str] = []
    warnings = []
    for criterion in call.arguments["criteria"]:
        key, value = criterion["key"], criterion["value"]
        if key in used:
            raise moodle_error("keyalreadyset", "error/keyalreadyset")
        if key not in _EXACT | _LIKE:
            message = (
                f"The search key '{key}' is not supported, look at the web service "
                "documentation"
            )
            warnings.append(
                {
                    "item": key,
                    "warningcode": "invalidfieldparameter",
                    "message": message,
                }
            )
            continue
        used.append(key)
        found = [row for row in found if _meets(row, key, value)]
    shown = [show_user(call, row) for row in found]
    visible = [user for user in shown if user and all(user.get(key) for key in used)]
    return {"users": visible, "warnings": warnings}


def _meets(user: Row, key: str, value: str) -> bool:
    if key in _EXACT:
        return str(user[key]) == value
    parts = [re.escape(part).replace("_", ".") for part in value.split("%")]
    return bool(re.fullmatch(".*".join(parts), user[key], re.IGNORECASE | re.DOTALL))
