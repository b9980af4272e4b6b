"""Job families and job family groups.

A group lists its families by rows that are added and taken out one by one; rows that
are not sent stay (NOTES 5). Families and groups share one space of names.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

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
from adapters.workday.facts import WID
from adapters.workday.references import (
    foreign,
    ids_of,
    reference,
    reference_to,
    wid_of,
)
from adapters.workday.rows import row_changes
from adapters.workday.texts import canonical_name, canonical_text, plain_text
from adapters.workday.wire.kind import Change, Kind, text
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

FAMILY_ROWS = "Job_Family_Data"

NAME = FieldSpec(name="name", is_required=True, canonical=canonical_name)
SUMMARY = FieldSpec(name="summary", canonical=canonical_text)
FAMILIES = FieldSpec(
    name="families",
    type=FieldType.ROWS,
    kinds=("job_family",),
    row=(
        FieldSpec(
            name="family",
            type=FieldType.REFERENCE,
            kinds=("job_family",),
            is_required=True,
        ),
    ),
    row_key="family",
)
INACTIVE = "set to inactive, with the effective date of the release; never deleted"


def family_rows(holder: Element | None) -> Rows:
    """Return the families that a group or a job profile names."""
    rows = []
    for element in find_all(holder, FAMILY_ROWS):
        named = find(element, "Job_Family_Reference")
        kind = "job_family"
        if "Job_Family_Group_ID" in ids_of(named):
            kind = "job_family_group"
        if (family := foreign(kind, named)) is not None:
            rows.append(Row(family, {"family": family}))
    return Rows(tuple(rows))


def changed_family_rows(
    before: Value, after: Value, remote_ids: RemoteIds, *, within: str
) -> Iterator[Element]:
    """Yield the family rows of a request: added ones, and removed ones with Delete."""
    added, removed = row_changes(before, after, remote_ids)
    for rows, is_deleted in ((added, False), (removed, True)):
        for row in rows:
            target = reference_to("Job_Family_Reference", row.key, remote_ids)
            yield group(FAMILY_ROWS, [target], within=within, is_deleted=is_deleted)


def _found(kind: str, record: Element) -> Found:
    noun = "Job_Family" if kind == "job_family" else "Job_Family_Group"
    data = find(record, f"{noun}_Data")
    named = find(record, f"{noun}_Reference")
    fields: dict[str, Value] = {
        "name": canonical_name(text_of(data, "Name")),
        "summary": plain_text(text_of(data, "Summary")),
        RETIRED: boolean_of(data, "Inactive"),
    }
    if kind == "job_family_group":
        fields["families"] = family_rows(data)
    return Found(
        kind=kind,
        remote_id=wid_of(named),
        identity=text_of(data, "ID").strip() or ids_of(named).get("Job_Family_ID", ""),
        fields=fields,
        label=text_of(data, "Name"),
    )


def _entry_date(noun: str, record: Element) -> date | None:
    return date_of(record, f"{noun}_Data", "Effective_Date")


def _build(noun: str, change: Change) -> Element:
    wanted, write = change.wanted, change.write
    request = f"Put_{noun}_Request"
    data: list[Element] = [leaf("Effective_Date", change.effective)]
    if change.is_create:
        data.append(leaf("ID", write.identity))
    for field, element in (("name", "Name"), ("summary", "Summary")):
        if field in wanted:
            data.append(leaf(element, text(wanted[field])))
    if RETIRED in wanted:
        data.append(leaf("Inactive", bool(wanted[RETIRED])))
    if "families" in wanted:
        before = write.before.get("families")
        data.extend(
            changed_family_rows(
                before, wanted["families"], change.remote_ids, within=f"{noun}_Data"
            )
        )
    addressed = None
    if write.remote_id is not None:
        addressed = reference(f"{noun}_Reference", WID, write.remote_id)
    return group(request, [addressed, group(f"{noun}_Data", data, within=request)])


def _include_inactive() -> Element:
    return group(
        "Request_Criteria",
        [leaf("Include_InActive_Job_Families", value=True)],
        within="Get_Job_Families_Request",
    )


JOB_FAMILY = Kind(
    spec=KindSpec(
        name="job_family",
        label="job family",
        plural="job families",
        tag="jf",
        fields=(NAME, SUMMARY),
        natural_key=("name",),
        unique=("name",),
        unique_with=("job_family_group",),
        repeat=Repeat.PUT,
        retire=Retire.FLAG,
        retire_means=INACTIVE,
    ),
    get="Get_Job_Families",
    record="Job_Family",
    reference="Job_Family_Reference",
    criteria=_include_inactive,
    found=partial(_found, "job_family"),
    put="Put_Job_Family",
    build=partial(_build, "Job_Family"),
    entry_date=partial(_entry_date, "Job_Family"),
)
JOB_FAMILY_GROUP = Kind(
    spec=KindSpec(
        name="job_family_group",
        label="job family group",
        plural="job family groups",
        tag="jg",
        fields=(NAME, SUMMARY, FAMILIES),
        natural_key=("name",),
        unique=("name",),
        unique_with=("job_family",),
        repeat=Repeat.PUT,
        retire=Retire.FLAG,
        retire_means=INACTIVE,
    ),
    get="Get_Job_Family_Groups",
    record="Job_Family_Group",
    reference="Job_Family_Group_Reference",
    found=partial(_found, "job_family_group"),
    put="Put_Job_Family_Group",
    build=partial(_build, "Job_Family_Group"),
    entry_date=partial(_entry_date, "Job_Family_Group"),
)
