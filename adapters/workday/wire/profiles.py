"""Job profiles: the role at a level, with its required competencies and duties.

Only changed elements are sent: an element or a qualification group that is absent
stays as it is, a qualification group that is present replaces the whole (NOTES 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
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
from adapters.workday.facts import WID
from adapters.workday.references import (
    foreign,
    ids_of,
    name_of,
    named_reference,
    reference,
    reference_to,
    wid_of,
)
from adapters.workday.rows import merged_references, row_changes
from adapters.workday.texts import (
    canonical_html,
    canonical_name,
    canonical_rich_text,
    canonical_text,
    plain_text,
)
from adapters.workday.wire.classifications import CLASSIFICATION_ID
from adapters.workday.wire.families import (
    FAMILIES,
    INACTIVE,
    changed_family_rows,
    family_rows,
)
from adapters.workday.wire.grades import GRADE_PROFILE_ID
from adapters.workday.wire.kind import Change, Kind, text
from adapters.workday.wire.qualifications import (
    QUALIFICATION_FIELDS,
    qualification_groups,
    qualification_rows,
)
from connector.kit.errors import RejectedError
from connector.kit.values import (
    RETIRED,
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

_DATA, _BASIC = "Job_Profile_Data", "Job_Profile_Basic_Data"
_CLASSIFICATION = "Job_Classification_Data"
_COMPENSATION = "Job_Profile_Compensation_Data"
_GRADE = "Compensation_Grade_Reference"
_GRADE_PROFILE = "Compensation_Grade_Profile_Reference"
_CATEGORY = "Job_Category_Reference"
_LEVELS = {
    "management_level": "Management_Level_Reference",
    "job_level": "Job_Level_Reference",
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
    category = find(basic, _CATEGORY)
    fields["job_category"] = name_of(category, "Job_Category_ID")
    fields["classifications"] = _named_rows(
        "classification",
        [
            name_of(find(row, "Job_Classification_Reference"), CLASSIFICATION_ID)
            for row in find_all(data, _CLASSIFICATION)
        ],
    )
    pay = find(data, _COMPENSATION)
    fields["compensation_grade"] = foreign("compensation_grade", find(pay, _GRADE))
    fields["compensation_grade_profiles"] = _named_rows(
        "profile",
        [name_of(each, GRADE_PROFILE_ID) for each in find_all(pay, _GRADE_PROFILE)],
    )
    fields.update(qualification_rows(data))
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
        *_classifications(change),
        qualification_groups(change, current, _DATA),
        _compensation(change, find(current, _COMPENSATION)),
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
    if "job_category" in wanted:
        category = text(wanted["job_category"])
        yield named_reference(_CATEGORY, "Job_Category_ID", category)
    if "families" in wanted:
        before = change.write.before.get("families")
        yield from changed_family_rows(
            before, wanted["families"], change.remote_ids, within=_BASIC
        )


def _classifications(change: Change) -> Iterator[Element]:
    """Yield the rows to add, and those to take out with Delete; the others stay."""
    if "classifications" not in change.wanted:
        return
    added, removed = row_changes(
        change.write.before.get("classifications"),
        change.wanted["classifications"],
        change.remote_ids,
    )
    for rows, is_deleted in ((added, False), (removed, True)):
        for row in rows:
            name = "Job_Classification_Reference"
            named = named_reference(name, CLASSIFICATION_ID, str(row.key))
            yield group(_CLASSIFICATION, [named], within=_DATA, is_deleted=is_deleted)


def _compensation(change: Change, current: Element | None) -> Element | None:
    """Return the grade with its profiles, whole: it has no rows of its own.

    Raises:
        RejectedError: the grade is to go, which no operation can do.
    """
    wanted = change.wanted
    if not {"compensation_grade", "compensation_grade_profiles"} & wanted.keys():
        return None
    shown = find(current, _GRADE)
    grade = None if shown is None else deepcopy(shown)
    if "compensation_grade" in wanted:
        grade = reference_to(_GRADE, wanted["compensation_grade"], change.remote_ids)
    if grade is None or len(grade) == 0:
        if change.is_create or shown is None:
            return None
        raise RejectedError(
            "No web service takes the compensation grade from a job profile.",
            hint="Take it out in Workday, or name a grade for the level.",
        )
    profiles = [deepcopy(each) for each in find_all(current, _GRADE_PROFILE)]
    if "compensation_grade_profiles" in wanted:
        profiles = merged_references(
            profiles,
            wanted["compensation_grade_profiles"],
            change.remote_ids,
            key_of=lambda each: name_of(each, GRADE_PROFILE_ID),
            build=lambda key: named_reference(
                _GRADE_PROFILE, GRADE_PROFILE_ID, str(key)
            ),
        )
    return group(_COMPENSATION, [grade, *profiles])


def _named_rows(field: str, names: Iterable[str]) -> Rows:
    """Return rows of objects that go by their reference ID."""
    return Rows(tuple(Row(name, {field: name}) for name in names if name))


def _rows_by_name(name: str, field: str, privacy: Privacy = Privacy.PLAIN) -> FieldSpec:
    return FieldSpec(
        name=name,
        type=FieldType.ROWS,
        privacy=privacy,
        row=(FieldSpec(name=field, is_required=True),),
        row_key=field,
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
            FieldSpec(name="job_category"),
            FieldSpec(name="job_level", type=FieldType.REFERENCE, kinds=("job_level",)),
            FAMILIES,
            _rows_by_name("classifications", "classification"),
            *QUALIFICATION_FIELDS,
            FieldSpec(
                name="compensation_grade",
                type=FieldType.REFERENCE,
                privacy=Privacy.PAY,
                kinds=("compensation_grade",),
            ),
            _rows_by_name("compensation_grade_profiles", "profile", Privacy.PAY),
        ),
        natural_key=("title", "families"),
        unique=("title", "families"),
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
