"""Job profiles: identity, uniqueness, qualification groups and their reading.

Qualification groups are full replacements: absent leaves a group alone, present
replaces it, `Delete` clears it and must come without rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import etree

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import (
    DELETE,
    Document,
    ids_of,
    instance_of,
    instances_of,
    part_of,
    row_key,
    rows_of,
    tag,
    text_of,
    unknown_id,
)
from adapters.workday.sandbox.faults import (
    ValidationFaultError,
    ValidationProblem,
    refuse,
)
from adapters.workday.sandbox.grades import ROW_REFERENCE, profiles_of
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.reading import Flags, Window, answer, asked_references
from adapters.workday.sandbox.store import Instance, Store
from adapters.workday.sandbox.transactions import transaction_filter
from adapters.workday.sandbox.writing import (
    Put,
    Row,
    Shape,
    finish_put,
    put_response,
    start_put,
)

JOB_PROFILE = Shape(
    kind="job_profile",
    noun="job profile",
    id_type="Job_Profile_ID",
    reference="Job_Profile_Reference",
    data="Job_Profile_Data",
    data_type="Job_Profile_DataType",
    id_element="Job_Code",
    prefix="JOB_PROFILE",
)
BASIC, QUALIFICATIONS = "Job_Profile_Basic_Data", "Qualification_Replacement_Data"
FAMILY_ROWS = "Job_Family_Data"
_REFERENCE_TYPE = "Job_ProfileObjectType"
# Which flag of the Response_Group shows which part (NOTES 6.1).
_PARTS = {
    "Include_Job_Profile_Basic_Data": (BASIC,),
    "Include_Job_Classification_Data": ("Job_Classification_Data",),
    "Include_Job_Profile_Pay_Rate_Data": ("Job_Profile_Pay_Rate_Data",),
    "Include_Job_Profile_Exempt_Data": ("Job_Profile_Exempt_Data",),
    "Include_Workers_Compensation_Data": (
        "Workers_Compensation_Code_Replacement_Data",
    ),
    "Include_Job_Profile_Compensation_Data": ("Job_Profile_Compensation_Data",),
}
_GROUPS = {
    f"Include_{name}_Qualifications": f"{name}_Qualification_Replacement"
    for name in (
        "Responsibility",
        "Work_Experience",
        "Education",
        "Language",
        "Competency",
        "Certification",
        "Training",
        "Skill",
    )
}
_CRITERIA = {
    "Job_Family_Reference": (BASIC, FAMILY_ROWS, "Job_Family_Reference"),
    "Management_Level_Reference": (BASIC, "Management_Level_Reference"),
    "Job_Level_Reference": (BASIC, "Job_Level_Reference"),
    "Job_Category_Reference": (BASIC, "Job_Category_Reference"),
    "Job_Classification_Reference": (
        "Job_Classification_Data",
        "Job_Classification_Reference",
    ),
}


def put_job_profile(call: Call) -> list[Node]:
    """Create or update a job profile."""
    put = start_put(call, JOB_PROFILE)
    if put.existing is None and not put.new_id:
        raise refuse("A Job_Code is required.", f"{put.path}/bsvc:Job_Code[1]")
    problems = [*_group_problems(put), *_row_problems(put), *_basic_problems(put)]
    if problems:
        raise ValidationFaultError(problems)
    document = put.merged()
    basic = part_of(document, BASIC)
    title = text_of(basic, "Job_Title")
    title_path = f"{put.path}/bsvc:{BASIC}[1]/bsvc:Job_Title[1]"
    if not title:
        raise refuse("A Job_Title is required.", title_path)
    families = [
        family
        for row in rows_of(basic, FAMILY_ROWS)
        for family in instances_of(row, "Job_Family_Reference")
    ]
    require_unique_titles(call.store, put.existing, title, families, title_path)
    soft = call.tenant.switches.take_soft_exception()
    if soft is not None and soft.classification == "Error":
        return [_exceptions(soft.classification, soft.message)]
    saved = finish_put(put, document, title)
    answered = put_response(put, saved, "Job_Profile_Reference", _REFERENCE_TYPE)
    if soft is not None:
        answered.append(_exceptions(soft.classification, soft.message))
    return answered


def _exceptions(classification: str, message: str) -> Node:
    detail = group(
        "Exception_Data",
        (leaf("Classification", classification), leaf("Message", message)),
    )
    return Node("Exceptions_Response_Data", (Node("Exceptions_Data", (detail,)),))


def require_unique_titles(
    store: Store,
    own: Instance | None,
    title: str,
    families: Iterable[Instance],
    path: str,
) -> None:
    """Refuse a title that another profile of one of the families bears."""
    wanted = {family.wid for family in families}
    for other in store.of_kind(JOB_PROFILE.kind):
        if other is own:
            continue
        basic = part_of(other.latest, BASIC)
        if text_of(basic, "Job_Title") != title:
            continue
        for row in rows_of(basic, FAMILY_ROWS):
            family = instance_of(row, "Job_Family_Reference")
            if family is not None and family.wid in wanted:
                raise refuse(
                    f"The Job_Title '{title}' is already in use in the job family "
                    f"'{family.descriptor}'.",
                    path,
                )


def with_families(document: Document, families: Iterable[Instance]) -> Document:
    """Return a profile's document with other families."""
    basic = dict(part_of(document, BASIC))
    basic[FAMILY_ROWS] = [{"Job_Family_Reference": family} for family in families]
    return {**document, BASIC: basic}


