"""Accounts by report, ratings by report, and learning asked for person by person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moodle_readers import NOON, Clock, connected
from moodle_slice import Slice, write_tree

from adapters.moodle.by_person import MoodleLearningByPerson
from adapters.moodle.client import Call
from adapters.moodle.ratings import MoodleRatings
from adapters.moodle.running import MoodleSandbox
from connector.kit.errors import AuthError, ReplyError, TransientError
from connector.kit.protocols import Accounts, Connection, LearningByPerson, Ratings
from connector.kit.values import JudgedRating, RatingOrigin, SourceAccount

COURSE_VIEW = "moodle/course:view"
PARTICIPANTS = "moodle/course:viewparticipants"
COMPLETIONS = "report/completion:view"
#: Any of them shows what a rating rests on.
RATINGS = [
    f"moodle/competency:{name}"
    for name in ("usercompetencyview", "planview", "planmanage")
]
REPORTS = "moodle/reportbuilder:view"


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


@pytest.fixture
def connection(sandbox: MoodleSandbox, clock: Clock) -> Iterator[Connection]:
    with connected(sandbox, clock) as opened:
        yield opened


@pytest.fixture
def source(connection: Connection) -> Accounts:
    assert connection.accounts is not None
    return connection.accounts


def shown(
    source: Accounts, cursor: str | None = None
) -> tuple[dict[str, SourceAccount], str, bool]:
    batches = list(source.accounts(cursor))
    found = {one.employee_id: one for batch in batches for one in batch.accounts}
    return found, batches[-1].cursor, batches[-1].is_all


def change(sandbox: MoodleSandbox, employee_id: str, **values: Any) -> None:
    user = sandbox.site.state.users.first(idnumber=employee_id)
    assert user is not None
    sandbox.site.state.users.change(user["id"], **values)


def lose(sandbox: MoodleSandbox, capability: str) -> None:
    """Take a capability from the account's own role and from everybody's."""
    sandbox.site.state.account_capabilities.discard(capability)
    sandbox.site.state.default_capabilities -= {capability}


def test_all_accounts_are_shown_with_number_and_address(
    source: Accounts, sandbox: MoodleSandbox
) -> None:
    change(sandbox, "00018", suspended=True)
    found, _, is_all = shown(source)
    assert is_all
    assert found["00017"] == SourceAccount(
        account_id="4", employee_id="00017", email="ana@corp.example"
    )
    assert not found["00018"].is_active


def test_later_the_same_day_only_what_changed_is_asked_for(
    source: Accounts, sandbox: MoodleSandbox, clock: Clock
) -> None:
    clock.now = clock.now.replace(hour=9)
    _, cursor, _ = shown(source)
    for user in list(sandbox.site.state.users):
        sandbox.site.state.users.change(user["id"], timemodified=1)
    clock.now += timedelta(hours=3)
    change(sandbox, "00018", idnumber="00019", timemodified=clock.now.timestamp())
    found, cursor, is_all = shown(source, cursor)
    assert (set(found), is_all) == ({"00019"}, False)
    clock.now += timedelta(days=1)
    found, _, is_all = shown(source, cursor)
    assert ({"00017", "00019"} <= set(found), is_all) == (True, True)


def test_the_address_may_be_left_out(source: Accounts, sandbox: MoodleSandbox) -> None:
    report = sandbox.site.state.reports.rows[3]
    sandbox.site.state.reports.change(3, columns=report["columns"][:-1])
    found, _, _ = shown(source)
    assert found["00017"].email == ""


def test_a_report_of_users_without_its_filter_is_refused(
    source: Accounts, sandbox: MoodleSandbox
) -> None:
    sandbox.site.state.reports.change(3, filters=())
    with pytest.raises(ReplyError, match="no filter user:timemodified"):
        shown(source)


@pytest.fixture
def ratings(connection: Connection) -> Ratings:
    assert connection.ratings is not None
    return connection.ratings


@pytest.fixture
def steps(slice_: Slice) -> list[str]:
    """The ID numbers of four steps, the lower above the higher, with their rules."""
    return [record.identity for record in write_tree(slice_).steps]


def judged(ratings: Ratings) -> list[JudgedRating]:
    return list(ratings.judged(list(ratings.proficient())))


def test_a_rating_by_hand_is_told_apart_from_what_rules_make_of_it(
    ratings: Ratings, sandbox: MoodleSandbox, steps: list[str]
) -> None:
    sandbox.site.rate("00017", steps[2], 2)
    found = {each.proficient.object_id: each for each in judged(ratings)}
    ids = {
        number: str(sandbox.site.state.competencies.first(idnumber=number)["id"])  # type: ignore[index]
        for number in steps[:3]
    }
    assert {number: found[ids[number]].origin for number in ids} == {
        steps[0]: RatingOrigin.RULE,
        steps[1]: RatingOrigin.RULE,
        steps[2]: RatingOrigin.PERSON,
    }
    told = found[ids[steps[2]]]
    assert told.proficient.employee_id == "00017"
    assert abs(told.happened_at - datetime.now(UTC)) < timedelta(hours=1)


def test_a_rating_from_a_course_names_it_and_ours_is_known_as_ours(
    ratings: Ratings, sandbox: MoodleSandbox, slice_: Slice, steps: list[str]
) -> None:
    sandbox.site.enrol("00018", "CLOUD-101")
    sandbox.site.complete_course("00018", "CLOUD-101", NOON)
    number = sandbox.site.state.competencies.first(idnumber=steps[3])
    assert number is not None
    rating = {"userid": 4, "competencyid": number["id"], "grade": 2, "note": "jf-1"}
    slice_.client.read([Call("core_competency_grade_competency", rating, is_raw=False)])
    origins = {
        (each.proficient.employee_id, each.origin, each.course_id)
        for each in judged(ratings)
    }
    assert ("00018", RatingOrigin.COURSE, "2") in origins
    assert ("00017", RatingOrigin.OURS, "") in origins
    assert RatingOrigin.PERSON not in {origin for _, origin, _ in origins}


def test_a_rating_that_was_lowered_meanwhile_is_left_out(
    ratings: Ratings, sandbox: MoodleSandbox, steps: list[str]
) -> None:
    sandbox.site.rate("00017", steps[3], 2)
    pairs = list(ratings.proficient())
    sandbox.site.rate("00017", steps[3], 1)
    still = {each.proficient for each in ratings.judged(pairs)}
    assert len(pairs) - len(still) == 1


def test_who_was_rated_lower_by_a_person_is_told_and_nobody_else(
    ratings: Ratings, sandbox: MoodleSandbox, steps: list[str]
) -> None:
    sandbox.site.rate("00017", steps[3], 2)
    pairs = list(ratings.proficient())
    assert list(ratings.lowered(pairs)) == []
    sandbox.site.rate("00017", steps[3], 1)
    (told,) = ratings.lowered(pairs)
    number = sandbox.site.state.competencies.first(idnumber=steps[3])
    assert number is not None
    assert told.proficient.object_id == str(number["id"])
    assert abs(told.lowered_at - datetime.now(UTC)) < timedelta(hours=1)
    assert list(ratings.lowered([])) == []


def test_nothing_is_asked_for_nobody(ratings: Ratings, sandbox: MoodleSandbox) -> None:
    sandbox.site.log.clear()
    assert list(ratings.judged([])) == []
    assert not sandbox.site.log


def test_a_report_without_its_condition_would_show_who_is_not_proficient(
    ratings: Ratings, sandbox: MoodleSandbox
) -> None:
    sandbox.site.state.reports.change(4, conditiondata=None)
    with pytest.raises(ReplyError, match="condition usercompetency:proficient"):
        list(ratings.proficient())


@pytest.mark.parametrize("lost", [[REPORTS], RATINGS])
def test_ratings_without_a_right_are_an_error(
    ratings: Ratings, sandbox: MoodleSandbox, steps: list[str], lost: list[str]
) -> None:
    sandbox.site.rate("00017", steps[3], 2)
    for capability in lost:
        lose(sandbox, capability)
    with pytest.raises(AuthError):
        judged(ratings)


def test_competencies_that_the_account_does_not_see_are_an_error(
    ratings: Ratings, sandbox: MoodleSandbox, steps: list[str]
) -> None:
    sandbox.site.rate("00017", steps[3], 2)
    lose(sandbox, "moodle/competency:competencyview")
    lose(sandbox, "moodle/competency:competencymanage")
    with pytest.raises((AuthError, TransientError)):
        list(ratings.proficient())


@pytest.fixture
def by_person(sandbox: MoodleSandbox) -> Iterator[LearningByPerson]:
    with connected(sandbox, completions_report=None) as opened:
        assert opened.learning is None
        assert opened.learning_by_person is not None
        yield opened.learning_by_person


def told(by_person: LearningByPerson, *people: str) -> list[tuple[str, str, datetime]]:
    return sorted(
        (fact.employee_id, fact.object_id, fact.happened_at)
        for batch in by_person.facts_of(people, {"CLOUD-101"})
        for fact in batch.facts
    )


def finish(sandbox: MoodleSandbox, who: str, course: str) -> None:
    sandbox.site.enrol(who, course)
    sandbox.site.complete_course(who, course, NOON)


def test_a_person_asked_for_has_the_same_fact_as_in_the_report(
    by_person: LearningByPerson, connection: Connection, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101")
    finish(sandbox, "00017", "BI-101")
    asked = [
        fact
        for batch in by_person.facts_of(["00017", "00018"], {"CLOUD-101", "BI-101"})
        for fact in batch.facts
    ]
    assert connection.learning is not None
    reported = [fact for b in connection.learning.facts(None) for fact in b.facts]
    assert sorted(asked, key=str) == sorted(reported, key=str)


def test_other_courses_and_unfinished_ones_are_not_told(
    by_person: LearningByPerson, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "BI-101")
    sandbox.site.enrol("00018", "CLOUD-101")
    assert told(by_person, "00017", "00018") == []


def test_people_without_an_account_are_counted(by_person: LearningByPerson) -> None:
    batches = by_person.facts_of(["00017", "99999"], {"CLOUD-101", "GONE-1"})
    assert [note for batch in batches for note in batch.notes] == [
        "No course with the ID number GONE-1 is seen.",
        "1 people have no account.",
    ]


def test_the_cost_is_a_few_requests_for_many_people(
    by_person: LearningByPerson, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101")
    sandbox.site.log.clear()
    assert len(told(by_person, "00017", "00018")) == 1
    assert [entry.function for entry in sandbox.site.log if not entry.batched] == [
        "tool_mobile_call_external_functions",
        "core_user_get_users_by_field",
        "tool_mobile_call_external_functions",
        "tool_mobile_call_external_functions",
    ]


@pytest.mark.parametrize(
    "lost",
    [
        COURSE_VIEW,
        PARTICIPANTS,
        COMPLETIONS,
        "moodle/user:viewdetails",
        "moodle/user:viewalldetails",
    ],
)
def test_a_lost_right_is_never_nothing_new(
    by_person: LearningByPerson, sandbox: MoodleSandbox, lost: str
) -> None:
    finish(sandbox, "00017", "CLOUD-101")
    lose(sandbox, lost)
    with pytest.raises(AuthError):
        told(by_person, "00017", "00018")


def test_the_readers_are_those_of_the_settings(sandbox: MoodleSandbox) -> None:
    without = {f"{name}_report": None for name in ("users", "ratings", "badges")}
    with connected(sandbox, **without) as opened:
        assert (opened.accounts, opened.ratings) == (None, None)
        assert opened.learning is not None
    with connected(sandbox, completions_report=None) as opened:
        assert isinstance(opened.learning_by_person, MoodleLearningByPerson)
        assert isinstance(opened.ratings, MoodleRatings)
