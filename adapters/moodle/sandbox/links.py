"""Ordered links between a holder (template, plan, course) and its competencies.

All three behave alike: newcomers go last, leaving closes the gap, reordering shifts
what lies between.
"""

from typing import Any

from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.competencies import COMPETENCY
from adapters.moodle.sandbox.errors import coding_error, invalid_persistent
from adapters.moodle.sandbox.records import INVALID, read_record
from adapters.moodle.sandbox.tables import Row, Table


def ordered_links(table: Table, holder: str, holder_id: int) -> list[Row]:
    """Return the links of a holder in its order."""
    links = table.find(**{holder: holder_id})
    return sorted(links, key=lambda link: (link["sortorder"], link["id"]))


def linked_competencies(
    call: Call, table: Table, holder: str, holder_id: int
) -> list[Row]:
    """Return the competencies of a holder in its order."""
    links = ordered_links(table, holder, holder_id)
    return [call.state.competencies.rows[link["competencyid"]] for link in links]


def require_visible(call: Call, competency_id: int, hidden: str) -> Row:
    """Return a competency of a visible framework.

    Raises MoodleError `invalidrecord`, or `codingerror` with the text `hidden`.
    """
    if competency_id <= 0:
        raise invalid_persistent([INVALID])
    competency = read_record(call, COMPETENCY, competency_id)
    framework = call.state.frameworks.rows[competency["competencyframeworkid"]]
    if not framework["visible"]:
        raise coding_error(hidden)
    return competency


def add_link(
    call: Call, table: Table, key: dict[str, int], **defaults: Any
) -> Row | None:
    """Store a link at the end of its holder; None when it is there already."""
    if table.count(**key):
        return None
    holder = next(name for name in key if name != "competencyid")
    return table.add(
        {
            **key,
            "sortorder": table.count(**{holder: key[holder]}),
            **defaults,
            "timecreated": call.now,
            "timemodified": call.now,
            "usermodified": call.user_id,
        }
    )


def remove_link(table: Table, key: dict[str, int]) -> bool:
    """Delete a link and close the gap; false when there is none."""
    link = table.first(**key)
    if link is None:
        return False
    holder = next(name for name in key if name != "competencyid")
    table.remove(link["id"])
    for other in table.find(**{holder: key[holder]}):
        if other["sortorder"] > link["sortorder"]:
            table.change(other["id"], sortorder=other["sortorder"] - 1)
    return True


def reorder_links(
    call: Call, table: Table, holder: str, holder_id: int, pair: tuple[int, int]
) -> bool:
    """Move the link of the first competency to the place of the second."""
    moved, target = (
        table.first(**{holder: holder_id, "competencyid": competency_id})
        for competency_id in pair
    )
    if moved is None or target is None:
        raise coding_error("The link does not exist")
    start, end = moved["sortorder"], target["sortorder"]
    step = -1 if start < end else 1
    low, high = (start + 1, end) if start < end else (end, start - 1)
    for link in ordered_links(table, holder, holder_id):
        if low <= link["sortorder"] <= high and link["id"] != moved["id"]:
            table.change(
                link["id"], sortorder=link["sortorder"] + step, timemodified=call.now
            )
    table.change(moved["id"], sortorder=end, timemodified=call.now)
    return True
