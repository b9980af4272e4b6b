"""People of an HRIS are stored under ids of ours, and read on from the last time."""

from __future__ import annotations

import pytest
from talent_bench import NOON, Staff, worker

from connector.store import people
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


def test_everybody_is_read_first_and_then_who_changed(ground: Ground) -> None:
    staff = Staff([worker("0021", name="Ada B."), worker("0022")])
    assert sync_people(ground, "hris", staff) == 2
    assert sync_people(ground, "hris", staff) == 2
    assert staff.cursors == [None, NOON.isoformat()]
    with ground.database.read() as conn:
        known = people.all(conn)
    assert sorted((one.employee_id, one.name) for one in known) == [
        ("0021", "Ada B."),
        ("0022", "Ada Example"),
    ]


def test_more_people_than_one_batch_holds(ground: Ground) -> None:
    staff = Staff([worker(f"9{n:04}") for n in range(501)])
    assert sync_people(ground, "hris", staff) == 501


def test_an_erased_person_does_not_come_back(ground: Ground) -> None:
    with ground.database.write() as conn:
        ground.tombstones.erase(conn, people.all(conn)[0].id, NOON)
    assert sync_people(ground, "hris", Staff([worker("0021")])) == 0
