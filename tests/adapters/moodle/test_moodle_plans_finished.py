"""A learning plan is a fact once it is complete and everything in it was shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from moodle_readers import connected
from moodle_slice import Slice, write_tree

from adapters.moodle.running import MoodleSandbox
from adapters.moodle.sandbox import plan_records
from connector.kit.errors import AuthError
from connector.kit.protocols import LearningByPerson
from connector.kit.values import FactType, LearningFact

#: Any of them shows somebody's plans.
PLANS = [
    f"moodle/competency:{name}"
    for name in ("planview", "planmanage", "planviewdraft", "planmanagedraft")
]
SEASON = "Season & sea"


@pytest.fixture
def steps(slice_: Slice) -> list[str]:
    return [record.identity for record in write_tree(slice_).steps]


@pytest.fixture
def plans(sandbox: MoodleSandbox) -> Iterator[LearningByPerson]:
    with connected(sandbox, finished_plans=True) as opened:
        assert opened.plans_by_person is not None
        yield opened.plans_by_person


def make(sandbox: MoodleSandbox, number: str, *, is_complete: bool = True) -> None:
    """Give 00017 a plan with one competency, and close it."""
    state, call = sandbox.site.state, sandbox.site.acting()
    user = state.users.first(idnumber="00017")
    competency = state.competencies.first(idnumber=number)
    assert user is not None
    assert competency is not None
    plan = call.state.plans.add(
        {
            "name": SEASON,
            "description": "",
            "descriptionformat": 1,
            "userid": user["id"],
            "templateid": None,
            "origtemplateid": None,
            "status": 1,
            "duedate": 0,
            "reviewerid": None,
            "timecreated": call.now,
            "timemodified": call.now,
            "usermodified": call.user_id,
        }
    )
    call.state.plan_links.add(
        {"planid": plan["id"], "competencyid": competency["id"], "sortorder": 0}
    )
    if is_complete:
        plan_records.complete_plan(call, plan)


def told(plans: LearningByPerson, *names: str) -> list[LearningFact]:
    asked = plans.facts_of(["00017", "00018", "99999"], set(names))
    return [fact for batch in asked for fact in batch.facts]


def test_a_finished_plan_is_a_fact(
    plans: LearningByPerson, sandbox: MoodleSandbox, steps: list[str]
) -> None:
    sandbox.site.rate("00017", steps[3], 2)
    make(sandbox, steps[3])
    (fact,) = told(plans, "season & SEA")
    assert (fact.type, fact.object_name, fact.employee_id) == (
        FactType.PLAN_COMPLETION,
        SEASON,
        "00017",
    )
    assert abs(fact.happened_at - datetime.now(UTC)) < timedelta(hours=1)
    # Asked again it is the same fact.
    assert told(plans, SEASON) == [fact]
    assert told(plans, "Another") == []


def test_a_plan_that_is_open_or_only_overdue_proves_nothing(
    plans: LearningByPerson, sandbox: MoodleSandbox, steps: list[str]
) -> None:
    make(sandbox, steps[3])
    sandbox.site.rate("00017", steps[2], 2)
    make(sandbox, steps[2], is_complete=False)
    assert told(plans, SEASON) == []


def test_without_the_right_it_is_an_error_and_the_doctor_says_which(
    sandbox: MoodleSandbox,
) -> None:
    state = sandbox.site.state
    for capability in PLANS:
        state.account_capabilities.discard(capability)
        state.default_capabilities.discard(capability)
    with connected(sandbox, finished_plans=True) as opened:
        assert opened.plans_by_person is not None
        with pytest.raises(AuthError):
            told(opened.plans_by_person, SEASON)
        failing = {each.name: each for each in opened.doctor.checks()}
    assert not failing["finished plans"].is_ok
    assert PLANS[0] in failing["finished plans"].fix


def test_plans_are_looked_at_only_where_the_setting_says_so(
    sandbox: MoodleSandbox,
) -> None:
    with connected(sandbox) as opened:
        assert opened.plans_by_person is None
    with connected(sandbox, finished_plans=True) as opened:
        checks = {each.name: each.is_ok for each in opened.doctor.checks()}
    assert checks["finished plans"]
