"""Creating and changing users.

Creation is all or none and vague about what is wrong; a change that is refused is a
warning of a success. Two users may bear one idnumber.
"""

import re
from typing import Any

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import USER_CREATE, USER_UPDATE
from adapters.moodle.sandbox.errors import (
    MoodleError,
    database_write_error,
    invalid_parameter,
    moodle_error,
)
from adapters.moodle.sandbox.state import ADMIN_ID, PROFILE_FIELDS
from adapters.moodle.sandbox.tables import Row

GUEST_ID = 1
_NOT_TO_BE_MADE = frozenset({"mnet", "webservice"})
_WITH_PASSWORD = frozenset({"manual", "email"})
_EMAIL = re.compile(r"[^@\s<>()]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NAMES = ("username", "firstname", "lastname")
_STORED = (*_NAMES, "email", "idnumber", "auth", "suspended", *PROFILE_FIELDS)
_WIDTHS = {"idnumber": 255, "department": 255, "firstname": 100, "lastname": 100}
_POLICY = (
    (r".{8}", "Passwords must be at least 8 characters long."),
    (r"[0-9]", "Passwords must have at least 1 digit(s)."),
    (r"[a-z]", "Passwords must have at least 1 lower case letter(s)."),
    (r"[A-Z]", "Passwords must have at least 1 upper case letter(s)."),
    (
        r"[^A-Za-z0-9]",
        "The password must have at least 1 special character(s) such as *, -, or #.",
    ),
)


@serves("core_user_create_users")
def create_users(call: Call) -> list[Row]:
    """Create users, all or none."""
    call.require(USER_CREATE)
    with call.state.transaction():
        made = [_create(call, entry) for entry in call.arguments["users"]]
    return [{name: user[name] for name in ("id", "username")} for user in made]


def _create(call: Call, entry: Row) -> Row:
    for name in _NAMES:
        if entry[name].strip() == "":
            raise invalid_parameter(f"The field {name} cannot be blank")
    if call.state.users.count(username=entry["username"]):
        raise invalid_parameter(f"Username already exists: {entry['username']}")
    if entry["auth"] in _NOT_TO_BE_MADE:
        raise invalid_parameter(f"Invalid authentication type: {entry['auth']}")
    if entry["lang"] != "en":
        raise invalid_parameter(f"Invalid language code: {entry['lang']}")
    password = entry.get("password") or ""
    needs_password = entry["auth"] in _WITH_PASSWORD and not entry.get("createpassword")
    if needs_password and not password:
        raise invalid_parameter("Invalid password: you must provide a password")
    _check_email(call, entry["email"])
    if needs_password:
        _check_password(password)
    _check_widths(entry)
    values = {name: entry[name] for name in _STORED if entry.get(name) is not None}
    empty = {**dict.fromkeys(PROFILE_FIELDS, ""), "suspended": False}
    return call.state.users.add({**empty, **values, "timemodified": call.now})


def _check_email(call: Call, email: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise invalid_parameter(f"Email address is invalid: {email}")
    if _bearers(call, email):
        raise invalid_parameter(f"Email address already exists: {email}")


def _bearers(call: Call, email: str) -> list[Row]:
    wanted = email.casefold()
    return [user for user in call.state.users if user["email"].casefold() == wanted]


def _check_password(password: str) -> None:
    broken = [rule for pattern, rule in _POLICY if not re.search(pattern, password)]
    if broken:
        # The policy comes as the error code, in HTML: a slip of Moodle's own.
        code = "".join(f"<div>{rule}</div>" for rule in broken)
        raise moodle_error(code, f"error/{code}")


def _check_widths(entry: Row) -> None:
    for name, width in _WIDTHS.items():
        if len(entry.get(name) or "") > width:
            raise database_write_error("ERROR:  value too long")


@serves("core_user_update_users")
def update_users(call: Call) -> Row:
    """Change the columns sent; each user that cannot be changed is a warning."""
    call.require(USER_UPDATE)
    warnings = []
    for entry in call.arguments["users"]:
        try:
            _update(call, entry)
        except MoodleError as error:
            warnings.append(
                {
                    "item": "user",
                    "itemid": entry["id"],
                    "warningcode": error.errorcode,
                    "message": error.message,
                }
            )
    return {"warnings": warnings}


def _update(call: Call, entry: Row) -> None:
    user = call.state.users.get(entry["id"])
    if user is None:
        raise moodle_error("invaliduserid", "Invalid user ID")
    if user["id"] == ADMIN_ID:
        raise moodle_error("usernotupdatedadmin", "Cannot update admin accounts")
    if user["id"] == GUEST_ID:
        raise moodle_error("usernotupdatedguest", "Cannot update guest account")
    email = entry.get("email")
    if email is not None and email != user["email"]:
        if not _EMAIL.fullmatch(email):
            raise moodle_error("useremailinvalid", "Invalid email address")
        if any(other["id"] != user["id"] for other in _bearers(call, email)):
            raise moodle_error("useremailduplicate", "Duplicate address")
    _check_widths(entry)
    changes: dict[str, Any] = {
        name: entry[name] for name in _STORED if entry.get(name) is not None
    }
    call.state.users.change(user["id"], **changes, timemodified=call.now)
