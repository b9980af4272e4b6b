"""From a bare site with only the checklist done to a learner's plan, in a browser.

Only on a real site, see `bare_site`. MOODLE_LEARNER is the ID number, login name and
password of a learner, with colons between (21001:learner21001:secret). With
MOODLE_SCREENSHOTS, a folder, the learner's plan page is photographed into it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

pytest.importorskip("playwright.sync_api", reason="a browser needs playwright")
sys.path.insert(0, str(Path(__file__).parents[1] / "flows"))

from bare_site import BareSite, bare_site, run_task
from moodle_slice import Secrets
from office import LMS, Office

from adapters.moodle import adapter
from connector.framework import import_framework, load_framework
from connector.framework.model import Framework
from connector.kit.errors import TargetError
from connector.kit.protocols import Connection, Services
from connector.kit.setup import Capability
from connector.kit.values import Check
from connector.runtime.connections import opened
from connector.runtime.editions import release_edition
from connector.runtime.ground import ground_of
from connector.runtime.manifest import adapter_listing
from connector.talent.collecting import Collected, collect
from connector.talent.sources import sources_of

pytestmark = pytest.mark.live
ROOT = Path(__file__).parents[2]
UK = ROOT.parent / "shared" / "data" / "uk-gdd-capability-framework"
NEEDS = adapter_listing("moodle").needs
COURSE = os.environ.get("MOODLE_COURSE", "CLOUD-101")
_FEWER_TO_DO = """left => document.querySelectorAll(
    "[data-toggletype='manual:mark-done']").length < left"""
FRAMEWORK = """\
framework: {{key: harbour, name: Harbour}}
scales:
  - key: craft
    name: Craft
    steps:
      - {{key: one, name: Knows}}
      - {{key: two, name: Does}}
      - {{key: three, name: Teaches}}
      - {{key: four, name: Invents}}
domains: [{{key: boats, name: Boats}}]
competencies:
  - key: knots
    name: Knots
    domain: boats
    scale: craft
    indicators: {{three: Teaches others to tie a bowline.}}
groups: [{{key: afloat, name: Afloat}}]
families: [{{key: sailing, name: Sailing, group: afloat}}]
roles:
  - {{key: mate, name: Mate, family: sailing, requirements: {{knots: three}}}}
pathways:
  - key: start
    name: Start
    activities:
      - {{key: knots, name: Knots, course: {course}, gives: {{knots: four}}}}
