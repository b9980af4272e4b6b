"""Positions in the framework's words, managers in their order, names only on demand."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from connector.kit.errors import ConfigError
from connector.kit.values import Foreign, SourceAssignment, SourcePerson
from connector.runtime.instance import Instance
from connector.runtime.people_view import HIDDEN, people_view
from connector.runtime.role_people import role_people
from connector.store import links, people
from connector.store.tombstones import Tombstones
from connector.store.values import Link

PROFILE = Foreign("job_profile", "w1", "Engineer III – Platform")


def job(position: str, role: Foreign | None = PROFILE) -> tuple[SourceAssignment, ...]:
    return (
        SourceAssignment(position_id=position, role=role, moved_on=date(2025, 3, 1)),
    )


STAFF = (
    SourcePerson(source_id="a", employee_id="1", name="Zofia", manager_id="2"),
    SourcePerson(source_id="b", employee_id="2", name="王 小明", manager_id="3"),
    SourcePerson(source_id="c", employee_id="3", name="Ana", manager_id="2"),
    SourcePerson(
        source_id="d", employee_id="4", name="Bo", manager_id="5", assignments=job("P4")
    ),
    SourcePerson(source_id="e", employee_id="5", name="One", is_active=False),
    SourcePerson(source_id="f", employee_id="5", name="Other", is_on_leave=True),
)


@pytest.fixture
def staffed(instance: Instance) -> Instance:
    numbers = itertools.count(1)
    with instance.database.write() as conn:
        people.save(
            conn,
            "hris",
            STAFF,
            tombstones=Tombstones(b"k" * 32),
            new_id=lambda: f"p{next(numbers)}",
            at=instance.now(),
        )
        link = Link(
            kind="job_profile",
            key="engineer-3/platform",
            remote_id="w1",
            identity="",
            fields={},
        )
        links.save(conn, "hris", [link])
    return instance


def test_a_focus_area_counts_for_its_role(staffed: Instance) -> None:
    view = people_view(staffed)
    assert [each.id for each in view.holders("engineer-3")] == ["p4"]
    row = view.row(view.named("4"), is_personal=False)
    (position,) = row["assignments"]
    assert (position["role"], position["focus_area"]) == ("engineer-3", "platform")
    known = role_people(staffed, date(2026, 1, 1))
    assert [each.id for each in known.holders_of("engineer-3")] == ["p4"]


def test_managers_come_nearest_first_and_a_circle_ends(staffed: Instance) -> None:
    view = people_view(staffed)
    rows = {name: view.row(view.named(name), is_personal=False) for name in "1234"}
    assert rows["1"]["managers"] == ["p2", "p3"]
    assert rows["2"]["managers"] == ["p3"]
    # Two people bear the employee id of this manager.
    assert rows["4"]["managers"] == []


def test_how_people_stand_is_counted(staffed: Instance) -> None:
    counts = people_view(staffed).counts()
    assert counts == {"active": 4, "left": 1, "on leave": 1}


@pytest.mark.parametrize("is_personal", [True, False])
def test_names_and_ids_are_hidden_by_default(
    staffed: Instance, is_personal: bool
) -> None:
    view = people_view(staffed)
    row = view.row(view.named("2"), is_personal=is_personal)
    assert (row["name"], row["employee_id"]) == (
        ("王 小明", "2") if is_personal else (HIDDEN, HIDDEN)
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [("99", "nobody is known by that id"), ("5", "several people bear that")],
)
def test_a_person_who_is_not_one_is_said(
    staffed: Instance, name: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        people_view(staffed).named(name)
