"""The mark by which a learning plan, or a template for some, is known as ours.

They have no ID number, so the identity is the class of an element around the
description: learners see nothing of it, and Moodle's purifier and its editor keep it
(tried on 4.5). It never changes the text inside.
"""

from __future__ import annotations

import re

from adapters.moodle.identities import TAGS

#: Begins the identity of what others made, which bears no mark; its id follows.
_NAMELESS = "#"
_TAG = re.compile(r"<div\b[^<>]*>|</div>")


def mark(identity: str, description: str) -> str:
    """Return a description that carries the identity of what it describes.

    What others made is known by its id and stays without a mark.
    """
    if identity.startswith(_NAMELESS):
        return description
    return f'<div class="{identity}">{description}</div>'


def nameless_identity(number: int) -> str:
    """Return the identity of a template or plan that bears no mark of ours."""
    return f"{_NAMELESS}{number}"


def unmark(description: str, prefix: str, kind: str = "template") -> tuple[str, str]:
    """Return the identity in a description (empty without) and the text without it.

    Text that somebody put before or after the marked element stays.
    """
    start = re.escape(f"{prefix}-{TAGS[kind]}-")
    found = re.search(rf'<div class="({start}[^"<> ]+)">', description)
    if found is None:
        return "", description
    before, inside = description[: found.start()], description[found.end() :]
    depth = 1
    for tag in _TAG.finditer(inside):
        depth += -1 if tag.group().startswith("</") else 1
        if depth == 0:
            inside = inside[: tag.start()] + inside[tag.end() :]
            break
    return found.group(1), (before + inside).strip()
