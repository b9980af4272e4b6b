"""One job profile with own and foreign rows, through its whole life."""

from __future__ import annotations

from workday_support import (
    Desk,
    behaviours,
    change,
    duty,
    families,
    ratings,
    requirement,
)

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
    Write,
)

OWN = ("cloud", "data")
PROFILE = "SHARED"
OTHERS_TEXT = "Answers the pager."


def test_one_job_profile_is_adopted_updated_hand_edited_and_retired(desk: Desk) -> None:
    _write_own_competencies(desk)
    adopted = desk.found("job_profile", PROFILE)
    _adopt(desk, adopted)
    _update(desk, adopted)
    _refuse_what_did_not_know_a_hand_edit(desk)
    _retire_and_restore(desk)


def _adopt(desk: Desk, adopted: Found) -> None:
    """Our two competencies and two duties join what is there."""
    competencies = _rows(adopted, "required_competencies")
    duties = _rows(adopted, "responsibilities")
    assert len(competencies.rows) == 2
    with_ours = Rows(
        (
            *competencies.rows,
            requirement("cloud", "jf-pr-s/2"),
            requirement("data", "jf-pr-s/1", is_required=False),
        )
    )
    both_duties = Rows((*duties.rows, duty("Designs services."), duty("Mentors one.")))
    _change(
        desk, adopted, required_competencies=with_ours, responsibilities=both_duties
    )
    shown = desk.found("job_profile", PROFILE)
    assert _competencies(shown) == {
        *_competencies(adopted),
        (desk.ids[Ref("competency", "cloud")], "jf-pr-s/2", True),
        (desk.ids[Ref("competency", "data")], "jf-pr-s/1", False),
    }
    assert _texts(shown) == {OTHERS_TEXT, "Designs services.", "Mentors one."}


def _update(desk: Desk, adopted: Found) -> None:
    """One of ours gets another rating, one duty of ours goes."""
    shown = desk.found("job_profile", PROFILE)
    raised = _replaced(shown, "cloud", desk, requirement("cloud", "jf-pr-s/3"))
    fewer = _without(_rows(shown, "responsibilities"), "Mentors one.")
    _change(desk, shown, required_competencies=raised, responsibilities=fewer)
    shown = desk.found("job_profile", PROFILE)
    assert (desk.ids[Ref("competency", "cloud")], "jf-pr-s/3", True) in (
        _competencies(shown)
    )
    assert _competencies(adopted) <= _competencies(shown)
    assert _texts(shown) == {OTHERS_TEXT, "Designs services."}


def _refuse_what_did_not_know_a_hand_edit(desk: Desk) -> None:
    """Somebody edits by hand: the write that did not know is refused as stale."""
    shown = desk.found("job_profile", PROFILE)
    desk.tenant.edit_responsibility(
        PROFILE, "<p>Designs services.</p>", "<p>Draws boxes.</p>"
    )
    stale = _write(shown, responsibilities=Rows((duty("Designs everything."),)))
    outcome = desk.outcomes(stale)[stale.ref]
    assert isinstance(outcome, Rejected)
    assert outcome.is_stale
    assert "responsibilities" in outcome.message
    shown = desk.found("job_profile", PROFILE)
    assert _texts(shown) == {OTHERS_TEXT, "Draws boxes."}


def _retire_and_restore(desk: Desk) -> None:
    """The profile goes out of use and comes back."""
    shown = desk.found("job_profile", PROFILE)
    for is_retired in (True, False):
        operation = Operation.RETIRE if is_retired else Operation.UPDATE
        retire = change(
            "job_profile",
            "shared",
            shown.remote_id,
            {"retired": not is_retired},
            {"retired": is_retired},
            operation,
        )
        assert isinstance(desk.outcomes(retire)[retire.ref], Done)
        assert desk.found("job_profile", PROFILE).fields["retired"] is is_retired