"""


def harbour(folder: Path, course: str) -> Framework:
    """Return the small framework, with a course that proves its highest step."""
    source = folder / "framework"
    source.mkdir()
    text = FRAMEWORK.format(course=course)
    (source / "framework.yaml").write_text(text, encoding="utf-8")
    return load_framework(source)


@pytest.fixture(scope="module")
def site() -> Iterator[BareSite]:
    with bare_site() as made:
        yield made


@pytest.fixture
def prefix(site: BareSite) -> Iterator[str]:
    own = f"bar{uuid4().hex[:6]}"
    yield own
    site.remove(own)


def learner() -> tuple[str, str, str]:
    """Return ID number, login name and password of the learner."""
    if "MOODLE_LEARNER" not in os.environ:
        pytest.skip("MOODLE_LEARNER names no learner")
    number, name, password = os.environ["MOODLE_LEARNER"].split(":", 2)
    return number, name, password


@contextmanager
def office_at(
    site: BareSite, folder: Path, prefix: str, framework: Framework, **options: str
) -> Iterator[Office]:
    now = datetime.now(UTC)
    made = Office(
        folder, framework, site.settings, site.token, options, prefix=prefix, now=now
    )
    try:
        yield made
    finally:
        made.close()


@contextmanager
def connected(site: BareSite, **changes: Any) -> Iterator[Connection]:
    services = Services(
        secrets=Secrets(site.token),
        now=lambda: datetime.now(UTC),
        sleep=lambda _: None,
        needs=NEEDS,
    )
    connection = adapter.connect({**site.settings, **changes}, services)
    try:
        yield connection
    finally:
        connection.close()


def checks(site: BareSite, **changes: Any) -> dict[str, Check]:
    with connected(site, **changes) as connection:
        return {check.name: check for check in connection.doctor.checks()}


def test_the_doctor_finds_nothing_to_mend(site: BareSite) -> None:
    found = checks(site)
    assert {name for name, check in found.items() if not check.is_ok} == set()
    # What only a person sees, and what no call shows, is asked for and nothing else.
    assert {name for name, check in found.items() if not check.is_seen} == {
        "capabilities not shown",
        "ID number locked",
        "HTTP security",
    }


def frameworks() -> Iterator[tuple[str, Framework]]:
    yield "example", load_framework(ROOT / "examples" / "quillmere" / "framework")
    if UK.is_dir():
        how = ROOT / "examples" / "imports" / "uk-gdd.yaml"
        yield "published", import_framework(how, [UK]).framework


@pytest.mark.parametrize(
    ("name", "framework"), [pytest.param(*each, id=each[0]) for each in frameworks()]
)
def test_a_whole_framework_is_written_and_then_nothing_is_left(
    site: BareSite, tmp_path: Path, prefix: str, name: str, framework: Framework
) -> None:
    with office_at(site, tmp_path, prefix, framework) as office:
        planned = len(office.plan().changes)
        report = office.apply()
        assert report.done == planned > 100, name
        assert office.plan().is_empty


def collected(office: Office) -> Collected:
    edition = release_edition(office.instance, None, office.instance.today())
    with opened(office.instance, LMS) as target:
        ground = ground_of(office.instance)
        sources = sources_of(ground, target, edition.framework)
        assert sources is not None
        return collect(
            ground,
            LMS,
            sources.learning,
            edition.framework,
            accounts=sources.accounts,
            ratings=sources.ratings,
        )


def finish_in_the_browser(site: BareSite, course: int) -> None:
    """Let the learner mark everything as done, and Moodle's task see it."""
    _, name, password = learner()
    with site.page_of(name, password) as page:
        page.goto(f"{site.url}/course/view.php?id={course}")
        # A tour of the page may lie over the buttons, so each is clicked by itself.
        buttons = page.locator("[data-toggletype='manual:mark-done']")
        buttons.first.wait_for(state="attached")
        while left := buttons.count():
            buttons.first.evaluate("button => button.click()")
            page.wait_for_function(_FEWER_TO_DO, arg=left)
        # Moodle looks at what was done in an earlier second than that of its task.
        page.wait_for_timeout(1100)
        for _ in range(2):
            run_task("core\\task\\completion_regular_task")


def plan_page(site: BareSite, plan: int) -> str:
    """Return what the learner's own page of a plan says; photograph it."""
    _, name, password = learner()
    folder = os.environ.get("MOODLE_SCREENSHOTS")
    with site.page_of(name, password, width=1000, height=560) as page:
        page.goto(f"{site.url}/admin/tool/lp/plan.php?id={plan}")
        page.wait_for_load_state("networkidle")
        if folder:
            page.screenshot(path=f"{folder}/moodle-plan.png")
        return page.inner_text("body")


def test_a_learner_finishes_a_course_and_all_follows(
    site: BareSite, tmp_path: Path, prefix: str
) -> None:
    number, *_ = learner()
    course = site.copy_course(prefix)
    by_number = {"field": "idnumber", "values": [number]}
    (user,) = site.call("core_user_get_users_by_field", **by_number)
    try:
        framework = harbour(tmp_path, prefix)
        with office_at(site, tmp_path, prefix, framework, plans="own") as office:
            office.hold([number], "mate")
            office.apply()
            assert office.plan().is_empty
            collected(office)
            enrolment = {"roleid": 5, "userid": user["id"], "courseid": course}
            site.call("enrol_manual_enrol_users", enrolments=[enrolment])
            shown = site.call("core_competency_list_user_plans", userid=user["id"])
            (plan,) = (
                each
                for each in shown
                if each["name"] == "Mate" and f"{prefix}-p-" in each["description"]
            )
            assert "0 out of 1 competencies" in plan_page(site, plan["id"])
            finish_in_the_browser(site, course)
            # The course proves step 4, the plan asks for step 3: Moodle follows.
            assert "1 out of 1 competencies" in plan_page(site, plan["id"])
            first = collected(office)
            assert (first.facts, first.evidence) == (1, 1)
            assert (again := collected(office)).facts == again.evidence == 0
            edit_in_the_browser(site, prefix)
            drift = [item.key for item in office.plan().findings]
            assert drift == ["knots/3"]
    finally:
        site.remove_plans(user["id"], prefix)
        site.call("core_course_delete_courses", courseids=[course])


