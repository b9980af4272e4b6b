"""Plans for learners, both ways, on the sandbox and on a real site.

The site needs an account for each ID number in MOODLE_LEARNERS. For cohorts
MOODLE_ADMIN and MOODLE_ADMIN_PASSWORD log in for the one click that no function does,
and MOODLE_CRON is a command that runs the scheduled task named behind it. A rating
stays in Moodle for good: a framework that somebody was rated in is hidden, not deleted.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

sys.path.insert(0, str(Path(__file__).parents[1] / "flows"))

from office import Office

from adapters.moodle import adapter
from adapters.moodle.client import Call, MoodleClient
from connector.framework import load_framework
from connector.kit.http import HttpClient
from connector.kit.protocols import SandboxSeed, SeedPerson
from connector.store import tasks

ADA, BEN = os.environ.get("MOODLE_LEARNERS", "21001,21002").split(",")[:2]
FRAMEWORK = """\
framework: {key: harbour, name: Harbour}
scales:
  - key: craft
    name: Craft
    steps:
      - {key: one, name: Knows}
      - {key: two, name: Does}
      - {key: three, name: Teaches}
      - {key: four, name: Invents}
domains: [{key: boats, name: Boats}]
competencies:
  - {key: knots, name: Knots, domain: boats, scale: craft}
  - {key: sails, name: Sails, domain: boats, scale: craft}
groups: [{key: afloat, name: Afloat}]
families: [{key: sailing, name: Sailing, group: afloat}]
roles:
  - {key: mate, name: Mate, family: sailing, requirements: {knots: three}}
  - {key: sailor, name: Sailor, family: sailing, requirements: {sails: one, knots: one}}
