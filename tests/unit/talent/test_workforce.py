"""People of an HRIS are stored under ids of ours, and read on from the last time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from talent_bench import NOON, Staff, worker

from connector.kit.errors import ReplyError, TransientError
from connector.kit.values import Foreign, PeopleScope, SourceAssignment, WorkerType
from connector.store import cursors, people
from connector.talent.ground import Ground
from connector.talent.workforce import role_of, sync_people


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("engineer-3", ("engineer-3", None)),
        ("engineer-3/platform", ("engineer-3", "platform")),
        ("e.3_x/a-b.c", ("e.3_x", "a-b.c")),
    ],
)
def test_a_profile_tells_its_role_and_focus_area(
    key: str, role: tuple[str, str | None]
) -> None:
    assert role_of(key) == role


def names(ground: Ground) -> dict[str, tuple[str, str]]:
    with ground.database.read() as conn:
        return {one.employee_id: (one.name, one.status) for one in people.all(conn)}


def at(ground: Ground, hours: int) -> Ground:
    return replace(ground, now=lambda: NOON + timedelta(hours=hours))


def test_everybody_is_read_first_and_then_who_changed(ground: Ground) -> None:
    staff = Staff([worker("0021", name="Ada B."), worker("0022"), worker("0023")])
    first = sync_people(ground, "hris", staff)
    assert (first.stored, first.is_all) == (3, True)
    assert sync_people(ground, "hris", staff).stored == 3
    assert sync_people(ground, "hris", staff, is_full=True).is_all
    assert staff.cursors == [None, "after 1", None]
    assert names(ground)["0021"] == ("Ada B.", "active")


def test_a_reading_that_breaks_off_is_repeated_from_its_cursor(ground: Ground) -> None:
    staff = Staff([worker("0021")])
    sync_people(ground, "hris", staff)
    staff.breaks_off = True
    for _ in range(2):
        with pytest.raises(TransientError):
            sync_people(ground, "hris", staff)
    assert staff.cursors == [None, "after 1", "after 1"]


def test_an_erased_person_does_not_come_back(ground: Ground) -> None:
    with ground.database.write() as conn:
        ground.tombstones.erase(conn, people.all(conn)[0].id, NOON)
    assert sync_people(ground, "hris", Staff([worker("0021")])).stored == 0


def test_who_is_outside_the_scope_is_never_stored(ground: Ground) -> None:
    def based_in(country: str) -> tuple[SourceAssignment, ...]:
        return (SourceAssignment(position_id="P", role=None, country=country),)

    staff = Staff(
        [
            worker("1", assignments=based_in("PL")),
            worker("2", assignments=based_in("DE")),
            worker("3", worker_type=WorkerType.CONTINGENT),
            worker("4"),
        ]
    )
    scope = PeopleScope(countries=("PL",))
    read = sync_people(ground, "other", staff, scope=scope)
    assert (read.stored, read.outside) == (2, 2)
    assert {"1", "4"} <= set(names(ground))
    assert not {"2", "3"} & set(names(ground))


def based(country: str) -> SourceAssignment:
    role = Foreign("job_profile", "w1")
    return SourceAssignment(position_id="P", role=role, country=country)


def test_who_moves_out_of_the_scope_is_in_no_table_and_may_come_back(
    ground: Ground,
) -> None:
    scope = PeopleScope(countries=("PL",))
    zofia = worker("1", name="Zofia Nowak", assignments=(based("PL"),))
    staff = Staff([zofia])
    sync_people(ground, "other", staff, scope=scope)
    staff.persons = [replace(zofia, assignments=(based("DE"),))]
    read = sync_people(ground, "other", staff, scope=scope)
    assert (read.stored, read.gone, read.erased) == (0, 1, 1)
    assert "1" not in names(ground)
    staff.persons = [zofia]
    sync_people(ground, "other", staff, scope=scope)
    assert names(ground)["1"] == ("Zofia Nowak", "active")


def test_many_who_are_outside_at_once_are_let_go_and_wait_for_a_person(
    ground: Ground,
) -> None:
    inside = [worker(f"1{n}", assignments=(based("PL"),)) for n in range(8)]
    staff = Staff(inside)
    sync_people(ground, "other", staff, scope=PeopleScope(countries=("PL",)))
    read = sync_people(ground, "other", staff, scope=PeopleScope(countries=("DE",)))
    assert (read.gone, read.erased) == (8, 4)
    assert "jobframe privacy narrow other" in read.notes[0]
    known = names(ground)
    assert [known[each.employee_id] for each in inside[4:]] == [("", "unseen")] * 4


def test_a_manager_outside_the_scope_is_not_kept_with_the_reports(
    ground: Ground,
) -> None:
    scope = PeopleScope(countries=("PL",))
    staff = Staff(
        [
            worker("1", manager_id="9", assignments=(based("PL"),)),
            worker("2", manager_id="3", assignments=(based("PL"),)),
            worker("9", assignments=(based("DE"),)),
            worker("3", manager_id="9", assignments=(based("PL"),)),
        ]
    )
    sync_people(ground, "other", staff, scope=scope)
    with ground.database.read() as conn:
        managers = {one.employee_id: one.manager_id for one in people.all(conn)}
    assert (managers["1"], managers["2"], managers["3"]) == ("", "3", "")


def test_who_left_long_ago_is_not_taken_in_again(ground: Ground) -> None:
    left = worker("1", is_active=False, left_on=date(2023, 12, 31))
    staff = Staff([left, replace(worker("2"), is_active=False)])
    sync_people(ground, "other", staff, left_before=date(2024, 1, 1))
    assert {"1", "2"} & set(names(ground)) == {"2"}


def test_who_a_full_reading_does_not_show_is_let_go(ground: Ground) -> None:
    staff = Staff([worker(str(n)) for n in range(20)])
    sync_people(ground, "other", staff)
    del staff.persons[3]
    part = sync_people(at(ground, 1), "other", staff)
    assert (part.gone, names(ground)["3"][1]) == (0, "active")
    full = sync_people(at(ground, 2), "other", staff, is_full=True)
    assert (full.gone, full.missing) == (1, 0)
    assert names(ground)["3"][1] == "unseen"


def test_many_who_are_missing_at_once_wait_for_a_person(ground: Ground) -> None:
    staff = Staff([worker(str(n)) for n in range(20)])
    sync_people(ground, "other", staff)
    del staff.persons[6:]
    held = sync_people(at(ground, 1), "other", staff, is_full=True)
    assert (held.gone, held.missing) == (0, 14)
    assert "14 of 20 people are no longer shown" in held.notes[0]
    assert names(ground)["7"][1] == "active"
    told = sync_people(
        at(ground, 2), "other", staff, is_full=True, accepts_missing=True
    )
    assert told.gone == 14


def test_a_reading_that_shows_nobody_is_not_believed(ground: Ground) -> None:
    staff = Staff([worker("1")])
    sync_people(ground, "other", staff)
    staff.persons = []
    with pytest.raises(ReplyError, match="shows nobody, but 1 people were known"):
        sync_people(at(ground, 1), "other", staff, is_full=True)
    assert names(ground)["1"][1] == "active"
    with ground.database.read() as conn:
        assert cursors.get_cursor(conn, "other", "people") == "after 1"


def test_who_comes_back_keeps_id_and_history(ground: Ground) -> None:
    role = Foreign("job_profile", "w1")
    held = (SourceAssignment(position_id="P", role=role),)
    first = date(2015, 5, 1)
    zofia = worker("1", hired_on=first, first_hired_on=first, assignments=held)
    staff = Staff([zofia])
    sync_people(ground, "other", staff)
    with ground.database.read() as conn:
        (known,) = people.with_employee_id(conn, "1")
    staff.persons = [
        replace(zofia, is_active=False, left_on=date(2024, 1, 31), assignments=())
    ]
    sync_people(ground, "other", staff)
    assert names(ground)["1"][1] == "left"
    back = replace(zofia, source_id="another record", hired_on=date(2026, 2, 1))
    staff.persons = [replace(back, assignments=())]
    sync_people(ground, "other", staff)
    with ground.database.read() as conn:
        (again,) = people.with_employee_id(conn, "1")
        roles = [each for each in people.held_roles(conn) if each.person_id == known.id]
    assert (again.id, again.status) == (known.id, "active")
    assert [each.role for each in roles if each.ended_at] == [role]


def test_somebody_else_with_the_number_of_who_left_is_another_person(
    ground: Ground,
) -> None:
    left = worker("1", is_active=False, first_hired_on=date(2015, 5, 1))
    staff = Staff([left])
    sync_people(ground, "other", staff)
    staff.persons = [
        replace(left, source_id="new", is_active=True, first_hired_on=date(2026, 1, 1))
    ]
    sync_people(ground, "other", staff)
    with ground.database.read() as conn:
        assert len(people.with_employee_id(conn, "1")) == 2


def test_the_day_of_the_last_move_survives_other_changes(ground: Ground) -> None:
    def told(role: str, moved_on: date, location: str = "") -> None:
        held = SourceAssignment(
            position_id="P",
            role=Foreign("job_profile", role),
            moved_on=moved_on,
            location=location,
        )
        sync_people(ground, "other", Staff([worker("1", assignments=(held,))]))

    def moved_on() -> date | None:
        with ground.database.read() as conn:
            (known,) = people.with_employee_id(conn, "1")
            (held,) = people.assignments(conn)[known.id]
        return held.moved_on

    told("w1", date(2024, 1, 1))
    told("w1", date(2025, 6, 1), location="Another desk")
    assert moved_on() == date(2024, 1, 1)
    told("w2", date(2026, 2, 1))
    assert moved_on() == date(2026, 2, 1)