def edit_in_the_browser(site: BareSite, prefix: str) -> None:
    """Let the administrator change the description of a step on its page."""
    filters = [{"column": "idnumber", "value": f"{prefix}-s-knots/3"}]
    (node,) = site.call("core_competency_list_competencies", filters=filters)
    page = site.administrator.page
    page.goto(
        f"{site.url}/admin/tool/lp/editcompetency.php?id={node['id']}"
        f"&competencyframeworkid={node['competencyframeworkid']}&pagecontextid=1"
    )
    page.fill("#id_shortname", "Teaches, edited by hand")
    page.locator("input[name=submitbutton]").first.click()
    page.wait_for_url("**/competencies.php*")


@pytest.fixture(scope="module")
def written(
    site: BareSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An office whose small framework, with a linked course, is in Moodle."""
    folder, own = tmp_path_factory.mktemp("written"), f"bar{uuid4().hex[:6]}"
    with office_at(site, folder, own, harbour(folder, COURSE)) as office:
        office.apply()
        assert office.plan().is_empty
        yield office
    site.remove(own)


@pytest.fixture(scope="module")
def known(site: BareSite) -> dict[str, set[str]]:
    """What an account with every right reads of a person, each way."""
    found = learned(site)
    if not all(found.values()):
        by_field = {"field": "idnumber", "value": COURSE}
        (course,) = site.call("core_course_get_courses_by_field", **by_field)["courses"]
        finish_in_the_browser(site, course["id"])
        found = learned(site)
    assert len(found) == 2
    assert all(found.values()), f"the learner did not complete {COURSE}"
    return found


def learned(site: BareSite) -> dict[str, set[str]]:
    """Read completions by report and one by one; what is refused is left out."""
    found = {}
    for name, changes in (("report", {}), ("alone", {"completions_report": None})):
        with connected(site, **changes) as connection:
            try:
                found[name] = {
                    f"{fact.employee_id} {fact.object_id} {fact.happened_at}"
                    for batch in batches_of(connection)
                    for fact in batch.facts
                    if (fact.employee_id, fact.object_id) == (learner()[0], COURSE)
                }
            except TargetError:
                continue
    return found


def batches_of(connection: Connection) -> list[Any]:
    if connection.learning is not None:
        return list(connection.learning.facts(None))
    assert connection.learning_by_person is not None
    return list(connection.learning_by_person.facts_of([learner()[0]], {COURSE}))


@pytest.mark.parametrize(
    "capability", NEEDS.capabilities, ids=lambda each: str(each.name)
)
def test_a_right_that_is_taken_away_is_named_and_misleads_nobody(
    site: BareSite, written: Office, known: dict[str, set[str]], capability: Capability
) -> None:
    by_person = capability.needed_when == "completions_report is not set"
    with site.administrator.without(capability.name):
        found = checks(site, **({"completions_report": None} if by_person else {}))
        read = learned(site)
        try:
            planned = written.plan().changes
        except TargetError:
            planned = ()
    telling = [
        check
        for check in found.values()
        if capability.name in check.message + check.fix
        and not (check.is_ok and check.is_seen)
    ]
    assert telling, found
    assert all("Site administration > " in check.fix for check in telling)
    # Everything is there: whatever were planned now would come from not seeing it.
    assert [(change.operation, change.key) for change in planned] == []
    assert read == {name: known[name] for name in read}
