"""What people learned, read on the sandbox and on the site that MOODLE_URL names.

On a real site the reports of docs/install-moodle.md must be set up; MOODLE_REPORTS
names them (`completions=6,users=7,badges=8,ratings=9`). Two learners whose ID numbers
are MOODLE_LEARNERS (21001,21002) finish a copy of the course MOODLE_COURSE, which is
removed at the end. Competencies that somebody is rated in cannot be removed by any
function: their framework is hidden. The account may copy courses, enrol and rate.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moodle_readers import Secrets

from adapters.moodle import adapter
from adapters.moodle.client import Call, MoodleClient
from connector.kit.http import HttpClient
from connector.kit.protocols import (
    Connection,
    LearningByPerson,
    SandboxSeed,
    SeedPerson,
    Services,
)
from connector.kit.values import JudgedRating, LearningFact, RatingOrigin

LEARNERS = os.environ.get("MOODLE_LEARNERS", "21001,21002").split(",")
COURSE = os.environ.get("MOODLE_COURSE", "CLOUD-101")
LINKED, COMPLETE = 2, 3


@dataclass
class Lab:
    """A connection, what people do on the site, and a course of this test alone."""

    client: MoodleClient
    connection: Connection
    by_person: LearningByPerson
    prefix: str
    scale: int
    course: int = 0
    framework: int = 0

    def ask(self, function: str, **arguments: object) -> Any:
        """Call a function that the connector itself never needs."""
        return self.client.read([Call(function, arguments, is_raw=False)])[0]

    def make_course(self) -> None:
        """Copy the course, with its activity and what completes it."""
        (found,) = self.ask(
            "core_course_get_courses_by_field", field="idnumber", value=COURSE
        )["courses"]
        self.course = self.ask(
            "core_course_duplicate_course",
            courseid=found["id"],
            fullname=f"{self.prefix} & more",
            shortname=self.prefix,
            categoryid=found["categoryid"],
        )["id"]
        self.ask(
            "core_course_update_courses",
            courses=[{"id": self.course, "idnumber": self.prefix}],
        )

    def account(self, learner: str) -> int:
        """Return the account id of a learner."""
        (found,) = self.ask(
            "core_user_get_users_by_field", field="idnumber", values=[learner]
        )
        assert isinstance(found["id"], int)
        return found["id"]

    def finish(self, learner: str) -> None:
        """Let a learner do everything there is in the course."""
        account = self.account(learner)
        enrolment = {"roleid": 5, "userid": account, "courseid": self.course}
        self.ask("enrol_manual_enrol_users", enrolments=[enrolment])
        for section in self.ask("core_course_get_contents", courseid=self.course):
            for module in section["modules"]:
                if module.get("completion"):
                    self.ask(
                        "core_completion_override_activity_completion_status",
                        userid=account,
                        cmid=module["id"],
                        newstate=1,
                    )

    def facts(self, cursor: str | None = None) -> tuple[set[str], list[LearningFact]]:
        """Return who finished the course of this test, and the facts that say so."""
        assert self.connection.learning is not None
        found = [
            fact
            for batch in self.connection.learning.facts(cursor)
            for fact in batch.facts
            if fact.object_id == self.prefix
        ]
        return {fact.employee_id for fact in found}, found

    def make_competencies(self) -> tuple[int, int]:
        """Make a step that the course proves, inside one that follows by rule."""
        configuration = (
            f'[{{"scaleid":"{self.scale}"}},{{"id":2,"scaledefault":1,"proficient":1}}]'
        )
        self.framework = self.ask(
            "core_competency_create_competency_framework",
            competencyframework={
                "shortname": self.prefix,
                "idnumber": self.prefix,
                "description": "",
                "descriptionformat": 1,
                "visible": True,
                "scaleid": self.scale,
                "scaleconfiguration": configuration,
                "contextid": 1,
            },
        )["id"]
        outer = self._competency("outer", 0)
        inner = self._competency("inner", outer)
        self.ask(
            "core_competency_update_competency",
            competency={
                "id": outer,
                "ruletype": "core_competency\\competency_rule_all",
                "ruleoutcome": LINKED,
            },
        )
        pair = {"courseid": self.course, "competencyid": inner}
        self.ask("core_competency_add_competency_to_course", **pair)
        (link,) = [
            each["coursecompetency"]
            for each in self.ask(
                "core_competency_list_course_competencies", id=self.course
            )
            if each["competency"]["id"] == inner
        ]
        self.ask(
            "core_competency_set_course_competency_ruleoutcome",
            coursecompetencyid=link["id"],
            ruleoutcome=COMPLETE,
        )
        return outer, inner

    def _competency(self, name: str, parent: int) -> int:
        made = self.ask(
            "core_competency_create_competency",
            competency={
                "shortname": name,
                "idnumber": f"{self.prefix}-{name}",
                "description": "",
                "descriptionformat": 1,
                "competencyframeworkid": self.framework,
                "parentid": parent,
            },
        )
        assert isinstance(made["id"], int)
        return made["id"]

    def judged(self, *competencies: int) -> dict[tuple[str, int], JudgedRating]:
        """Return what made people proficient in these competencies."""
        assert self.connection.ratings is not None
        ids = {str(each) for each in competencies}
        pairs = [
            each
            for each in self.connection.ratings.proficient()
            if each.object_id in ids
        ]
        return {
            (each.proficient.employee_id, int(each.proficient.object_id)): each
            for each in self.connection.ratings.judged(pairs)
        }

    def clean_up(self) -> None:
        """Remove the course, and the competencies as far as Moodle lets anybody."""
        self.ask("core_course_delete_courses", courseids=[self.course])
        if self.framework:
            self.ask("core_competency_delete_competency_framework", id=self.framework)
            for left in self.ask(
                "core_competency_list_competency_frameworks",
                sort="id",
                context={"contextid": 1},
            ):
                if left["id"] == self.framework:
                    self.ask(
                        "core_competency_update_competency_framework",
                        competencyframework={"id": self.framework, "visible": False},
                    )


def where_to(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Start the sandbox, or find the real site; gives the token and the settings."""
    if kind == "sandbox":
        seed = SandboxSeed(
            people=tuple(
                SeedPerson(
                    employee_id=number,
                    given_name="Ana",
                    family_name="Learner",
                    email=f"learner{number}@corp.example",
                )
                for number in LEARNERS
            ),
            courses={COURSE: "Cloud"},
        )
        sandbox = adapter.start_sandbox(seed)
        yield sandbox.secrets()["moodle.token"], sandbox.settings()
        sandbox.close()
        return
    names = ("MOODLE_URL", "MOODLE_TOKEN", "MOODLE_REPORTS")
    url, token, reports = (os.environ.get(name) for name in names)
    if not url or not token or not reports:
        pytest.skip(f"{', '.join(names)} name no Moodle and reports to run against")
    told = dict(each.split("=") for each in reports.split(","))
    yield (
        token,
        {
            "url": url,
            "scales": {"proficiency": int(os.environ.get("MOODLE_SCALE", "3"))},
            **{f"{name}_report": int(number) for name, number in told.items()},
        },
    )


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with contextmanager(where_to)(request.param) as (token, settings):
        services = Services(
            secrets=Secrets(token), now=lambda: datetime.now(UTC), sleep=lambda _: None
        )
        http = HttpClient(target="Moodle", base_url=settings["url"])
        connection = adapter.connect(settings, services)
        alone = adapter.connect({**settings, "completions_report": None}, services)
        assert alone.learning_by_person is not None
        made = Lab(
            client=MoodleClient(http, token),
            connection=connection,
            by_person=alone.learning_by_person,
            prefix=f"rdl{uuid.uuid4().hex[:8]}",
            scale=settings["scales"]["proficiency"],
        )
        made.make_course()
        yield made
        made.clean_up()
        for opened in (connection, alone):
            opened.close()
        http.close()


