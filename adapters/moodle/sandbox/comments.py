"""Comments on plans and on the competencies of people."""

import html
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COMMENT_VIEW,
    PLAN_COMMENT,
    PLAN_MANAGE,
    PLAN_VIEW,
    USER_COMPETENCY_COMMENT,
    USER_COMPETENCY_VIEW,
)
from adapters.moodle.sandbox.errors import (
    comment_refused,
    invalid_parameter,
    missing_record,
    moodle_error,
)
from adapters.moodle.sandbox.people import full_name
from adapters.moodle.sandbox.purified import is_purified
from adapters.moodle.sandbox.tables import Row

_BARE_AMPERSAND = re.compile(r"&(?![a-zA-Z0-9#]{1,8};)")
_PAGE = 15
_TIME_FORM = "%a, %d %b %Y, %I:%M %p"
_FORMAT_MOODLE, _FORMAT_HTML = 0, 1
_AREAS = {
    "plan": ("plans", "competency_plan", (PLAN_VIEW, PLAN_MANAGE), PLAN_COMMENT),
    "user_competency": (
        "user_competencies",
        "competency_usercomp",
        (USER_COMPETENCY_VIEW, PLAN_VIEW, PLAN_MANAGE),
        USER_COMPETENCY_COMMENT,
    ),
}


def _rights(call: Call, source: Row) -> tuple[bool, bool]:
    """Say whether the caller may read and may write comments on an item."""
    call.context_from(source)
    area = _AREAS.get(source["area"])
    if source["component"] != "competency" or area is None:
        raise comment_refused("invalidcommentparam", "Invalid comment parameters")
    table, database, reading, writing = area
    if getattr(call.state, table).get(source["itemid"]) is None:
        raise missing_record(database)
    can_read = call.can(*reading)
    return can_read, can_read and call.can(writing)


@serves("core_comment_add_comments")
def add_comments(call: Call) -> list[Row]:
    """Store comments; nothing is stored unless all may be made."""
    wanted = call.arguments["comments"]
    for entry in wanted:
        if not _rights(call, entry)[1]:
            message = "No permission to comment!"
            raise comment_refused("nopermissiontocomment", message)
    return [_add(call, entry) for entry in wanted]


def _add(call: Call, entry: Row) -> Row:
    names = ("component", "area", "itemid", "content")
    stored = call.state.comments.add(
        {
            **{name: entry[name] for name in names},
            "userid": call.user_id,
            "timecreated": call.now,
        }
    )
    shown = _show(call, stored)
    # The answer to a new comment shows the address as a page would write it.
    address = shown["profileurl"].replace("&", "&amp;")
    return {**shown, "profileurl": address, "format": _FORMAT_MOODLE}


def _show(call: Call, comment: Row) -> Row:
    user, text = call.state.users.rows[comment["userid"]], comment["content"]
    base = call.site.wwwroot
    name = full_name(user)
    initials = f"{user['firstname'][:1]}{user['lastname'][:1]}"
    zone = ZoneInfo(call.site.time_zone)
    local = datetime.fromtimestamp(comment["timecreated"], UTC).astimezone(zone)
    inner = _BARE_AMPERSAND.sub("&amp;", text)
    inner = (inner if is_purified(inner) else html.escape(text)).replace("\n", " ")
    return {
        "id": comment["id"],
        "content": '<div class="no-overflow"><div class="text_to_html">'
        f"{inner}</div></div>",
        "format": _FORMAT_HTML,
        "timecreated": comment["timecreated"],
        "strftimeformat": _TIME_FORM,
        "profileurl": f"{base}/user/view.php?id={user['id']}&course=1",
        "fullname": name,
        "time": local.strftime(_TIME_FORM),
        "avatar": f'<a href="{base}/user/profile.php?id={user["id"]}" '
        f'class="d-inline-block aabtn"><span class="userinitials size-16" '
        f'title="{name}" aria-label="{name}" role="img">{initials}</span></a>',
        "userid": user["id"],
        "delete": user["id"] == call.user_id,
    }


@serves("core_comment_get_comments")
def get_comments(call: Call) -> Row:
    """List the comments on an item, by default the newest first, a page of fifteen."""
    arguments = call.arguments
    direction = arguments["sortdirection"].upper()
    if direction not in ("ASC", "DESC"):
        raise invalid_parameter("Invalid value for sortdirection parameter")
    call.require(COMMENT_VIEW)
    can_read, can_post = _rights(call, arguments)
    if not can_read:
        message = "Sorry, but you do not currently have permissions to do that"
        raise moodle_error("nopermissions", message, "error")
    rows = call.state.comments.find(area=arguments["area"], itemid=arguments["itemid"])
    ordered = rows[::-1] if direction == "DESC" else rows
    start = arguments["page"] * _PAGE
    return {
        "comments": [_show(call, row) for row in ordered[start : start + _PAGE]],
        "count": len(rows),
        "perpage": _PAGE,
        "canpost": can_post,
        "warnings": [],
    }


@serves("core_comment_delete_comments")
def delete_comments(call: Call) -> list[Row]:
    """Delete own comments, all or none."""
    wanted = call.arguments["comments"]
    unknown = [str(key) for key in wanted if call.state.comments.get(key) is None]
    if unknown:
        message = f"One or more comments could not be found by id: {','.join(unknown)}"
        raise comment_refused(message, f"error/{message}")
    rows = [call.state.comments.rows[key] for key in wanted]
    if any(row["userid"] != call.user_id for row in rows):
        message = "No permission to delete this comment"
        raise comment_refused("nopermissiontodelentry", message)
    for key in dict.fromkeys(wanted):
        call.state.comments.remove(key)
    return []