def test_a_new_job_profile_shows_exactly_what_was_sent(desk: Desk) -> None:
    _write_own_competencies(desk)
    desk.create("job_family", "eng", name="Engineering", summary="")
    desk.create(
        "job_profile",
        "dev-3",
        title="Engineer 3",
        summary="Builds",
        description="<p>Builds <strong>things</strong> &amp; more</p>",
        management_level=Foreign("management_level", "M1"),
        job_level=Foreign("job_level", "L1"),
        families=families("eng"),
        required_competencies=Rows(
            (requirement("cloud", "jf-pr-s/2"), requirement("data"))
        ),
        responsibilities=Rows((duty("Ships <code> & tests\nReviews"), duty("Learns"))),
    )
    shown = desk.found("job_profile", "jf-jp-dev-3")
    assert shown.fields["title"] == "Engineer 3"
    assert shown.fields["description"] == (
        "<p>Builds <strong>things</strong> &amp; more</p>"
    )
    assert shown.fields["management_level"] == Foreign("management_level", "M1")
    assert shown.fields["job_level"] == Foreign("job_level", "L1")
    assert shown.fields["retired"] is False
    assert _texts(shown) == {"Ships <code> & tests\nReviews", "Learns"}
    assert _competencies(shown) == {
        (desk.ids[Ref("competency", "cloud")], "jf-pr-s/2", True),
        (desk.ids[Ref("competency", "data")], None, True),
    }


def test_each_put_is_announced_before_it_leaves(desk: Desk) -> None:
    _write_own_competencies(desk)
    for key in ("one", "two", "three", "four", "five"):
        desk.create("job_family", key, name=f"Family {key}", summary="")
    writes = [
        change(
            "job_family",
            key,
            desk.ids[Ref("job_family", key)],
            {"summary": ""},
            {"summary": "New"},
        )
        for key in ("one", "two", "three", "four", "five")
    ]
    desk.tenant.log.clear()
    announced = 0
    for item in desk.connection.catalogue.apply(writes, desk.ids):
        if isinstance(item, Sending):
            # What was not yet announced has not reached the tenant.
            assert desk.counts().get("Put_Job_Family", 0) <= announced
            announced += 1
    assert announced == 5
    assert desk.counts()["Put_Job_Family"] == 5


def test_a_closed_wave_sends_nothing_more(desk: Desk) -> None:
    desk.create("job_family", "one", name="Family one", summary="")
    desk.create("job_family", "two", name="Family two", summary="")
    writes = [
        change(
            "job_family",
            key,
            desk.ids[Ref("job_family", key)],
            {"summary": ""},
            {"summary": "New"},
        )
        for key in ("one", "two")
    ]
    desk.tenant.log.clear()
    wave = iter(desk.connection.catalogue.apply(writes, desk.ids))
    assert isinstance(next(wave), Sending)
    wave.close()  # type: ignore[attr-defined]
    assert "Put_Job_Family" not in desk.counts()


def _write_own_competencies(desk: Desk) -> None:
    desk.create(
        "proficiency_scale",
        "s",
        name="Ours",
        description="",
        ratings=ratings("A", "B", "C"),
    )
    for key in OWN:
        desk.create(
            "competency",
            key,
            name=key.title(),
            description="",
            scale=Ref("proficiency_scale", "s"),
            behaviours=behaviours(at1="Knows", at2="Does"),
        )


def _write(found: Found, **after: Value) -> Write:
    before = {name: found.fields[name] for name in after}
    return change("job_profile", "shared", found.remote_id, before, after)


def _change(desk: Desk, found: Found, **after: Value) -> None:
    write = _write(found, **after)
    outcome = desk.outcomes(write)[write.ref]
    assert isinstance(outcome, Done), outcome


def _rows(found: Found, name: str) -> Rows:
    value = found.fields[name]
    assert isinstance(value, Rows)
    return value


def _competencies(found: Found) -> set[tuple[object, object, object]]:
    return {
        (row.key.remote_id, row.fields["rating"], row.fields["is_required"])
        for row in _rows(found, "required_competencies").rows
        if isinstance(row.key, Foreign)
    }


def _texts(found: Found) -> set[Value]:
    return {row.fields["text"] for row in _rows(found, "responsibilities").rows}


def _replaced(found: Found, key: str, desk: Desk, new_row: Row) -> Rows:
    wid = desk.ids[Ref("competency", key)]
    rows = [
        new_row if isinstance(row.key, Foreign) and row.key.remote_id == wid else row
        for row in _rows(found, "required_competencies").rows
    ]
    return Rows(tuple(rows))


def _without(rows: Rows, text: str) -> Rows:
    return Rows(tuple(row for row in rows.rows if row.fields["text"] != text))