def test_who_finishes_is_told_once_and_as_one_by_one(lab: Lab) -> None:
    assert lab.facts() == (set(), [])
    lab.finish(LEARNERS[0])
    assert lab.connection.learning is not None
    cursor = list(lab.connection.learning.facts(None))[-1].cursor
    first = lab.facts()[1]
    lab.finish(LEARNERS[1])
    who, found = lab.facts(cursor)
    assert who == set(LEARNERS)
    # Told again by the overlap, it is the same fact.
    assert first[0] in found
    assert len(found) == 2
    assert found[0].object_name == f"{lab.prefix} & more"
    assert all(
        abs(fact.happened_at - datetime.now(UTC)) < timedelta(minutes=5)
        for fact in found
    )
    asked = [
        fact
        for batch in lab.by_person.facts_of(LEARNERS, {lab.prefix})
        for fact in batch.facts
    ]
    assert sorted(map(str, asked)) == sorted(map(str, found))


def test_pollers_that_meet_miss_nothing(lab: Lab) -> None:
    for learner in LEARNERS:
        lab.finish(learner)
    assert lab.connection.learning is not None
    reading = lab.connection.learning.facts(None)
    seen = list(next(reading).facts)
    # The other one sets filters of its own in between, and clears them.
    assert lab.facts()[0] == set(LEARNERS)
    seen += [fact for batch in reading for fact in batch.facts]
    assert {f.employee_id for f in seen if f.object_id == lab.prefix} == set(LEARNERS)


def test_accounts_bear_the_employee_ids(lab: Lab) -> None:
    assert lab.connection.accounts is not None
    batches = list(lab.connection.accounts.accounts(None))
    found = {one.employee_id: one for batch in batches for one in batch.accounts}
    assert batches[-1].is_all
    for learner in LEARNERS:
        assert found[learner].account_id == str(lab.account(learner))
        assert found[learner].is_active
        assert "@" in found[learner].email
    # Later the same day nobody changed.
    later = list(lab.connection.accounts.accounts(batches[-1].cursor))
    assert not later[-1].is_all


def test_what_made_somebody_proficient_is_told_apart(lab: Lab) -> None:
    outer, inner = lab.make_competencies()
    lab.finish(LEARNERS[0])
    lab.ask(
        "core_competency_grade_competency",
        userid=lab.account(LEARNERS[1]),
        competencyid=inner,
        grade=2,
        note="jf-test",
    )
    found = lab.judged(outer, inner)
    by_course, by_us = (found[learner, inner] for learner in LEARNERS)
    assert (by_course.origin, by_course.course_id) == (
        RatingOrigin.COURSE,
        str(lab.course),
    )
    assert (by_us.origin, by_us.name) == (RatingOrigin.OURS, "inner")
    assert {found[learner, outer].origin for learner in LEARNERS} == {RatingOrigin.RULE}
