"""Proficiency rating scales with their ratings, sent back whole.

The trees are of a generated client: which elements are required is not known
(NOTES 17), so every element of ours is sent, the empty ones too.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from adapters.workday.elements import (
    Element,
    boolean_of,
    find,
    find_all,
    group,
    leaf,
    local_name,
    text_of,
)
from adapters.workday.facts import WID
from adapters.workday.references import rating_of, reference, wid_of
from adapters.workday.rows import RowShape, merged_rows, rows_of
from adapters.workday.texts import (
    canonical_name,
    canonical_number,
    canonical_text,
    plain_text,
)
from adapters.workday.wire.families import INACTIVE
from adapters.workday.wire.kind import Change, Kind, echoed, everything, text
from connector.kit.values import (
    RETIRED,
    Fields,
    FieldSpec,
    FieldType,
    Found,
    KindSpec,
    Repeat,
    Retire,
    Row,
    Rows,
)

_DATA = "Proficiency_Rating_Scale_Data"
_RATING = "Proficiency_Rating_Data"
_REFERENCE = "Proficiency_Rating_Scale_Reference"


def _read_rating(element: Element) -> Row:
    rating_id = text_of(element, "Proficiency_Rating_ID").strip()
    rating_id = rating_id or rating_of(find(element, "Proficiency_Rating_Reference"))
    return Row(
        rating_id,
        {
            "id": rating_id,
            "name": canonical_name(text_of(element, "Rating")),
            "value": canonical_number(text_of(element, "Rating_Value").strip()),
        },
    )


def _build_rating(fields: Fields) -> Iterator[Element]:
    yield leaf("Proficiency_Rating_ID", text(fields["id"]))
    if "name" in fields:
        yield leaf("Rating", text(fields["name"]))
    if isinstance(value := fields.get("value"), int | Decimal):
        yield leaf("Rating_Value", value)


RATING_ROWS = RowShape(
    _RATING,
    {"id": "Proficiency_Rating_ID", "name": "Rating", "value": "Rating_Value"},
    _read_rating,
    _build_rating,
)


def _in_order(data: Element | None) -> list[Element]:
    """Return the ratings by their order, which is a text and mostly a number."""

    def place(element: Element) -> tuple[int, str]:
        order = text_of(element, "Rating_Order").strip()
        return (int(order), "") if order.isdecimal() else (0, order)

    return sorted(find_all(data, _RATING), key=place)


def _found(record: Element) -> Found:
    data = find(record, _DATA)
    name = text_of(data, "Rating_Scale_Name")
    return Found(
        kind="proficiency_scale",
        remote_id=wid_of(find(record, _REFERENCE)),
        identity=text_of(data, "Proficiency_Rating_Scale_ID").strip(),
        fields={
            "name": canonical_name(name),
            "description": plain_text(text_of(data, "Description")),
            "ratings": rows_of(RATING_ROWS, _in_order(data), is_ordered=True),
            RETIRED: boolean_of(data, "Inactive"),
        },
        label=name,
    )


def _build(change: Change) -> Element:
    wanted, write = change.wanted, change.write
    data = find(change.current, _DATA)
    replaced: dict[str, list[Element]] = {}
    if data is None:
        replaced["Proficiency_Rating_Scale_ID"] = [
            leaf("Proficiency_Rating_Scale_ID", write.identity)
        ]
    if "name" in wanted:
        replaced["Rating_Scale_Name"] = [
            leaf("Rating_Scale_Name", text(wanted["name"]))
        ]
    if "description" in wanted or text_of(data, "Description") == "":
        description = text(wanted.get("description"))
        replaced["Description"] = [leaf("Description", description)]
    if RETIRED in wanted:
        replaced["Inactive"] = [leaf("Inactive", bool(wanted[RETIRED]))]
    if "ratings" in wanted:
        replaced[_RATING] = _ratings(change, data)
    addressed = None
    if write.remote_id is not None:
        addressed = reference(_REFERENCE, WID, write.remote_id)
    body = echoed(data, _DATA, replaced, path="Proficiency_Rating_Scale")
    return group("Put_Proficiency_Rating_Scale_Request", [addressed, body])


def _ratings(change: Change, data: Element | None) -> list[Element]:
    rows = merged_rows(
        RATING_ROWS,
        _in_order(data),
        change.wanted["ratings"],
        change.remote_ids,
        path=_DATA,
    )
    return [_placed(row, place) for place, row in enumerate(rows, start=1)]


def _placed(row: Element, place: int) -> Element:
    """Return a rating with its place on the scale, unless it already has that one."""
    if text_of(row, "Rating_Order").strip() == str(place):
        return row
    others = [c for c in row.iterchildren() if local_name(c) != "Rating_Order"]
    return group(_RATING, [*others, leaf("Rating_Order", place)])


PROFICIENCY_SCALE = Kind(
    spec=KindSpec(
        name="proficiency_scale",
        label="proficiency rating scale",
        plural="proficiency rating scales",
        tag="ps",
        fields=(
            FieldSpec(name="name", is_required=True, canonical=canonical_name),
            FieldSpec(name="description", canonical=canonical_text),
            FieldSpec(
                name="ratings",
                type=FieldType.ROWS,
                is_ordered=True,
                row=(
                    FieldSpec(name="id", is_required=True),
                    FieldSpec(name="name", canonical=canonical_name),
                    FieldSpec(
                        name="value",
                        type=FieldType.DECIMAL,
                        canonical=canonical_number,
                    ),
                ),
                row_key="id",
            ),
        ),
        natural_key=("name",),
        repeat=Repeat.PUT,
        retire=Retire.FLAG,
        retire_means=INACTIVE,
    ),
    get="Get_Proficiency_Rating_Scales",
    criteria=everything,
    record="Proficiency_Rating_Scale",
    reference=_REFERENCE,
    found=_found,
    put="Put_Proficiency_Rating_Scale",
    least={"ratings": Rows((Row("none", {"id": "none", "name": "None"}),))},
    build=_build,
)
