"""Categories, classifications, certifications and grades through their lives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest
from workday_support import (
    Desk,
    by_name,
    by_reference,
    certified,
    change,
    classification,
    families,
    grade_profile,
    new,
    skill,
)

from adapters.workday.sandbox import NamedSeed
from connector.kit.values import (
    Done,
    Foreign,
    Found,
    Operation,
    Ref,
    Rejected,
    Row,
    Rows,
    Sending,
    Value,
)

#: A record of each kind, and another one with something of everything changed.
LIVES: Mapping[str, tuple[Mapping[str, Value], Mapping[str, Value]]] = {
    "job_category": (
        {"name": "Salaried", "description": "Paid by the month"},
        {"name": "Paid by the month", "description": ""},
    ),
    "competency_category": (
        {"name": "Craft", "description": "What we make"},
        {"name": "Our craft", "description": "What we make\nand mend"},
    ),
    "certification": (
        {"name": "Cloud & more", "issuer": "Guild", "valid_months": 36},
        {"name": "Cloud", "issuer": "", "valid_months": None},
    ),
    "classification_group": (
        {
            "name": "Career track",
            "classifications": Rows((classification("one"), classification("two"))),
        },
        {
            "name": "Track",
            "classifications": Rows(
                (classification("one", "First"), classification("three"))
            ),
        },
    ),
    "compensation_grade": (
        {
            "name": "G4",
            "description": "Experts",
            "compensation_elements": ("BASE",),
            "profiles": Rows((grade_profile("gp-one"), grade_profile("gp-two"))),
        },
        {
            "name": "G 4",
            "description": "",
            "compensation_elements": ("BASE", "BONUS"),
            "profiles": Rows(
                (grade_profile("gp-one", 130000, "PLN"), grade_profile("gp-three"))
            ),
        },
    ),
}


@pytest.fixture
def desk(open_tenant: Callable[..., Desk]) -> Desk:
    """A tenant with the objects that only its administrators make."""
    return open_tenant(
        compensation_elements=(NamedSeed("BASE", "Base"), NamedSeed("BONUS", "Bonus")),
        condition_rules=(NamedSeed("IRELAND", "Works in Ireland"),),
        currencies=(NamedSeed("EUR", "Euro"), NamedSeed("PLN", "Zloty")),
        frequencies=(NamedSeed("Annual", "Annual"),),
        job_categories=(NamedSeed("HOURLY", "Hourly"),),
    )


def shown(found: Found, fields: Mapping[str, Value]) -> Mapping[str, Value]:
    return {name: found.fields[name] for name in fields}


@pytest.mark.parametrize("kind", LIVES)
def test_an_object_is_created_changed_retired_and_restored(
    desk: Desk, kind: str
) -> None:
    first, then = LIVES[kind]
    remote_id = desk.create(kind, "x", **first)
    found = desk.found(kind, remote_id)
    assert found.identity.startswith("jf-")
    assert shown(found, first) == first
    update = change(kind, "x", remote_id, first, then)
    assert isinstance(desk.outcomes(update)[update.ref], Done)
    assert shown(desk.found(kind, remote_id), then) == then
    if kind == "competency_category":
        return  # nothing takes one out of use
    for is_retired in (True, False):
        write = change(
            kind,
            "x",
            remote_id,
            {"retired": not is_retired},
            {"retired": is_retired},
            Operation.RETIRE if is_retired else Operation.UPDATE,
        )
        assert isinstance(desk.outcomes(write)[write.ref], Done)
        after = desk.found(kind, remote_id)
        assert after.fields["retired"] is is_retired
        assert shown(after, then) == then


def test_a_job_profile_names_category_track_grade_certificates_and_skills(
    desk: Desk,
) -> None:
    for kind in ("certification", "classification_group", "compensation_grade"):
        desk.create(kind, "x", **LIVES[kind][0])
    desk.create("job_family", "eng", name="Engineering")
    first: Mapping[str, Value] = {
        "title": "Engineer",
        "summary": "Builds",
        "families": families("eng"),
        "job_category": "HOURLY",
        "classifications": by_name("classification", "jf-cl-one"),
        "certifications": Rows((certified("x"),)),
        "skills": Rows((skill("Welding"),)),
        "compensation_grade": Ref("compensation_grade", "x"),
        "compensation_grade_profiles": by_name("profile", "gp-one"),
    }
    remote_id = desk.create("job_profile", "dev", **first)
    found = desk.found("job_profile", remote_id)
    named = ("job_category", "classifications", "skills", "compensation_grade_profiles")
    for name in named:
        assert found.fields[name] == first[name]
    grade = found.fields["compensation_grade"]
    assert isinstance(grade, Foreign)
    assert grade.remote_id == desk.ids[Ref("compensation_grade", "x")]
    after: Mapping[str, Value] = {
        "classifications": by_name("classification", "jf-cl-two"),
        "certifications": Rows(),
        "skills": Rows((skill("Sailing", is_required=False),)),
        "compensation_grade_profiles": by_name("profile", "gp-one", "gp-two"),
    }
    before = {name: found.fields[name] for name in after}
    update = change("job_profile", "dev", remote_id, before, after)
    assert isinstance(desk.outcomes(update)[update.ref], Done)
    found = desk.found("job_profile", remote_id)
    assert shown(found, after) == after
    assert found.fields["job_category"] == "HOURLY"


def test_a_grade_profile_of_another_grade_is_refused(desk: Desk) -> None:
    desk.create("compensation_grade", "x", **LIVES["compensation_grade"][0])
    other = {**LIVES["compensation_grade"][0], "name": "Other", "profiles": Rows()}
    desk.create("compensation_grade", "y", **other)
    write = new(
        "job_profile",
        "dev",
        title="Engineer",
        compensation_grade=Ref("compensation_grade", "y"),
        compensation_grade_profiles=by_name("profile", "gp-one"),
    )
    outcome = desk.outcomes(write)[write.ref]
    assert isinstance(outcome, Rejected)
    assert "is not one of the grade 'Other'" in outcome.message


def test_what_others_gave_a_grade_stays_when_ours_changes(desk: Desk) -> None:
    """Another system's profile has steps and segments, which we never fill."""
    theirs = grade_profile("their-band", 99000)
    fields = {
        **LIVES["compensation_grade"][0],
        "profiles": Rows((grade_profile("gp-one"), theirs)),
    }
    remote_id = desk.create("compensation_grade", "x", **fields)
    grade = desk.tenant.store.find("Compensation_Grade_ID", "jf-gr-x")
    assert grade is not None
    row = grade.latest["Compensation_Grade_Profile"][1]
    band = row["Compensation_Grade_Profile_Data"]["Compensation_Pay_Range_Data"]
    band["Spread"] = "50"
    band["Compensation_Step"] = [
        {
            "Compensation_Step_Data": {
                "Compensation_Step_ID": "S1",
                "Sequence": "1",
                "Name": "First",
                "Amount": "81000",
            }
        }
    ]
    before = {
        "profiles": desk.found("compensation_grade", remote_id).fields["profiles"]
    }
    after = {"profiles": Rows((grade_profile("gp-one", 125000), theirs))}
    update = change("compensation_grade", "x", remote_id, before, after)
    assert isinstance(desk.outcomes(update)[update.ref], Done)
    rows = {
        item["Compensation_Grade_Profile_Data"]["Compensation_Grade_Profile_ID"]: item
        for item in grade.latest["Compensation_Grade_Profile"]
    }
    kept = rows["their-band"]["Compensation_Grade_Profile_Data"]
    assert kept["Compensation_Pay_Range_Data"] == band
    ours = rows["gp-one"]["Compensation_Grade_Profile_Data"]
    assert Decimal(ours["Compensation_Pay_Range_Data"]["Maximum"]) == 125000


