"""Job profiles: the role at a level, with its required competencies and duties.

Only changed elements are sent: an element or a qualification group that is absent
stays as it is, a qualification group that is present replaces the whole (NOTES 5).
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
    local_name,
    text_of,
)
from adapters.workday.facts import WID
from adapters.workday.references import (
    foreign,
    ids_of,
    rating_of,
    rating_reference,
    reference,
    reference_to,
    wid_of,
)
from adapters.workday.rows import RowShape, merged_rows, rows_of
from adapters.workday.texts import (
    canonical_html,
    canonical_lines,
    canonical_name,
    canonical_rich_text,
    canonical_text,
    html_of_lines,
    lines_of_html,
    plain_text,
)
from adapters.workday.wire.families import (
    FAMILIES,
    INACTIVE,
    changed_family_rows,
    family_rows,
)
from adapters.workday.wire.kind import Change, Kind, text
from connector.kit.errors import RejectedError
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
    Value,
    text_row_key,
)

_DATA, _BASIC = "Job_Profile_Data", "Job_Profile_Basic_Data"
_QUALIFICATIONS = "Qualification_Replacement_Data"
_COMPETENCY = "Competency_Qualification_Replacement"
_RESPONSIBILITY = "Responsibility_Qualification_Replacement"
_LEVELS = {
    "management_level": "Management_Level_Reference",
    "job_level": "Job_Level_Reference",
}


def canonical_rating(value: Value) -> Value:
    """Return the ID of a rating, none where no rating is expected."""
    return value or None


def canonical_required(value: Value) -> Value:
    """Return whether a row is required; a row that does not say is not."""
    return bool(value)


def _read_competency(element: Element) -> Row:
    competency = foreign("competency", find(element, "Competency_Reference"))
    return Row(
        competency if competency is not None else "",
        {
            "competency": competency,
            "rating": canonical_rating(
                rating_of(find(element, "Proficiency_Rating_Reference"))
            ),
            "is_required": boolean_of(element, "Required"),
        },
    )


def _build_competency(fields: Fields) -> Iterator[Element]:
    yield reference_to("Competency_Reference", fields["competency"], {})
    if rating := text(fields.get("rating")):
        yield rating_reference("Proficiency_Rating_Reference", rating)
    if "is_required" in fields:
        yield leaf("Required", bool(fields["is_required"]))


def _read_responsibility(element: Element) -> Row:
    wording = lines_of_html(text_of(element, "Responsibility_Description"))
    is_required = boolean_of(element, "Required")
    return Row(text_row_key(wording), {"text": wording, "is_required": is_required})


def _build_responsibility(fields: Fields) -> Iterator[Element]:
    yield leaf("Responsibility_Description", html_of_lines(text(fields["text"])))
    if "is_required" in fields:
        yield leaf("Required", bool(fields["is_required"]))


COMPETENCY_ROWS = RowShape(
    f"{_COMPETENCY}_Data",
    {
        "competency": "Competency_Reference",
        "rating": "Proficiency_Rating_Reference",
        "is_required": "Required",
    },
    _read_competency,
    _build_competency,
)
RESPONSIBILITY_ROWS = RowShape(
    f"{_RESPONSIBILITY}_Data",
    {"text": "Responsibility_Description", "is_required": "Required"},
    _read_responsibility,
    _build_responsibility,
)
#: Our fields that are replacement groups, with the element and its rows.
GROUPS = {
    "responsibilities": (_RESPONSIBILITY, RESPONSIBILITY_ROWS),
    "required_competencies": (_COMPETENCY, COMPETENCY_ROWS),
}


def _found(record: Element) -> Found:
    data = find(record, _DATA)
    basic = find(data, _BASIC)
    named = find(record, "Job_Profile_Reference")
    title = text_of(basic, "Job_Title")
    fields: dict[str, Value] = {
        "title": canonical_name(title),
        "summary": plain_text(text_of(basic, "Job_Profile_Summary")),
        "description": canonical_html(text_of(basic, "Job_Description")),
        "families": family_rows(basic),
        RETIRED: boolean_of(basic, "Inactive"),
    }
    for kind, element in _LEVELS.items():
        fields[kind] = foreign(kind, find(basic, element))
    for field, (element, shape) in GROUPS.items():
        elements = find_all(data, _QUALIFICATIONS, element, shape.element)
        fields[field] = rows_of(shape, elements, is_ordered=False)
    return Found(
        kind="job_profile",
        remote_id=wid_of(named),
        identity=text_of(data, "Job_Code").strip()
        or ids_of(named).get("Job_Profile_ID", ""),
        fields=fields,
        label=title,
    )


def _entry_date(record: Element) -> date | None:
    return date_of(record, _DATA, "Effective_Date")


def _build(change: Change) -> Element:
    current = find(change.current, _DATA)
    code = text_of(current, "Job_Code").strip()
    if change.is_create:
        code = change.write.identity
    addressed = None
    if not code and change.write.remote_id is not None:
        # Without an ID of its own only the WID tells which profile is meant.
        addressed = reference("Job_Profile_Reference", WID, change.write.remote_id)
    data = [
        leaf("Job_Code", code) if code else None,
        leaf("Effective_Date", change.effective),
        group(_BASIC, _basic(change, find(current, _BASIC))),
        _qualifications(change, current),
    ]
    return group("Put_Job_Profile_Request", [addressed, group(_DATA, data)])


def _basic(change: Change, current: Element | None) -> Iterator[Element]:
    wanted = change.wanted
    if RETIRED in wanted:
        yield leaf("Inactive", bool(wanted[RETIRED]))
    # The title is required by validation, so the one that is there goes along.
    title = wanted.get("title", text_of(current, "Job_Title"))
    yield leaf("Job_Title", text(title))
    if "summary" in wanted:
        yield leaf("Job_Profile_Summary", text(wanted["summary"]))
    if "description" in wanted:
        yield leaf("Job_Description", text(wanted["description"]))
    for kind, element in _LEVELS.items():
        if kind in wanted:
            yield reference_to(element, wanted[kind], change.remote_ids)
    if "families" in wanted:
        before = change.write.before.get("families")
        yield from changed_family_rows(
            before, wanted["families"], change.remote_ids, within=_BASIC
        )


def _qualifications(change: Change, current: Element | None) -> Element | None:
    groups = [
        _replacement(change, find(current, _QUALIFICATIONS, element), field)
        for field, (element, _) in GROUPS.items()
        if field in change.wanted
    ]
    filled = [element for element in groups if element is not None]
    return group(_QUALIFICATIONS, filled) if filled else None


def _replacement(change: Change, current: Element | None, field: str) -> Element | None:
    """Return one replacement group; without rows it is cleared by Delete alone."""
    element, shape = GROUPS[field]
    path = f"{_DATA}/{_QUALIFICATIONS}/{element}"
    here = [] if current is None else list(current.iterchildren())
    for child in here:
        if local_name(child) != shape.element:
            raise RejectedError(
                f"The tenant shows {path}/{local_name(child)}, which the contract of "
                "this version lacks; replacing the group would lose it.",
                hint="Leave this field unmapped, or ask for a newer adapter.",
            )
    rows = merged_rows(shape, here, change.wanted[field], change.remote_ids, path=path)
    if not rows and not here:
        return None
    return group(element, rows, is_deleted=not rows)


_ROW_REQUIRED = FieldSpec(
    name="is_required", type=FieldType.BOOLEAN, canonical=canonical_required
)
JOB_PROFILE = Kind(
    spec=KindSpec(
        name="job_profile",
        label="job profile",
        plural="job profiles",
        tag="jp",
        fields=(
            FieldSpec(name="title", is_required=True, canonical=canonical_name),
            FieldSpec(name="summary", canonical=canonical_text),
            FieldSpec(
                name="description",
                type=FieldType.RICH_TEXT,
                canonical=canonical_rich_text,
            ),
            FieldSpec(
                name="management_level",
                type=FieldType.REFERENCE,
                kinds=("management_level",),
            ),
            FieldSpec(name="job_level", type=FieldType.REFERENCE, kinds=("job_level",)),
            FAMILIES,
            FieldSpec(
                name="required_competencies",
                type=FieldType.ROWS,
                kinds=("competency",),
                row=(
                    FieldSpec(
                        name="competency",
                        type=FieldType.REFERENCE,
                        kinds=("competency",),
                        is_required=True,
                    ),
                    FieldSpec(name="rating", canonical=canonical_rating),
                    _ROW_REQUIRED,
                ),
                row_key="competency",
            ),
            FieldSpec(
                name="responsibilities",
                type=FieldType.ROWS,
                row=(
                    FieldSpec(name="text", is_required=True, canonical=canonical_lines),
                    _ROW_REQUIRED,
                ),
                row_key="text",
                is_keyed_by_text=True,
            ),
        ),
        natural_key=("title", "families"),
        repeat=Repeat.PUT,
        retire=Retire.FLAG,
        retire_means=INACTIVE,
    ),
    get="Get_Job_Profiles",
    record="Job_Profile",
    reference="Job_Profile_Reference",
    found=_found,
    put="Put_Job_Profile",
    build=_build,
    entry_date=_entry_date,
)
