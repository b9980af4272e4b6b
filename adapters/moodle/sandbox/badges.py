"""Badges people hold. They are awarded by criteria or by hand, never from here."""

import hashlib

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import BADGES_OF_OTHERS
from adapters.moodle.sandbox.enrolling import require_active
from adapters.moodle.sandbox.errors import moodle_error
from adapters.moodle.sandbox.people import full_name
from adapters.moodle.sandbox.tables import Row

_SITE_BADGE = 1


def award(call: Call, user_id: int, badge: Row, *, when: int) -> Row:
    """Store that a user got a badge at the second `when`."""
    text = f"{user_id}:{badge['id']}:{when}"
    unique = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    key = {"userid": user_id, "badgeid": badge["id"]}
    return call.state.badges_issued.add(
        {**key, "dateissued": when, "uniquehash": unique}
    )


def _image(call: Call, badge_id: int) -> str:
    place = f"webservice/pluginfile.php/1/badges/badgeimage/{badge_id}/f3"
    return f"{call.site.wwwroot}/{place}"


@serves("core_badges_get_user_badges")
def get_user_badges(call: Call) -> Row:
    """List the badges of one user, the newest first, one page."""
    user = require_active(call, call.arguments["userid"] or call.user_id)
    if user["id"] != call.user_id:
        call.require(BADGES_OF_OTHERS)
    wanted = call.arguments["search"].casefold()
    issued = [
        row
        for row in call.state.badges_issued.find(userid=user["id"])
        if wanted in call.state.badges.rows[row["badgeid"]]["name"].casefold()
        and not call.arguments["courseid"]
    ]
    issued.sort(key=lambda row: (-row["dateissued"], row["id"]))
    page, size = call.arguments["page"], call.arguments["perpage"]
    chosen = issued[page * size : (page + 1) * size] if size else issued
    return {"badges": [_show(call, row, user) for row in chosen], "warnings": []}


def _show(call: Call, issued: Row, user: Row) -> Row:
    badge = call.state.badges.rows[issued["badgeid"]]
    return {
        "id": badge["id"],
        "name": badge["name"],
        "description": badge["description"],
        "timecreated": 0,
        "timemodified": 0,
        "issuername": badge["issuername"],
        "issuerurl": call.site.wwwroot,
        "issuercontact": "",
        "type": _SITE_BADGE,
        "attachment": 1,
        "notification": 1,
        "status": 0,
        "uniquehash": issued["uniquehash"],
        "dateissued": issued["dateissued"],
        "dateexpire": None,
        "visible": 0,
        "recipientid": user["id"],
        "recipientfullname": full_name(user),
        "version": "1",
        "language": "en",
        "imageauthorname": "",
        "imageauthoremail": "",
        "imageauthorurl": None,
        "imagecaption": "",
        "badgeurl": _image(call, badge["id"]),
        "alignment": [],
        "relatedbadges": [],
    }


@serves("core_badges_get_badge")
def get_badge(call: Call) -> Row:
    """Show one badge as the class of it that an Open Badge names."""
    badge = call.state.badges.get(call.arguments["id"])
    if badge is None:
        message = f"Badge with id {call.arguments['id']} does not exist."
        raise moodle_error("error:nosuchbadge", message, "badges")
    shown = {
        "type": "BadgeClass",
        "id": f"{call.site.wwwroot}/badges/badgeclass.php?id={badge['id']}",
        "issuer": badge["issuername"],
        "name": badge["name"],
        "image": _image(call, badge["id"]),
        "description": badge["description"],
        "hostedUrl": call.site.wwwroot,
    }
    return {"badge": shown, "warnings": []}