def test_categories_of_others_stay_on_a_competency(desk: Desk) -> None:
    for key in ("ours", "theirs"):
        desk.create("competency_category", key, name=key.title())
    theirs = desk.ids[Ref("competency_category", "theirs")]
    remote_id = desk.create(
        "competency",
        "c",
        name="Knots",
        categories=by_reference("competency_category", "category", "theirs"),
    )
    kept = Foreign("competency_category", theirs)
    both = Rows(
        (
            Row(kept, {"category": kept}),
            *by_reference("competency_category", "category", "ours").rows,
        )
    )
    before = {"categories": Rows((Row(kept, {"category": kept}),))}
    update = change("competency", "c", remote_id, before, {"categories": both})
    assert isinstance(desk.outcomes(update)[update.ref], Done)
    shown_now = desk.found("competency", remote_id).fields["categories"]
    assert isinstance(shown_now, Rows)
    assert {row.key for row in shown_now.rows} == {
        kept,
        Foreign("competency_category", desk.ids[Ref("competency_category", "ours")]),
    }


def test_one_wave_leaves_in_the_order_of_the_contract(desk: Desk) -> None:
    """What goes by our reference ID is there when it is named, whatever the order."""
    group = new("classification_group", "x", **LIVES["classification_group"][0])
    profile = new(
        "job_profile",
        "dev",
        title="Engineer",
        classifications=by_name("classification", "jf-cl-one"),
    )
    items = desk.apply(profile, group)
    announced = [item.refs[0].kind for item in items if isinstance(item, Sending)]
    assert announced == ["classification_group", "job_profile"]
    retirements = [
        change(
            write.kind,
            write.key,
            desk.ids[write.ref],
            {"retired": False},
            {"retired": True},
            Operation.RETIRE,
        )
        for write in (group, profile)
    ]
    items = desk.apply(*retirements)
    announced = [item.refs[0].kind for item in items if isinstance(item, Sending)]
    assert announced == ["job_profile", "classification_group"]


