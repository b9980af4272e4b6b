"""Competencies with one behaviour text per rating, sent back whole.

Wording per management level has no element in the contract (NOTES 6.5): one rating per
level, and behaviours that apply to all levels, stand for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from adapters.workday.elements import (
    Element,
    boolean_of,
    date_of,
    find,
    find_all,
    group,
    leaf,
    text_of,
)
from adapters.workday.references import (
    foreign,
    ids_of,
    rating_of,
    rating_reference,
    reference_to,
    wid_of,
)
from adapters.workday.rows import (
    RowShape,
    merged_references,
    merged_rows,
    rows_of,
)
from adapters.workday.texts import canonical_name, canonical_text, plain_text
from adapters.workday.wire.families import INACTIVE
from adapters.workday.wire.kind import (
    Change,
    Kind,
    addressed,
    echoed,
    everything,
    text,
)
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

_DATA = "Competency_Data"
_BEHAVIOUR = "Proficiency_Rating_Behavior_Data"
_SCALE = "Proficiency_Rating_Scale_Reference"
_CATEGORY = "Competency_Category_Reference"


def _read_behaviour(element: Element) -> Row:
    rating = rating_of(find(element, "Proficiency_Rating_Reference"))
    wording = plain_text(text_of(element, "Rating_Behavior"))
    return Row(rating, {"rating": rating, "text": wording})


def _build_behaviour(fields: Fields) -> Iterator[Element]:
    yield rating_reference("Proficiency_Rating_Reference", text(fields["rating"]))
    if "text" in fields:
        yield leaf("Rating_Behavior", text(fields["text"]))


BEHAVIOUR_ROWS = RowShape(
    _BEHAVIOUR,
    {"rating": "Proficiency_Rating_Reference", "text": "Rating_Behavior"},
    _read_behaviour,
    _build_behaviour,
    within=_DATA,
)


def _categories(data: Element | None) -> Rows:
    found = (foreign("competency_category", each) for each in find_all(data, _CATEGORY))
    return Rows(tuple(Row(key, {"category": key}) for key in found if key is not None))


def _found(record: Element) -> Found:
    data = find(record, _DATA)
    named = find(record, "Competency_Reference")
    name = text_of(data, "Competency_Name")
    identity = text_of(data, "Competency_ID").strip()
    return Found(
        kind="competency",
        remote_id=wid_of(named),
        identity=identity or ids_of(named).get("Competency_ID", ""),
        fields={
            "name": canonical_name(name),
            "description": plain_text(text_of(data, "Competency_Description")),
            "scale": foreign("proficiency_scale", find(data, _SCALE)),
            "categories": _categories(data),
            "behaviours": rows_of(
                BEHAVIOUR_ROWS, find_all(data, _BEHAVIOUR), is_ordered=False
            ),
            RETIRED: boolean_of(data, "Inactive"),
        },
        label=name,
    )


def _entry_date(record: Element) -> date | None:
    return date_of(record, _DATA, "Effective_Date")


def _build(change: Change) -> Element:
    data = find(change.current, _DATA)
    replaced = {**_scalars(change, data), **_relations(change, data)}
    body = echoed(data, _DATA, replaced, path="Competency")
    named = addressed("Competency_Reference", change.write)
    return group("Put_Competency_Request", [named, body])


def _scalars(change: Change, data: Element | None) -> dict[str, list[Element]]:
    wanted = change.wanted
    replaced = {"Effective_Date": [leaf("Effective_Date", change.effective)]}
    if data is None:
        replaced["Competency_ID"] = [leaf("Competency_ID", change.write.identity)]
        # NOTES 6.5: the behaviours are the same whatever the worker's level.
        replaced["Behaviors_Apply_to_All_Levels"] = [
            leaf("Behaviors_Apply_to_All_Levels", value=True)
        ]
    if "name" in wanted:
        replaced["Competency_Name"] = [leaf("Competency_Name", text(wanted["name"]))]
    element = "Competency_Description"
    if "description" in wanted or text_of(data, element) == "":
        replaced[element] = [leaf(element, text(wanted.get("description")))]
    if RETIRED in wanted:
        replaced["Inactive"] = [leaf("Inactive", bool(wanted[RETIRED]))]
    return replaced


def _relations(change: Change, data: Element | None) -> dict[str, list[Element]]:
    wanted = change.wanted
    replaced: dict[str, list[Element]] = {}
    if "scale" in wanted or find(data, _SCALE) is None:
        scale = wanted.get("scale")
        replaced[_SCALE] = [reference_to(_SCALE, scale, change.remote_ids)]
    if "categories" in wanted:
        replaced[_CATEGORY] = merged_references(
            find_all(data, _CATEGORY),
            wanted["categories"],
            change.remote_ids,
            key_of=lambda each: foreign("competency_category", each) or "",
            build=lambda key: reference_to(_CATEGORY, key, {}),
        )
    if "behaviours" in wanted:
        replaced[_BEHAVIOUR] = merged_rows(
            BEHAVIOUR_ROWS,
            find_all(data, _BEHAVIOUR),
            wanted["behaviours"],
            change.remote_ids,
            path=_DATA,
        )
    return replaced


COMPETENCY = Kind(
    spec=KindSpec(
        name="competency",
        label="competency",
        plural="competencies",
        tag="c",
        fields=(
            FieldSpec(name="name", is_required=True, canonical=canonical_name),
            FieldSpec(name="description", canonical=canonical_text),
            FieldSpec(
                name="scale", type=FieldType.REFERENCE, kinds=("proficiency_scale",)
            ),
            FieldSpec(
                name="categories",
                type=FieldType.ROWS,
                kinds=("competency_category",),
                row=(
                    FieldSpec(
                        name="category",
                        type=FieldType.REFERENCE,
                        kinds=("competency_category",),
                        is_required=True,
                    ),
                ),
                row_key="category",
            ),
            FieldSpec(
                name="behaviours",
                type=FieldType.ROWS,
                row=(
                    FieldSpec(name="rating", is_required=True),
                    FieldSpec(name="text", canonical=canonical_text),
                ),
                row_key="rating",
            ),
        ),
        natural_key=("name",),
        repeat=Repeat.PUT,
        retire=Retire.FLAG,
        retire_means=INACTIVE,
    ),
    get="Get_Competencies",
    criteria=everything,
    record="Competency",
    reference="Competency_Reference",
    found=_found,
    put="Put_Competency",
    build=_build,
    entry_date=_entry_date,
)
