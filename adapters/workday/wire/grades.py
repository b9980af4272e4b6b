"""Compensation grades with a profile per region; pay data, sent back whole.

A region's band is one grade profile with its own currency, frequency and eligibility
rules, which the customer prepares (Workday contract, 6.4). Profiles of others go back
as the very elements shown; one of ours that is dropped leaves by Delete.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal

from adapters.workday.elements import (
    Element,
    boolean_of,
    date_of,
    find,
    find_all,
    group,
    leaf,
    refuse_unknown,
    text_of,
)
from adapters.workday.references import (
    ids_of,
    name_of,
    named_reference,
    reference,
    wid_of,
)
from adapters.workday.texts import (
    canonical_name,
    canonical_number,
    canonical_text,
    plain_text,
)
from adapters.workday.wire.families import INACTIVE
from adapters.workday.wire.kind import Change, Kind, addressed, echoed, text
from connector.kit.values import (
    RETIRED,
    Fields,
    FieldSpec,
    FieldType,
    Found,
    KindSpec,
    Privacy,
    Repeat,
    Retire,
    Row,
    Rows,
    Value,
)

GRADE_PROFILE_ID = "Compensation_Grade_Profile_ID"
_DATA, _REFERENCE = "Compensation_Grade_Data", "Compensation_Grade_Reference"
_ID = "Compensation_Grade_ID"
_ROW, _ROW_DATA = "Compensation_Grade_Profile", "Compensation_Grade_Profile_Data"
_ROW_REFERENCE = "Compensation_Grade_Profile_Reference"
_RANGE = "Compensation_Pay_Range_Data"
_AMOUNTS = {"minimum": "Minimum", "midpoint": "Midpoint", "maximum": "Maximum"}
#: Fields that are the reference IDs of objects which the tenant keeps.
_LISTS = {
    "compensation_elements": (
        "Compensation_Element_Reference",
        "Compensation_Element_ID",
    ),
    "eligibility_rules": ("Eligibility_Rule_Reference", "Condition_Rule_ID"),
}
_UNITS = {
    "currency": ("Currency_Reference", "Currency_ID"),
    "frequency": ("Frequency_Reference", "Frequency_ID"),
}


def in_one_order(value: Value) -> Value:
    """Return the items of a list in one order: the tenant keeps none."""
    return tuple(sorted(map(str, value))) if isinstance(value, tuple) else value


def _names(holder: Element | None, field: str) -> Value:
    element, id_type = _LISTS[field]
    found = (name_of(item, id_type) for item in find_all(holder, element))
    return in_one_order(tuple(found))


def _read_row(element: Element) -> Row:
    data = find(element, _ROW_DATA)
    band = find(data, _RANGE)
    key = name_of(find(element, _ROW_REFERENCE), GRADE_PROFILE_ID)
    key = key or text_of(data, GRADE_PROFILE_ID).strip()
    fields: dict[str, Value] = {
        "id": key,
        "name": canonical_name(text_of(data, "Name")),
        **{field: _names(data, field) for field in _LISTS},
    }
    for field, name in _AMOUNTS.items():
        fields[field] = canonical_number(text_of(band, name).strip())
    for field, (name, id_type) in _UNITS.items():
        fields[field] = name_of(find(band, name), id_type)
    return Row(key, fields)


def _found(record: Element) -> Found:
    data = find(record, _DATA)
    named = find(record, _REFERENCE)
    name = text_of(data, "Name")
    rows = [
        _read_row(element)
        for element in find_all(data, _ROW)
        if not _is_inactive(element)
    ]
    return Found(
        kind="compensation_grade",
        remote_id=wid_of(named),
        identity=ids_of(named).get(_ID, "") or text_of(data, _ID).strip(),
        fields={
            "name": canonical_name(name),
            "description": plain_text(text_of(data, "Description")),
            "compensation_elements": _names(data, "compensation_elements"),
            "profiles": Rows(tuple(rows)),
            RETIRED: boolean_of(data, "Inactive"),
        },
        label=name,
    )


def _entry_date(record: Element) -> date | None:
    return date_of(record, _DATA, "Effective_Date")


def _build(change: Change) -> Element:
    wanted, write = change.wanted, change.write
    data = find(change.current, _DATA)
    replaced: dict[str, list[Element]] = {
        "Effective_Date": [leaf("Effective_Date", change.effective)]
    }
    if data is None:
        replaced[_ID] = [leaf(_ID, write.identity)]
    for field, element in (("name", "Name"), ("description", "Description")):
        if field in wanted:
            replaced[element] = [leaf(element, text(wanted[field]))]
    replaced.update(_lists(wanted))
    if RETIRED in wanted:
        replaced["Inactive"] = [leaf("Inactive", bool(wanted[RETIRED]))]
    if "profiles" in wanted:
        replaced[_ROW] = list(_profiles(change, find_all(data, _ROW)))
    body = echoed(data, _DATA, replaced, path="Compensation_Grade")
    request = "Put_Compensation_Grade_Request"
    return group(request, [addressed(_REFERENCE, write), body])


def _lists(fields: Fields) -> dict[str, list[Element]]:
    """Return the lists of references among some fields, by their element."""
    found: dict[str, list[Element]] = {}
    for field, (element, id_type) in _LISTS.items():
        value = fields.get(field)
        if isinstance(value, tuple):
            found[element] = [
                named_reference(element, id_type, str(item)) for item in value
            ]
    return found


def _profiles(change: Change, current: list[Element]) -> Iterator[Element]:
    """Yield the whole group: unchanged rows verbatim, dropped ones with Delete."""
    there = {_read_row(element).key: element for element in current}
    after = change.wanted["profiles"]
    wanted = after.by_key() if isinstance(after, Rows) else {}
    for key, row in wanted.items():
        element = there.get(key)
        if element is not None:
            refuse_unknown(element, within="", path=_DATA)
        if element is not None and _shows(element, row):
            yield deepcopy(element)
        else:
            yield _written(element, row, change.effective)
    for key, element in there.items():
        if key not in wanted and not _is_inactive(element):
            named = find(element, _ROW_REFERENCE)
            kept = None if named is None else deepcopy(named)
            yield group(_ROW, [kept], is_deleted=True)


def _is_inactive(element: Element) -> bool:
    return boolean_of(element, _ROW_DATA, "Inactive")


def _shows(element: Element, row: Row) -> bool:
    """Tell whether a profile is in use and has every field as wanted."""
    there = _read_row(element).fields
    is_equal = all(there.get(name) == value for name, value in row.fields.items())
    return is_equal and not _is_inactive(element)


def _written(current: Element | None, row: Row, effective: date) -> Element:
    """Return a profile of ours; what it holds beside the given fields stays."""
    data = find(current, _ROW_DATA)
    replaced = {
        GRADE_PROFILE_ID: [leaf(GRADE_PROFILE_ID, str(row.fields["id"]))],
        "Effective_Date": [leaf("Effective_Date", effective)],
        "Name": [leaf("Name", text(row.fields.get("name")))],
        **_lists(row.fields),
        "Inactive": [leaf("Inactive", value=False)],
        _RANGE: [_band(find(data, _RANGE), row.fields)],
    }
    named = find(current, _ROW_REFERENCE)
    kept = None if named is None else deepcopy(named)
    return group(_ROW, [kept, echoed(data, _ROW_DATA, replaced, path=_ROW)])


def _band(current: Element | None, fields: Fields) -> Element:
    replaced: dict[str, list[Element]] = {}
    for field, name in _AMOUNTS.items():
        if isinstance(amount := fields.get(field), int | Decimal):
            replaced[name] = [leaf(name, amount)]
    for field, (name, id_type) in _UNITS.items():
        if unit := text(fields.get(field)):
            replaced[name] = [reference(name, id_type, unit)]
    return echoed(current, _RANGE, replaced, path=_ROW_DATA)


def _amount(name: str) -> FieldSpec:
    return FieldSpec(name=name, type=FieldType.DECIMAL, canonical=canonical_number)


def _list(name: str, *, is_required: bool) -> FieldSpec:
    return FieldSpec(
        name=name,
        type=FieldType.TEXTS,
        is_required=is_required,
        canonical=in_one_order,
    )


COMPENSATION_GRADE = Kind(
    spec=KindSpec(
        name="compensation_grade",
        label="compensation grade",
        plural="compensation grades",
        tag="gr",
        fields=(
            FieldSpec(name="name", is_required=True, canonical=canonical_name),
            FieldSpec(name="description", canonical=canonical_text),
            _list("compensation_elements", is_required=True),
            FieldSpec(
                name="profiles",
                type=FieldType.ROWS,
                privacy=Privacy.PAY,
                row=(
                    FieldSpec(name="id", is_required=True),
                    FieldSpec(name="name", is_required=True, canonical=canonical_name),
                    _list("compensation_elements", is_required=True),
                    _list("eligibility_rules", is_required=False),
                    *map(_amount, _AMOUNTS),
                    *(FieldSpec(name=name) for name in _UNITS),
                ),
                row_key="id",
            ),
        ),
        natural_key=("name",),
        repeat=Repeat.PUT,
        retire=Retire.FLAG,
        retire_means=INACTIVE,
    ),
    get="Get_Compensation_Grades",
    criteria=lambda: group(
        "Request_Criteria",
        [leaf("Include_Inactive", value=True)],
        within="Get_Compensation_Grades_Request",
    ),
    record="Compensation_Grade",
    reference=_REFERENCE,
    found=_found,
    put="Put_Compensation_Grade",
    least={"compensation_elements": ("none",)},
    build=_build,
    entry_date=_entry_date,
)