"""


@dataclass
class Place:
    """A Moodle with two learners, and hands of an administrator."""

    url: str
    token: str
    hands: MoodleClient
    sandbox: Any = None
    prefix: str = field(default_factory=lambda: f"pln{uuid4().hex[:6]}")

    def call(self, function: str, **arguments: Any) -> Any:
        (answer,) = self.hands.read([Call(function, arguments, is_raw=False)])
        return answer

    def user(self, number: str) -> int:
        by_number = {"field": "idnumber", "values": [number]}
        (found,) = self.call("core_user_get_users_by_field", **by_number)
        return int(found["id"])

    def plans(self, number: str) -> list[dict[str, Any]]:
        """Return the plans of somebody that are ours or follow a template of ours."""
        shown = self.call("core_competency_list_user_plans", userid=self.user(number))
        ours = re.compile(f'class="{self.prefix}-[pt]-')
        return [plan for plan in shown if ours.search(plan["description"])]

    def names(self, number: str) -> list[str]:
        return sorted(plan["name"] for plan in self.plans(number))

    def node(self, idnumber: str) -> int:
        filters = [{"column": "idnumber", "value": f"{self.prefix}-{idnumber}"}]
        (found,) = self.call("core_competency_list_competencies", filters=filters)
        return int(found["id"])

    def rate(self, number: str, idnumber: str) -> None:
        """Rate somebody as proficient, as a teacher does."""
        self.call(
            "core_competency_grade_competency",
            userid=self.user(number),
            competencyid=self.node(idnumber),
            grade=2,
        )

    def template(self, name: str) -> dict[str, Any]:
        everywhere = {"contextid": 1}
        shown = self.call("core_competency_list_templates", context=everywhere)
        (found,) = (
            item
            for item in shown
            if item["shortname"] == name and f"{self.prefix}-t-" in item["description"]
        )
        return dict(found)

    def cohorts(self) -> dict[str, int]:
        shown = self.call(
            "core_cohort_search_cohorts",
            query=f"{self.prefix}-h-",
            context={"contextid": 1},
            includes="all",
        )
        return {item["idnumber"]: item["id"] for item in shown["cohorts"]}

    def members(self, role: str) -> set[int]:
        cohort = self.cohorts()[f"{self.prefix}-h-{role}"]
        (shown,) = self.call("core_cohort_get_cohort_members", cohortids=[cohort])
        return set(shown["userids"])

    def click(self, name: str, role: str) -> None:
        """Do what an administrator does: Add cohorts to sync."""
        template, number = self.template(name)["id"], f"{self.prefix}-h-{role}"
        if self.sandbox is not None:
            self.sandbox.site.link_cohort(template, number)
            return
        page = f"{self.url}/admin/tool/lp/template_cohorts.php"
        where = {"id": template, "pagecontextid": 1}
        with _logged_in(self.url) as session:
            shown = session.get(page, params=where, timeout=60).text
            (key,) = set(re.findall(r'name="sesskey"[^>]*value="([^"]+)"', shown))
            form = {
                "sesskey": key,
                "_qf__tool_lp_form_template_cohorts": 1,
                "cohorts[]": self.cohorts()[number],
                "submit": "Add cohorts",
            }
            answer = session.post(page, params=where, data=form, timeout=60)
            assert answer.ok

    def run_task(self) -> None:
        """Run the hourly task that makes the plans of cohorts."""
        if self.sandbox is not None:
            self.sandbox.site.run_hourly_tasks()
            return
        task = r"\core\task\sync_plans_from_template_cohorts_task"
        command = [*shlex.split(os.environ["MOODLE_CRON"]), task]
        subprocess.run(command, check=True, capture_output=True, timeout=120)

    def clean_up(self) -> None:
        for number in (ADA, BEN):
            for plan in self.plans(number):
                self.call("core_competency_delete_plan", id=plan["id"])
        everywhere = {"contextid": 1}
        for item in self.call("core_competency_list_templates", context=everywhere):
            if f"{self.prefix}-t-" in item["description"]:
                ending = {"id": item["id"], "deleteplans": True}
                self.call("core_competency_delete_template", **ending)
        if cohorts := list(self.cohorts().values()):
            self.call("core_cohort_delete_cohorts", cohortids=cohorts)
        listing = "core_competency_list_competency_frameworks"
        for item in self.call(listing, context=everywhere, sort="id"):
            if item["idnumber"].startswith(f"{self.prefix}-"):
                self._end_framework(item["id"])

    def _end_framework(self, number: int) -> None:
        delete = "core_competency_delete_competency_framework"
        if not self.call(delete, id=number):
            hidden = {"id": number, "visible": False}
            update = "core_competency_update_competency_framework"
            self.call(update, competencyframework=hidden)


@contextmanager
def _logged_in(url: str) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(f"{url}/login/index.php", timeout=60).text
        (token,) = set(re.findall(r'name="logintoken" value="([^"]+)"', page))
        form = {
            "logintoken": token,
            "username": os.environ["MOODLE_ADMIN"],
            "password": os.environ["MOODLE_ADMIN_PASSWORD"],
        }
        session.post(f"{url}/login/index.php", data=form, timeout=60)
        yield session


@contextmanager
def place_of(kind: str) -> Iterator[Place]:
    """Start the sandbox with two learners, or find the real site."""
    sandbox: Any = None
    if kind == "sandbox":
        people = tuple(
            SeedPerson(
                employee_id=number,
                given_name="Given",
                family_name="Family",
                email=f"{number}@example.com",
            )
            for number in (ADA, BEN)
        )
        sandbox = adapter.start_sandbox(SandboxSeed(people=people))
        url, token = sandbox.url, sandbox.secrets()["moodle.token"]
    else:
        url = os.environ.get("MOODLE_URL", "").rstrip("/")
        token = os.environ.get("MOODLE_TOKEN", "")
        if not url or not token:
            pytest.skip("MOODLE_URL and MOODLE_TOKEN name no Moodle to run against")
    http = HttpClient(target="Moodle", base_url=url)
    place = Place(url, token, MoodleClient(http, token), sandbox)
    try:
        yield place
    finally:
        place.clean_up()
        http.close()
        if sandbox is not None:
            sandbox.close()


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with place_of(request.param) as opened:
        yield opened


@contextmanager
def office_at(place: Place, folder: Path, **options: str) -> Iterator[Office]:
    source = folder / "framework"
    source.mkdir()
    (source / "framework.yaml").write_text(FRAMEWORK, encoding="utf-8")
    scale = int(os.environ.get("MOODLE_SCALE", "3"))
    settings = {"url": place.url, "scales": {"proficiency": scale}}
    framework = load_framework(source)
    office = Office(folder, framework, settings, place.token, options, place.prefix)
    try:
        yield office
    finally:
        office.close()


def test_a_higher_step_than_asked_shows_a_whole_plan(
    place: Place, tmp_path: Path
) -> None:
    with office_at(place, tmp_path, plans="own") as office:
        office.hold([ADA], "mate")
        office.apply()
        assert office.plan().is_empty
        (plan,) = place.plans(ADA)
        assert (plan["name"], plan["status"], plan["duedate"]) == ("Mate", 1, 0)
        page = "tool_lp_data_for_plan_page"
        before = place.call(page, planid=plan["id"])
        assert before["proficientcompetencypercentage"] == 0
        place.rate(ADA, "s-knots/4")
        after = place.call(page, planid=plan["id"])
        assert after["proficientcompetencypercentage"] == 100
        assert after["competencies"][0]["competency"]["idnumber"].endswith("knots/3")


def test_own_plans_follow_a_change_of_role(place: Place, tmp_path: Path) -> None:
    with office_at(place, tmp_path, plans="own", grace_days="0") as office:
        office.hold([ADA, BEN], "mate")
        office.apply()
        (used,) = place.plans(BEN)
        # Somebody rates Ben in the plan, and nobody does anything with Ada's.
        place.call(
            "core_competency_grade_competency_in_plan",
            planid=used["id"],
            competencyid=place.node("s-knots/3"),
            grade=1,
        )
        office.hold([ADA, BEN], "sailor")
        office.apply()
        assert place.names(ADA) == place.names(BEN) == ["Mate", "Sailor"]
        office.later(1)
        office.apply()
        assert place.names(ADA) == ["Sailor"]
        assert place.names(BEN) == ["Mate", "Sailor"]
        plan = office.plan()
        assert plan.is_empty
        assert [item.type.value for item in plan.findings] == ["left"]


def test_cohorts_make_plans_after_one_click(place: Place, tmp_path: Path) -> None:
    if place.sandbox is None and "MOODLE_ADMIN" not in os.environ:
        pytest.skip("MOODLE_ADMIN names nobody to click")
    with office_at(place, tmp_path, plans="cohorts", grace_days="0") as office:
        office.hold([ADA], "mate")
        office.apply()
        assert [task.kind for task in office.plan().tasks] == ["template_cohort"]
        assert place.members("mate") == {place.user(ADA)}
        place.click("Mate", "mate")
        assert office.plan().tasks == ()
        office.apply()
        with office.instance.database.read() as conn:
            (done,) = tasks.all(conn, "moodle")
        assert done.state is tasks.TaskState.VERIFIED
        place.run_task()
        assert place.names(ADA) == ["Mate"]
        # Somebody else is put in by hand, the next holder by us.
        cohort = place.cohorts()[f"{place.prefix}-h-mate"]
        office.hold([BEN], "mate")
        office.apply()
        place.run_task()
        assert place.names(BEN) == ["Mate"]
        office.hold([ADA], "sailor")
        office.later(1)
        office.apply()
        assert place.members("mate") == {place.user(BEN)}
        assert place.members("sailor") == {place.user(ADA)}
        member = {
            "cohorttype": {"type": "id", "value": str(cohort)},
            "usertype": {"type": "id", "value": str(place.user(ADA))},
        }
        place.call("core_cohort_add_cohort_members", members=[member])
        assert office.plan().is_empty
        # The last holder leaves: the cohort is hidden, who was put in by hand stays.
        office.hold([BEN])
        office.later(1)
        office.apply()
        assert place.members("mate") == {place.user(ADA)}
        assert office.plan().is_empty
