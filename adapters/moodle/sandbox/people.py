"""How users appear inside other answers, and the comment areas beside them."""

from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.capabilities import PLAN_COMMENT, USER_COMPETENCY_COMMENT
from adapters.moodle.sandbox.state import SITE_ID
from adapters.moodle.sandbox.tables import Row

_COMMENT_RIGHTS = {"plan": PLAN_COMMENT, "user_competency": USER_COMPETENCY_COMMENT}
_COMMENT_TEMPLATE = (
    '<div class="comment-message"><div class="comment-message-meta me-3">'
    '<span class="picture">___picture___</span><span class="user">___name___</span> - '
    '<span class="time">___time___</span></div>'
    '<div class="text">___content___</div></div>'
)


def full_name(user: Row) -> str:
    """Return first and last name as shown."""
    return f"{user['firstname']} {user['lastname']}"


def picture_urls(call: Call) -> tuple[str, str]:
    """Return the small and the large default picture."""
    base = f"{call.site.wwwroot}/theme/image.php/boost/core/1/u"
    return f"{base}/f2", f"{base}/f1"


def show_person(call: Call, user_id: int) -> Row:
    """Return the summary of a user that answers carry."""
    user = call.state.users.rows[user_id]
    small, large = picture_urls(call)
    return {
        "id": user["id"],
        "email": user["email"],
        "idnumber": user["idnumber"],
        **{
            name: user[name]
            for name in ("phone1", "phone2", "department", "institution")
        },
        "fullname": full_name(user),
        "identity": user["email"],
        "profileurl": f"{call.site.wwwroot}/user/profile.php?id={user['id']}",
        "profileimageurl": large,
        "profileimageurlsmall": small,
    }


def comment_area(call: Call, area: str, item_id: int, user_id: int) -> Row:
    """Return the comment area of a plan or a user competency."""
    count = call.state.comments.count(area=area, itemid=item_id)
    can_post = call.can(_COMMENT_RIGHTS[area])
    client_id = f"plancommentarea{item_id}" if area == "plan" else f"{area}{item_id}"
    return {
        "component": "competency",
        "commentarea": area,
        "itemid": item_id,
        "courseid": SITE_ID,
        "contextid": call.state.context("user", user_id)["id"],
        "cid": client_id,
        "autostart": False,
        "canpost": can_post,
        "canview": True,
        "count": count,
        "collapsediconkey": "t/collapsed",
        "displaytotalcount": True,
        "displaycancel": False,
        "fullwidth": True,
        "linktext": "Comments",
        "notoggle": False,
        "template": _COMMENT_TEMPLATE,
        "canpostorhascomments": can_post or count > 0,
    }