def _group_problems(put: Put) -> Iterable[ValidationProblem]:
    groups = part_of(put.sent, QUALIFICATIONS)
    for name in _GROUPS.values():
        sent = part_of(groups, name)
        if DELETE in sent and len(sent) > 1:
            yield ValidationProblem(
                f"Delete is set, so {name} must not have rows.",
                _group_path(put, name),
            )


def _group_path(put: Put, name: str) -> str:
    return f"{put.path}/bsvc:{QUALIFICATIONS}[1]/bsvc:{name}[1]"


def _row_problems(put: Put) -> Iterable[ValidationProblem]:
    groups = part_of(put.sent, QUALIFICATIONS)
    for name, check in _ROW_CHECKS.items():
        seen: set[str] = set()
        rows = rows_of(part_of(groups, name), f"{name}_Data")
        for number, row in enumerate(rows, 1):
            message = check(row, seen)
            if message:
                path = f"{_group_path(put, name)}/bsvc:{name}_Data[{number}]"
                yield ValidationProblem(message, path)


def _competency_row(row: Document, seen: set[str]) -> str:
    return _twice(row, "Competency_Reference", "competency", seen)


def _skill_row(row: Document, seen: set[str]) -> str:
    if not (instance_of(row, "Skill_Reference") or text_of(row, "Name")):
        return "A skill row needs a Skill_Reference or a Name."
    return _twice(row, "Skill_Reference", "skill", seen)


def _twice(row: Document, name: str, noun: str, seen: set[str]) -> str:
    instance = instance_of(row, name)
    if instance is None:
        return ""
    if instance.wid in seen:
        return f"The {noun} '{instance.descriptor}' occurs more than once."
    seen.add(instance.wid)
    return ""


def _training_row(row: Document, _seen: set[str]) -> str:
    if text_of(row, "Training_Name") and instance_of(row, "Training_Type_Reference"):
        return ""
    return "A training row needs a Training_Name and a Training_Type_Reference."


def _language_row(row: Document, _seen: set[str]) -> str:
    if rows_of(row, "Language_Ability_Profile_Data"):
        return ""
    return "A language row needs at least one ability."


def _responsibility_row(row: Document, _seen: set[str]) -> str:
    if text_of(row, "Responsibility_Description").strip():
        return ""
    return "A Responsibility_Description is required."


_ROW_CHECKS: dict[str, Callable[[Document, set[str]], str]] = {
    "Responsibility_Qualification_Replacement": _responsibility_row,
    "Competency_Qualification_Replacement": _competency_row,
    "Skill_Qualification_Replacement": _skill_row,
    "Training_Qualification_Replacement": _training_row,
    "Language_Qualification_Replacement": _language_row,
}


