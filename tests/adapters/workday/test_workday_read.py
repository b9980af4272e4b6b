"""Reading: pages of one moment, and every way in which a reading is not whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import responses
from workday_support import (
    SEED,
    Desk,
    behaviours,
    change,
    families,
    machine_clock,
    new,
    ratings,
)

from adapters.workday.client import WorkdayClient
from adapters.workday.read import Question, View, read_all
from adapters.workday.sandbox import CutPage, JobFamilySeed
from adapters.workday.settings import load_settings
from connector.kit.errors import AuthError, ReplyError
from connector.kit.protocols import Services, Snapshot
from connector.kit.values import (
    Complete,
    Foreign,
    Found,
    Incomplete,
    ReadScope,
    Ref,
    Rows,
)

MANY = tuple(JobFamilySeed(f"F{n}", f"Family {n}") for n in range(7))
OpenTenant = Callable[..., Desk]


def snapshot_of(desk: Desk) -> Snapshot:
    scope = ReadScope(prefix="jf", as_of=date(2026, 6, 1))
    return desk.connection.catalogue.snapshot(scope)


#: The seven kinds, and how many of each the tenant holds.
HELD = {
    "management_level": 2,
    "job_level": 1,
    "proficiency_scale": 1,
    "competency": 2,
    "job_family": 1,
    "job_family_group": 0,
    "job_profile": 1,
}


@pytest.mark.parametrize("kind", HELD)
def test_every_kind_is_read_whole(desk: Desk, kind: str) -> None:
    items = desk.read(kind)
    assert isinstance(items[-1], Complete)
    assert len(items) - 1 == HELD[kind]
    for found in items[:-1]:
        assert isinstance(found, Found)
        assert found.fields["retired"] is False
        assert found.identity


@pytest.mark.parametrize("is_strict", [True, False])
def test_pages_add_up(open_tenant: OpenTenant, is_strict: bool) -> None:
    desk = open_tenant(
        job_families=(*SEED.job_families, *MANY),
        is_strict=is_strict,
        with_settings={"page_size": 3},
    )
    items = desk.read("job_family")
    assert isinstance(items[-1], Complete)
    assert len({f.remote_id for f in items if isinstance(f, Found)}) == 8
    assert desk.counts()["Get_Job_Families"] == 3


def test_what_changes_between_two_pages_does_not_shift_them(
    open_tenant: OpenTenant,
) -> None:
    desk = open_tenant(
        job_families=MANY, job_profiles=(), workers=(), with_settings={"page_size": 3}
    )
    scope_items = snapshot_of(desk).read("job_family")
    first = [next(scope_items) for _ in range(3)]
    for n in range(5):
        desk.create("job_family", f"new-{n}", name=f"New {n}", summary="")
    rest = list(scope_items)
    names = [f.fields["name"] for f in [*first, *rest] if isinstance(f, Found)]
    assert sorted(map(str, names)) == [f"Family {n}" for n in range(7)]
    assert isinstance(rest[-1], Complete)


def test_a_cut_page_ends_incomplete_with_the_reason(open_tenant: OpenTenant) -> None:
    desk = open_tenant(
        job_families=(*SEED.job_families, *MANY), with_settings={"page_size": 3}
    )
    desk.tenant.switches.cut_page = CutPage("Get_Job_Families", 2)
    items = desk.read("job_family")
    assert isinstance(items[-1], Incomplete)
    assert "Get_Job_Families" in items[-1].reason
    assert 3 <= len(items) - 1 < 8


def test_a_tenant_that_is_down_ends_incomplete(desk: Desk) -> None:
    desk.tenant.switches.errors = 100
    items = desk.read("job_family")
    assert len(items) == 1
    assert isinstance(items[0], Incomplete)
    assert "503" in items[0].reason


def test_a_short_outage_is_sat_out(desk: Desk) -> None:
    desk.tenant.switches.errors = 2
    assert isinstance(desk.read("job_family")[-1], Complete)
    assert len(desk.waits) == 2


def test_an_empty_answer_is_suspected_where_objects_were_linked(desk: Desk) -> None:
    linked = desk.found("job_family", "OTHER_FAMILY").remote_id
    desk.tenant.permissions.revoke({("Job Information", "Get")})
    desk.tenant.permissions.activate()
    (item,) = desk.read("job_family", linked=[linked])
    assert isinstance(item, Incomplete)
    assert "Job Information" in item.reason
    assert desk.read("job_family") == [Complete()]


def test_a_refused_login_stops_the_reading(open_tenant: OpenTenant) -> None:
    desk = open_tenant()
    desk.secrets.values["workday.password"] = "wrong"
    with pytest.raises(AuthError, match="refuses the login"):
        desk.read("job_family")


def test_an_unknown_version_is_named(open_tenant: OpenTenant) -> None:
    desk = open_tenant(with_settings={"versions": {"Talent": "v99.9"}})
    with pytest.raises(ReplyError, match="version of the settings"):
        desk.read("competency")


def test_unknown_elements_in_an_answer_are_ignored(desk: Desk) -> None:
    desk.tenant.switches.extra_elements = {
        "Job_Profile_Basic_Data": "Something_New",
        "Job_Family_Data": "Another_New",
    }
    assert isinstance(desk.read("job_profile")[-1], Complete)
    assert isinstance(desk.read("job_family")[-1], Complete)


def test_a_job_profile_shows_how_many_hold_it(desk: Desk) -> None:
    assert desk.found("job_profile", "SHARED").people == 2
    assert desk.found("job_family", "OTHER_FAMILY").people == 0


def test_without_a_view_of_workers_their_number_is_unknown(desk: Desk) -> None:
    desk.tenant.permissions.revoke({("Worker Data: Public Worker Reports", "Get")})
    desk.tenant.permissions.activate()
    snapshot = snapshot_of(desk)
    assert snapshot.people_in_scope() is None
    assert desk.found("job_profile", "SHARED").people == 0


def test_scales_and_competencies_come_back_as_sent(desk: Desk) -> None:
    desk.create(
        "proficiency_scale",
        "s",
        name="Ours",
        description="Three",
        ratings=ratings("A", "B", "C"),
    )
    texts = behaviours(at1="- Knows <it>\n- Says so", at3="Shows & tells")
    desk.create(
        "competency",
        "cloud",
        name="Cloud",
        description="Two\nlines",
        scale=Ref("proficiency_scale", "s"),
        behaviours=texts,
    )
    scale = desk.found("proficiency_scale", "jf-ps-s")
    assert scale.fields["ratings"] == ratings("A", "B", "C")
    competency = desk.found("competency", "jf-c-cloud")
    assert competency.fields["scale"] == Foreign("proficiency_scale", scale.remote_id)
    assert competency.fields["description"] == "Two\nlines"
    assert competency.fields["behaviours"] == texts


def test_a_group_lists_its_families_and_loses_only_the_one_taken_out(
    desk: Desk,
) -> None:
    for key in ("one", "two"):
        desk.create("job_family", key, name=f"Family {key}", summary="")
    desk.create(
        "job_family_group",
        "g",
        name="Group",
        summary="",
        families=families("one", "two"),
    )
    shown = desk.found("job_family_group", "jf-jg-g")
    held = shown.fields["families"]
    assert isinstance(held, Rows)
    assert len(held.rows) == 2
    write = change(
        "job_family_group",
        "g",
        shown.remote_id,
        {"families": families("one", "two")},
        {"families": families("two")},
    )
    desk.outcomes(write)
    held = desk.found("job_family_group", "jf-jg-g").fields["families"]
    assert isinstance(held, Rows)
    keys = [row.key.remote_id for row in held.rows if isinstance(row.key, Foreign)]
    assert keys == [desk.ids[Ref("job_family", "two")]]


def test_inactive_families_are_seen(desk: Desk) -> None:
    write = new("job_family", "gone", name="Gone", summary="", retired=True)
    desk.outcomes(write)
    assert desk.found("job_family", "jf-jf-gone").fields["retired"] is True


LOTS = tuple(JobFamilySeed(f"F{n:03}", f"Family {n}") for n in range(100))


def counts_asked_for(desk: Desk) -> list[int]:
    return [entry.page for entry in desk.tenant.log if "Families" in entry.operation]


def test_pages_that_the_tenant_aborts_are_asked_for_in_pieces(
    open_tenant: OpenTenant,
) -> None:
    desk = open_tenant(
        job_families=LOTS,
        job_profiles=(),
        workers=(),
        with_settings={"page_size": 100},
    )
    desk.tenant.switches.largest_answer = 20_000
    items = desk.read("job_family")
    assert isinstance(items[-1], Complete)
    names = [item.fields["name"] for item in items if isinstance(item, Found)]
    assert sorted(map(str, names)) == sorted(seed.name for seed in LOTS)
    # One page too large, then four pieces; the second reading begins with pieces.
    assert counts_asked_for(desk)[0] == 1
    first = len(counts_asked_for(desk))
    assert isinstance(desk.read("job_family")[-1], Complete)
    assert len(counts_asked_for(desk)) - first == first - 1


def test_a_page_cut_in_the_middle_goes_on_where_it_was_cut(
    open_tenant: OpenTenant,
) -> None:
    desk = open_tenant(
        job_families=LOTS,
        job_profiles=(),
        workers=(),
        with_settings={"page_size": 45},
    )
    desk.tenant.switches.cut_page = CutPage("Get_Job_Families", 2)
    items = desk.read("job_family")
    assert isinstance(items[-1], Complete)
    ids = [item.remote_id for item in items if isinstance(item, Found)]
    assert len(ids) == len(set(ids)) == 100


def test_an_answer_that_no_page_is_small_enough_for_ends_incomplete(
    open_tenant: OpenTenant,
) -> None:
    desk = open_tenant(job_families=LOTS, job_profiles=(), workers=())
    desk.tenant.switches.largest_answer = 100
    (item,) = desk.read("job_family")
    assert isinstance(item, Incomplete)


def test_no_record_is_kept_once_the_next_one_is_asked_for(
    open_tenant: OpenTenant,
) -> None:
    desk = open_tenant(job_families=LOTS, job_profiles=(), workers=())
    client = WorkdayClient(
        load_settings(desk.sandbox.settings()),
        Services(secrets=desk.secrets, now=machine_clock, sleep=lambda _: None),
        None,
    )
    question = Question(operation="Get_Job_Families", record="Job_Family")
    held = []
    for record in read_all(client, question, View(), now=machine_clock()):
        before = list(record.itersiblings(preceding=True))
        held.append((len(before) > 1, sum(len(each) for each in before)))
    client.close()
    assert held == [(False, 0)] * 100


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["a", "b", "b"], "a record came twice, so another is missing"),
        (["a", "b"], "2 of 3 records came"),
    ],
)
def test_records_that_are_not_those_announced_end_incomplete(
    desk: Desk, rows: list[str], said: str
) -> None:
    families = "".join(
        "<wd:Job_Family><wd:Job_Family_Reference>"
        f'<wd:ID wd:type="WID">{row * 32}</wd:ID></wd:Job_Family_Reference>'
        "</wd:Job_Family>"
        for row in rows
    )
    answer = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        '<wd:Get_Job_Families_Response xmlns:wd="urn:com.workday/bsvc">'
        "<wd:Response_Results><wd:Total_Results>3</wd:Total_Results>"
        "<wd:Total_Pages>1</wd:Total_Pages></wd:Response_Results>"
        f"<wd:Response_Data>{families}</wd:Response_Data>"
        "</wd:Get_Job_Families_Response></e:Body></e:Envelope>"
    )
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        mocked.post(
            f"{desk.sandbox.url}/ccx/service/acme/Human_Resources/v31.2",
            body=answer,
            content_type="text/xml",
        )
        item = desk.read("job_family")[-1]
    assert isinstance(item, Incomplete)
    assert said in item.reason
