"""The groups of qualifications of a job profile: what a person in the job needs.

A group that is absent stays as it is; one that is present replaces the whole (Workday
contract, 5). So a group goes back with the rows of others as the very elements shown.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from adapters.workday.references import (
    foreign,
    rating_of,
    rating_reference,
    reference_to,
)
from adapters.workday.rows import RowShape, merged_rows, rows_of
from adapters.workday.texts import (
    canonical_lines,
    canonical_name,
    html_of_lines,
    lines_of_html,
)
from adapters.workday.wire.kind import Change, text
from connector.kit.errors import RejectedError
from connector.kit.values import (
    Fields,
    FieldSpec,
    FieldType,
    Row,
    Rows,
    Value,
    text_row_key,
)

QUALIFICATIONS = "Qualification_Replacement_Data"
_COMPETENCY = "Competency_Qualification_Replacement"
_RESPONSIBILITY = "Responsibility_Qualification_Replacement"
_CERTIFICATION = "Certification_Qualification_Replacement"
_SKILL = "Skill_Qualification_Replacement"


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


def _read_certification(element: Element) -> Row:
    named = foreign("certification", find(element, "Certification_Reference"))
    # A row of others may name a certification that the catalogue lacks.
    told = f"{text_of(element, 'Name')}|{text_of(element, 'Issuer')}"
    return Row(
        named if named is not None else text_row_key(told),
        {"certification": named, "is_required": boolean_of(element, "Required")},
    )


def _build_certification(fields: Fields) -> Iterator[Element]:
    yield reference_to("Certification_Reference", fields["certification"], {})
    if "is_required" in fields:
        yield leaf("Required", bool(fields["is_required"]))


def _read_skill(element: Element) -> Row:
    named = foreign("skill", find(element, "Skill_Reference"))
    told = text_of(element, "Name") or (named.label if named is not None else "")
    name = str(canonical_name(told))
    return Row(
        text_row_key(name),
        {"name": name, "is_required": boolean_of(element, "Required")},
    )


def _build_skill(fields: Fields) -> Iterator[Element]:
    yield leaf("Name", text(fields["name"]))
    if "is_required" in fields:
        yield leaf("Required", bool(fields["is_required"]))


CERTIFICATION_ROWS = RowShape(
    f"{_CERTIFICATION}_Data",
    {"certification": "Certification_Reference", "is_required": "Required"},
    _read_certification,
    _build_certification,
)
SKILL_ROWS = RowShape(
    f"{_SKILL}_Data",
    {"name": "Name", "is_required": "Required"},
    _read_skill,
    _build_skill,
)
#: Our fields that are replacement groups, with the element and its rows.
GROUPS = {
    "responsibilities": (_RESPONSIBILITY, RESPONSIBILITY_ROWS),
    "required_competencies": (_COMPETENCY, COMPETENCY_ROWS),
    "certifications": (_CERTIFICATION, CERTIFICATION_ROWS),
    "skills": (_SKILL, SKILL_ROWS),
}

_ROW_REQUIRED = FieldSpec(
    name="is_required", type=FieldType.BOOLEAN, canonical=canonical_required
)


def _keyed_by_reference(
    name: str, kind: str, field: str, *more: FieldSpec
) -> FieldSpec:
    key = FieldSpec(
        name=field, type=FieldType.REFERENCE, kinds=(kind,), is_required=True
    )
    return FieldSpec(
        name=name,
        type=FieldType.ROWS,
        kinds=(kind,),
        row=(key, *more, _ROW_REQUIRED),
        row_key=field,
    )


QUALIFICATION_FIELDS = (
    _keyed_by_reference(
        "required_competencies",
        "competency",
        "competency",
        FieldSpec(name="rating", canonical=canonical_rating),
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
    _keyed_by_reference("certifications", "certification", "certification"),
    FieldSpec(
        name="skills",
        type=FieldType.ROWS,
        row=(
            FieldSpec(name="name", is_required=True, canonical=canonical_name),
            _ROW_REQUIRED,
        ),
        row_key="name",
        is_keyed_by_text=True,
    ),
)


def qualification_rows(data: Element | None) -> dict[str, Rows]:
    """Return the rows of every group that is ours to read, by field."""
    return {
        field: rows_of(
            shape,
            find_all(data, QUALIFICATIONS, element, shape.element),
            is_ordered=False,
        )
        for field, (element, shape) in GROUPS.items()
    }


def qualification_groups(
    change: Change, current: Element | None, path: str
) -> Element | None:
    """Return the groups that change, each whole; none where no group does.

    Raises:
        RejectedError: a group holds what the contract lacks; the message has its path.
    """
    groups = [
        _replacement(change, find(current, QUALIFICATIONS, element), field, path)
        for field, (element, _) in GROUPS.items()
        if field in change.wanted
    ]
    filled = [element for element in groups if element is not None]
    return group(QUALIFICATIONS, filled) if filled else None


def _replacement(
    change: Change, current: Element | None, field: str, above: str
) -> Element | None:
    """Return one replacement group; without rows it is cleared by Delete alone."""
    element, shape = GROUPS[field]
    path = f"{above}/{QUALIFICATIONS}/{element}"
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