def _basic_problems(put: Put) -> Iterable[ValidationProblem]:
    basic = part_of(put.sent, BASIC)
    has_recruiting = "recruiting" in put.call.tenant.seed.variants
    if text_of(basic, "Additional_Job_Description") and not has_recruiting:
        yield ValidationProblem(
            "Additional_Job_Description needs Recruiting.",
            f"{put.path}/bsvc:{BASIC}[1]/bsvc:Additional_Job_Description[1]",
        )
    for name in ("Job_Profile_Pay_Rate_Data", "Job_Profile_Exempt_Data"):
        schema = put.call.contract.types[f"{name.removesuffix('_Data')}_DataType"]
        seen: set[str] = set()
        for number, row in enumerate(rows_of(put.sent, name), 1):
            place = instance_of(row, row_key(schema))
            if place is not None and place.wid in seen:
                yield ValidationProblem(
                    f"Only one row for '{place.descriptor}' is allowed.",
                    f"{put.path}/bsvc:{name}[{number}]",
                )
            seen.add(place.wid if place else "")
    yield from _compensation_problems(put)


def _compensation_problems(put: Put) -> Iterable[ValidationProblem]:
    name = "Job_Profile_Compensation_Data"
    sent = part_of(put.sent, name)
    path = f"{put.path}/bsvc:{name}[1]"
    grade = instance_of(sent, "Compensation_Grade_Reference")
    if name in put.sent and grade is None:
        yield ValidationProblem("A Compensation_Grade_Reference is required.", path)
    profiles = instances_of(sent, ROW_REFERENCE)
    for number, profile in enumerate(profiles, 1):
        if grade is not None and profile not in profiles_of(grade):
            yield ValidationProblem(
                f"The grade profile '{profile.descriptor}' is not one of the grade "
                f"'{grade.descriptor}'.",
                f"{path}/bsvc:{ROW_REFERENCE}[{number}]",
            )


def get_job_profiles(call: Call) -> list[Node]:
    """Read job profiles, the parts by flag."""
    window, flags = Window.of(call), Flags(call)
    asked = asked_references(call).instances
    if asked is None:
        rows = _matching(call, window)
    else:
        rows = call.store.view_all(asked, window.effective, window.entered)
    only = _shown_parts(flags)
    groups = [name for flag, name in _GROUPS.items() if flags.wants(flag)]

    def write(row: Row) -> Node:
        instance, document = row
        reference = None
        if flags.wants("Include_Reference"):
            reference = call.writer.reference(
                "Job_Profile_Reference", instance, _REFERENCE_TYPE
            )
        shown = _with_groups(document, groups)
        data = call.writer.nodes(shown, JOB_PROFILE.data_type, only)
        return group("Job_Profile", (reference, Node("Job_Profile_Data", tuple(data))))

    return answer(call, window, rows, write)


def _shown_parts(flags: Flags) -> set[str]:
    shown = {"Job_Code", "Effective_Date", QUALIFICATIONS}
    for flag, names in _PARTS.items():
        if flags.wants(flag):
            shown.update(names)
    return shown


def _with_groups(document: Document, names: Iterable[str]) -> Document:
    held = part_of(document, QUALIFICATIONS)
    groups: Document = {name: held[name] for name in names if name in held}
    rest = {key: value for key, value in document.items() if key != QUALIFICATIONS}
    return {**rest, QUALIFICATIONS: groups} if groups else rest


def _matching(call: Call, window: Window) -> list[Row]:
    rows = call.store.views(JOB_PROFILE.kind, window.effective, window.entered)
    criteria = call.find("Request_Criteria")
    if criteria is None:
        return rows
    changed = transaction_filter(call, criteria)
    if changed is not None:
        rows = [row for row in rows if changed(row[0])]
    for name, path in _CRITERIA.items():
        wanted = _wanted(call, criteria, name)
        if wanted:
            rows = [row for row in rows if wanted & _wids_at(row[1], path)]
    return rows


def _wanted(call: Call, criteria: etree._Element, name: str) -> set[str]:
    wanted = set()
    for reference in criteria.iterchildren(tag(name)):
        for id_type, value in ids_of(reference):
            instance = call.store.find(id_type, value)
            if instance is None:
                path = f"{call.path}/bsvc:Request_Criteria[1]/bsvc:{name}[1]"
                raise ValidationFaultError([unknown_id(id_type, value, path)])
            wanted.add(instance.wid)
    return wanted


def _wids_at(document: Document, path: tuple[str, ...]) -> set[str]:
    head, *tail = path
    if not tail:
        return {instance.wid for instance in instances_of(document, head)}
    parts = rows_of(document, head)
    return {wid for part in parts for wid in _wids_at(part, tuple(tail))}