def test_a_new_object_exists_from_the_date_that_the_setting_names(
    open_tenant: Callable[..., Desk],
) -> None:
    late = open_tenant(with_settings={"first_effective_date": "2026-02-01"})
    late.create("classification_group", "x", name="Career track")
    made = late.tenant.store.find("Job_Classification_Group_ID", "jf-cg-x")
    assert made is not None
    assert made.first_effective.isoformat() == "2026-02-01"


@pytest.mark.parametrize(
    ("kind", "field", "rows", "data"),
    [
        (
            "classification_group",
            "classifications",
            "Job_Classification",
            "Job_Classification_Data",
        ),
        (
            "compensation_grade",
            "profiles",
            "Compensation_Grade_Profile",
            "Compensation_Grade_Profile_Data",
        ),
    ],
)
def test_a_row_that_somebody_took_out_of_use_is_missing_and_comes_back(
    desk: Desk, kind: str, field: str, rows: str, data: str
) -> None:
    fields = LIVES[kind][0]
    wanted = fields[field]
    assert isinstance(wanted, Rows)
    remote_id = desk.create(kind, "x", **fields)
    made = desk.tenant.store.find("WID", remote_id)
    assert made is not None
    made.latest[rows][0][data]["Inactive"] = "1"
    left = desk.found(kind, remote_id).fields[field]
    assert left == Rows(wanted.rows[1:])
    update = change(kind, "x", remote_id, {field: left}, {field: wanted})
    assert isinstance(desk.outcomes(update)[update.ref], Done)
    assert desk.found(kind, remote_id).fields[field] == wanted


def test_what_the_tenant_says_of_a_grade_is_told_without_amounts(desk: Desk) -> None:
    desk.create("compensation_grade", "x", **LIVES["compensation_grade"][0])
    # The profile belongs to the first grade, and its name is told back.
    told = grade_profile("gp-one").fields
    row = Row("gp-one", {**told, "currency": "73501"})
    write = new(
        "compensation_grade",
        "y",
        name="Other",
        compensation_elements=("BASE",),
        profiles=Rows((row,)),
    )
    outcome = desk.outcomes(write)[write.ref]
    assert isinstance(outcome, Rejected)
    assert "73501" not in outcome.message
    assert "<hidden: pay>" in outcome.message
