"""What a mapping may ask about the people in roles."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from connector.framework.model import Framework, Text
from connector.kit.testing import EXAMPLE_KINDS
from connector.sync.mapper import map_records
from connector.sync.mapping import load_mapping
from connector.sync.people import Learner, RolePeople, nobody_known

TODAY = date(2026, 3, 31)
ADA, BOB, EVE = (Learner(key, key.upper()) for key in ("ada", "bob", "eve"))

MAPPING = """\
version: 1
adapter: memory
options: {grace_days: 30}
kinds:
  group:
    records:
      - each: person in people.learners_of('dev', options.grace_days)
        key: "{{ person.id }}"
        fields: {name: "{{ person.employee_id }}"}
"""


def left(learner: Learner, days: int) -> Learner:
    return Learner(learner.id, learner.employee_id, TODAY - timedelta(days=days))


def ids(learners: tuple[Learner, ...]) -> list[str]:
    return [learner.id for learner in learners]


@pytest.mark.parametrize(
    ("days_ago", "grace", "stays"),
    [(0, 0, True), (1, 0, False), (30, 30, True), (31, 30, False)],
)
def test_who_left_stays_for_the_grace_period(
    days_ago: int, grace: int, stays: bool
) -> None:
    people = RolePeople(
        as_of=TODAY,
        is_known=True,
        holders={"dev": (BOB,)},
        former={"dev": (left(ADA, days_ago),)},
    )
    assert ids(people.holders_of("dev")) == ["bob"]
    assert ids(people.former_holders_of("dev", grace)) == ["ada"] * stays
    assert ids(people.learners_of("dev", grace)) == ["ada"] * stays + ["bob"]
    assert ids(people.in_any_role(grace)) == ["ada"] * stays + ["bob"]


def test_who_holds_a_role_again_counts_once() -> None:
    people = RolePeople(
        as_of=TODAY,
        is_known=True,
        holders={"dev": (EVE, ADA), "lead": (ADA,)},
        former={"dev": (left(ADA, 3),)},
    )
    assert ids(people.learners_of("dev", 30)) == ["ada", "eve"]
    assert ids(people.in_any_role(30)) == ["ada", "eve"]


def test_every_role_counts_as_in_use_while_nobody_is_known() -> None:
    assert nobody_known(TODAY).is_in_use("dev", 30)
    assert nobody_known(TODAY).learners_of("dev", 30) == ()
    known = RolePeople(as_of=TODAY, is_known=True, holders={"dev": (ADA,)})
    assert known.is_in_use("dev", 30)
    assert not known.is_in_use("lead", 30)


@pytest.mark.parametrize("order", [(ADA, BOB, EVE), (EVE, BOB, ADA)])
def test_a_mapping_sees_people_in_one_order(order: tuple[Learner, ...]) -> None:
    framework = Framework(key="test", name=Text((("en", "Test"),)))
    mapping = load_mapping(MAPPING, "test.yaml", EXAMPLE_KINDS)
    people = RolePeople(as_of=TODAY, is_known=True, holders={"dev": order})
    made = map_records(mapping, framework, EXAMPLE_KINDS, people).records
    assert [record.key for record in made] == ["ada", "bob", "eve"]
    assert made[0].fields == {"name": "ADA"}
    assert map_records(mapping, framework, EXAMPLE_KINDS).records == []
