"""Job classification groups with their classifications: carriers of "track" tags.

Only rows that are added, changed or taken out are sent; the others stay (Workday
contract, 6.3). A classification goes by its own reference ID.
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
from adapters.workday.references import ids_of, name_of, named_reference, wid_of
from adapters.workday.rows import row_changes
from adapters.workday.texts import canonical_name
from adapters.workday.wire.families import INACTIVE
from adapters.workday.wire.kind import Change, Kind, addressed, text
from connector.kit.values import (
    RETIRED,
    FieldSpec,
    FieldType,
    Found,
    KindSpec,
    RemoteIds,
    Repeat,
    Retire,
    Row,
    Rows,
    Value,
)

CLASSIFICATION_ID = "Job_Classification_Reference_ID"
_DATA = "Job_Classification_Group_Data"
_REFERENCE = "Job_Classification_Group_Reference"
_NAME = "Job_Classification_Group_Name"
_ROW, _ROW_DATA = "Job_Classification", "Job_Classification_Data"
_ROW_REFERENCE = "Job_Classification_Reference"
_ROW_ELEMENTS = {"code": "Job_Classification_ID", "name": "Description"}


def _read_row(element: Element) -> Row:
    data = find(element, _ROW_DATA)
    key = name_of(find(element, _ROW_REFERENCE), CLASSIFICATION_ID)
    key = key or text_of(data, "ID").strip()
    return Row(
        key,
        {
            "id": key,
            "code": text_of(data, "Job_Classification_ID").strip(),
            "name": canonical_name(text_of(data, "Description")),
        },
    )


def _found(record: Element) -> Found:
    data = find(record, _DATA)
    named = find(record, _REFERENCE)
    name = text_of(data, _NAME)
    identity = ids_of(named).get("Job_Classification_Group_ID", "")
    rows = [
        _read_row(element)
        for element in find_all(data, _ROW)
        if not boolean_of(element, _ROW_DATA, "Inactive")
    ]
    return Found(
        kind="classification_group",
        remote_id=wid_of(named),
        identity=identity or text_of(data, "ID").strip(),
        fields={
            "name": canonical_name(name),
            "classifications": Rows(tuple(rows)),
            RETIRED: boolean_of(data, "Inactive"),
        },
        label=name,
    )


def _entry_date(record: Element) -> date | None:
    return date_of(record, _DATA, "Effective_Date")


def _build(change: Change) -> Element:
    wanted, write = change.wanted, change.write
    current = find(change.current, _DATA)
    name = wanted.get("name", text_of(current, _NAME))
    data: list[Element] = [
        leaf("Effective_Date", change.effective),
        leaf(_NAME, text(name)),
    ]
    if change.is_create:
        data.append(leaf("ID", write.identity))
    if RETIRED in wanted:
        data.append(leaf("Inactive", bool(wanted[RETIRED])))
    if "classifications" in wanted:
        before = write.before.get("classifications")
        data.extend(_rows(before, wanted["classifications"], change.remote_ids))
    return group(
        "Put_Job_Classification_Group_Request",
        [addressed(_REFERENCE, write), group(_DATA, data)],
    )


def _rows(before: Value, after: Value, remote_ids: RemoteIds) -> Iterator[Element]:
    """Yield the rows of a request: new and changed ones, and removed with Delete."""
    added, removed = row_changes(before, after, remote_ids)
    known = before.by_key() if isinstance(before, Rows) else {}
    changed = [
        row
        for row in (after.rows if isinstance(after, Rows) else ())
        if row.key in known and known[row.key] != row
    ]
    for row in (*added, *changed):
        values = [
            leaf(element, text(row.fields[field]))
            for field, element in _ROW_ELEMENTS.items()
            if field in row.fields
        ]
        # One that somebody took out of use comes back with it.
        values += [leaf("ID", text(row.fields["id"])), leaf("Inactive", value=False)]
        data = group(_ROW_DATA, values, within=_ROW)
        named = _named(row) if row.key in known else None
        yield group(_ROW, [named, data])
    for row in removed:
        yield group(_ROW, [_named(row)], is_deleted=True)


def _named(row: Row) -> Element:
    return named_reference(_ROW_REFERENCE, CLASSIFICATION_ID, str(row.key))


CLASSIFICATION_GROUP = Kind(
    spec=KindSpec(
        name="classification_group",
        label="job classification group",
        plural="job classification groups",
        tag="cg",
        fields=(
            FieldSpec(name="name", is_required=True, canonical=canonical_name),
            FieldSpec(
                name="classifications",
                type=FieldType.ROWS,
                row=(
                    FieldSpec(name="id", is_required=True),
                    FieldSpec(name="code"),
                    FieldSpec(name="name", canonical=canonical_name),
                ),
                row_key="id",
            ),
        ),
        natural_key=("name",),
        repeat=Repeat.PUT,
        retire=Retire.FLAG,
        retire_means=INACTIVE,
    ),
    get="Get_Job_Classification_Groups",
    record="Job_Classification_Group",
    reference=_REFERENCE,
    found=_found,
    put="Put_Job_Classification_Group",
    build=_build,
    entry_date=_entry_date,
)
