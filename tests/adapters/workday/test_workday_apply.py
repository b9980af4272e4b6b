"""Applying: lost answers, refusals, stale objects, dates and tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from workday_support import (
    RELEASE_DAY,
    Desk,
    change,
    duty,
    families,
    new,
    open_desk,
    ratings,
    today,
)

from adapters.workday.sandbox import SoftException
from connector.kit.errors import AuthError
from connector.kit.values import (
    ApplyItem,
    Done,
    Operation,
    Ref,
    Rejected,
    Row,
    Rows,
    Sending,
    Unknown,
    Untried,
    Write,
)

OpenTenant = Callable[..., Desk]
ALWAYS = 1000


def family(desk: Desk, key: str = "one") -> str:
    return desk.create("job_family", key, name=f"Family {key}", summary="")


def reworded(desk: Desk, key: str = "one", summary: str = "New") -> Write:
    remote_id = desk.ids[Ref("job_family", key)]
    return change("job_family", key, remote_id, {"summary": ""}, {"summary": summary})


def test_a_put_whose_answer_was_lost_once_is_sent_again_without_harm(
    desk: Desk,
) -> None:
    family(desk)
    desk.tenant.switches.lost_answers = 1
    write = reworded(desk)
    assert isinstance(desk.outcomes(write)[write.ref], Done)
    assert desk.counts()["Put_Job_Family"] == 3
    assert desk.found("job_family", "jf-jf-one").fields["summary"] == "New"


def test_a_create_whose_answer_was_lost_makes_one_object(desk: Desk) -> None:
    desk.tenant.switches.lost_answers = 2
    family(desk)
    names = [getattr(item, "label", "") for item in desk.read("job_family")]
    assert names.count("Family one") == 1


def test_an_answer_that_stays_lost_is_unknown(desk: Desk) -> None:
    desk.tenant.switches.lost_answers = ALWAYS
    write = new("job_family", "one", name="Family one", summary="")
    outcome = desk.outcomes(write)[write.ref]
    assert isinstance(outcome, Unknown)
    assert "Put_Job_Family" in outcome.reason
    desk.tenant.switches.reset()
    assert desk.found("job_family", "jf-jf-one").fields["name"] == "Family one"


def test_what_never_left_is_untried(desk: Desk) -> None:
    family(desk)
    desk.sandbox.close()
    write, other = reworded(desk), new("job_family", "two", name="Two", summary="")
    outcomes = desk.outcomes(write, other)
    assert all(isinstance(outcome, Untried) for outcome in outcomes.values())


def test_a_refused_put_leaves_the_others_alone(desk: Desk) -> None:
    writes = [
        new("job_family", "one", name="Other family", summary=""),
        new("job_family", "two", name="Family two", summary=""),
    ]
    outcomes = desk.outcomes(*writes)
    refused = outcomes[Ref("job_family", "one")]
    assert isinstance(refused, Rejected)
    assert "already in use" in refused.message
    assert not refused.is_stale
    assert isinstance(outcomes[Ref("job_family", "two")], Done)


def test_a_soft_error_on_a_success_is_a_refusal(desk: Desk) -> None:
    desk.tenant.switches.soft_exceptions.append(SoftException("Error", "Not like this"))
    write = new("job_profile", "p", title="Some title", families=Rows())
    outcome = desk.outcomes(write)[write.ref]
    assert isinstance(outcome, Rejected)
    assert "Not like this" in outcome.message


def test_a_soft_warning_is_none(desk: Desk) -> None:
    desk.tenant.switches.soft_exceptions.append(SoftException("Warning", "Careful"))
    write = new("job_profile", "p", title="Some title", families=Rows())
    assert isinstance(desk.outcomes(write)[write.ref], Done)


def test_a_missing_right_stops_the_wave_and_says_how_to_get_it(desk: Desk) -> None:
    desk.tenant.permissions.revoke({("Job Information", "Put")})
    desk.tenant.permissions.activate()
    writes = [
        new("job_family", f"f{n}", name=f"Family {n}", summary="") for n in range(9)
    ]
    seen: list[ApplyItem] = []
    with pytest.raises(AuthError, match="does not allow Put_Job_Family") as raised:
        seen.extend(desk.connection.catalogue.apply(writes, desk.ids))
    assert "Maintain Permissions for Security Group" in raised.value.hint
    announced = {r for item in seen if isinstance(item, Sending) for r in item.refs}
    refused = {item.ref for item in seen if isinstance(item, Rejected)}
    assert announced == refused
    assert 0 < len(announced) < len(writes)


def test_a_field_changed_by_hand_is_stale_and_named(desk: Desk) -> None:
    family(desk)
    desk.tenant.edit_family("jf-jf-one", name="By hand")
    remote_id = desk.ids[Ref("job_family", "one")]
    write = change(
        "job_family", "one", remote_id, {"name": "Family one"}, {"name": "Ours"}
    )
    outcome = desk.outcomes(write)[write.ref]
    assert isinstance(outcome, Rejected)
    assert outcome.is_stale
    assert outcome.code == "stale"
    assert outcome.message.endswith("name.")
    assert desk.found("job_family", "jf-jf-one").fields["name"] == "By hand"


def test_an_object_that_is_gone_is_stale(desk: Desk) -> None:
    family(desk)
    write = replace(reworded(desk), remote_id="0" * 32)
    outcome = desk.outcomes(write, new("job_family", "two", name="Two"))[write.ref]
    assert isinstance(outcome, Rejected)
    assert outcome.is_stale


def test_levels_are_never_written(desk: Desk) -> None:
    write = Write(
        operation=Operation.CREATE,
        kind="management_level",
        key="M9",
        identity="M9",
        remote_id=None,
        before={},
        after={"name": "Chief"},
        record={"name": "Chief"},
        effective_on=RELEASE_DAY,
    )
    outcome = desk.outcomes(write)[write.ref]
    assert isinstance(outcome, Rejected)
    assert "Maintain Management Levels" in outcome.hint


def test_new_objects_exist_from_the_first_date_and_changes_from_the_release(
    desk: Desk,
) -> None:
    family(desk)
    assert desk.found("job_family", "jf-jf-one", date(1900, 1, 1)).label
    desk.outcomes(reworded(desk))
    before = desk.found("job_family", "jf-jf-one", RELEASE_DAY - timedelta(days=1))
    after = desk.found("job_family", "jf-jf-one", RELEASE_DAY)
    assert before.fields["summary"] == ""
    assert after.fields["summary"] == "New"


def test_a_change_is_never_hidden_by_a_later_entry_that_is_in_effect(
    desk: Desk,
) -> None:
    family(desk)
    desk.tenant.edit_family("jf-jf-one", name="By hand today")
    desk.outcomes(reworded(desk))
    shown = desk.found("job_family", "jf-jf-one", today())
    assert shown.fields["summary"] == "New"
    assert shown.fields["name"] == "By hand today"


def test_families_of_a_profile_are_added_and_taken_out_one_by_one(desk: Desk) -> None:
    family(desk, "one")
    family(desk, "two")
    remote_id = desk.found("job_profile", "SHARED").remote_id
    shown = desk.found("job_profile", "SHARED").fields["families"]
    assert isinstance(shown, Rows)
    with_ours = Rows((*shown.rows, *families("one").rows))
    moved = Rows((*shown.rows, *families("two").rows))
    for before, after in ((shown, with_ours), (with_ours, moved)):
        write = change(
            "job_profile", "s", remote_id, {"families": before}, {"families": after}
        )
        assert isinstance(desk.outcomes(write)[write.ref], Done)
    held = desk.found("job_profile", "SHARED").fields["families"]
    assert isinstance(held, Rows)
    labels = {getattr(row.key, "label", "") for row in held.rows}
    assert labels == {"OTHER_FAMILY", "jf-jf-two"}


def test_an_access_token_may_end_in_the_middle(open_tenant: OpenTenant) -> None:
    desk = open_tenant(oauth=True)
    family(desk)
    desk.tenant.tokens.expire_access_tokens()
    write = reworded(desk)
    assert isinstance(desk.outcomes(write)[write.ref], Done)
    desk.tenant.tokens.expire_access_tokens()
    other = new("job_family", "two", name="Family two", summary="")
    assert isinstance(desk.outcomes(other)[other.ref], Done)
    assert len(desk.secrets.rotated) == 3


def test_every_refresh_token_is_used_once(open_tenant: OpenTenant) -> None:
    desk = open_tenant(oauth=True)
    first = desk.secrets.get("workday.refresh_token")
    family(desk)
    assert desk.secrets.get("workday.refresh_token") != first
    again = open_desk(desk.sandbox, desk.sandbox.oauth_settings())
    again.secrets.values.update(desk.secrets.values)
    assert again.found("job_family", "jf-jf-one").label == "Family one"
    again.connection.close()


def test_a_used_refresh_token_is_named(open_tenant: OpenTenant) -> None:
    desk = open_tenant(oauth=True)
    desk.secrets.values["workday.refresh_token"] = "used long ago"
    with pytest.raises(AuthError, match="invalid_grant") as raised:
        desk.read("job_family")
    assert "workday.refresh_token" in raised.value.hint


def test_the_dates_of_a_wave_follow_the_clock_of_the_organisation(
    open_tenant: OpenTenant,
) -> None:
    desk = open_tenant()
    far = open_desk(
        desk.sandbox,
        desk.sandbox.settings(),
        now=lambda: datetime(2026, 1, 1, 12, tzinfo=UTC),
    )
    far.create("job_family", "one", name="Family one", summary="")
    write = change(
        "job_family",
        "one",
        far.ids[Ref("job_family", "one")],
        {"summary": ""},
        {"summary": "At the release"},
    )
    assert isinstance(far.outcomes(write)[write.ref], Done)
    shown = far.found("job_family", "jf-jf-one", RELEASE_DAY)
    assert shown.fields["summary"] == "At the release"
    far.connection.close()


def test_a_duty_may_be_added_to_a_profile_without_any(desk: Desk) -> None:
    remote_id = desk.create("job_profile", "p", title="Bare", families=Rows())
    write = change(
        "job_profile",
        "p",
        remote_id,
        {"responsibilities": Rows()},
        {"responsibilities": Rows((duty("First"),))},
    )
    assert isinstance(desk.outcomes(write)[write.ref], Done)
    shown = desk.found("job_profile", "jf-jp-p").fields["responsibilities"]
    assert shown == Rows((duty("First"),))


def test_a_competency_keeps_its_other_behaviours_when_one_is_reworded(
    desk: Desk,
) -> None:
    shown = desk.found("competency", "OTHER_A")
    held = shown.fields["behaviours"]
    assert isinstance(held, Rows)
    theirs = Row("OTHER_1", {"rating": "OTHER_1", "text": "Theirs"})
    ours = Row("OTHER_2", {"rating": "OTHER_2", "text": "Ours"})
    before = held
    for after in (Rows((*held.rows, theirs)), Rows((*held.rows, theirs, ours))):
        write = change(
            "competency",
            "other",
            shown.remote_id,
            {"behaviours": before},
            {"behaviours": after},
        )
        assert isinstance(desk.outcomes(write)[write.ref], Done)
        before = after
    changed = desk.found("competency", "OTHER_A")
    assert changed.fields["behaviours"] == before
    assert changed.fields["scale"] == shown.fields["scale"]
    assert changed.fields["name"] == "Negotiation"


def test_a_scale_grows_and_its_ratings_keep_their_order(desk: Desk) -> None:
    remote_id = desk.create(
        "proficiency_scale", "s", name="Ours", description="", ratings=ratings("A", "C")
    )
    swapped = Rows(
        (
            *ratings("A").rows,
            Row("jf-pr-s/3", {"id": "jf-pr-s/3", "name": "B", "value": Decimal("1.5")}),
            *ratings("A", "C").rows[1:],
        ),
        is_ordered=True,
    )
    write = change(
        "proficiency_scale",
        "s",
        remote_id,
        {"ratings": ratings("A", "C")},
        {"ratings": swapped},
    )
    assert isinstance(desk.outcomes(write)[write.ref], Done)
    assert desk.found("proficiency_scale", "jf-ps-s").fields["ratings"] == swapped


def test_a_login_that_ends_in_a_wave_leaves_no_put_without_an_outcome(
    desk: Desk,
) -> None:
    for n in range(9):
        family(desk, f"f{n}")
    writes = [reworded(desk, f"f{n}") for n in range(9)]
    items: list[ApplyItem] = []
    for item in _until_refused(desk, writes):
        items.append(item)
        if len([i for i in items if isinstance(i, Sending)]) == 8:
            desk.secrets.values["workday.password"] = "changed meanwhile"
    announced = {r for item in items if isinstance(item, Sending) for r in item.refs}
    settled = {item.ref for item in items if not isinstance(item, Sending)}
    assert announced == settled
    assert len(announced) == 8


def _until_refused(desk: Desk, writes: list[Write]) -> Iterator[ApplyItem]:
    try:
        yield from desk.connection.catalogue.apply(writes, desk.ids)
    except AuthError:
        return
