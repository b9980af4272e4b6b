"""Reviews: what a form will ask, what started ones ask, what a plan leaves behind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cli_stage import FRAMEWORK, HRIS, Stage, changed

from connector.kit.protocols import SandboxSeed, SeedPerson
from connector.runtime.manifest import load_adapter

LADDER = """\
levels:
  - key: ic1
    name: {en: IC 1 Starting, pl: IC 1 Start}
    track: individual_contributor
    expects: {knots: low}
    responsibilities: [Asks before acting.]
  - key: ic2
    name: IC 2 Able
    track: individual_contributor
    above: [ic1]
    expects: {knots: high, sails: low}
"""
ROLES = """\
roles:
  - key: sailor
    name: {en: Sailor, pl: Żeglarz, ar: بحّار}
    family: sailing
    track: individual_contributor
    level: ic1
    responsibilities: [Keeps the boat **ready**.]
    requirements: {sails: low}
  - key: mate
    name: Mate
    family: sailing
    track: individual_contributor
    level: ic2
    requirements: {sails: high}
  - key: diver
    name: Diver
    family: sailing
    requirements: {knots: low}
"""
START, END = FRAMEWORK.index("roles:"), FRAMEWORK.index("pathways:")
CREW = FRAMEWORK[:START] + LADDER + ROLES + FRAMEWORK[END:]
ADA = SeedPerson(
    employee_id="0021001",
    given_name="Áda <b>",
    family_name="Żółć",
    email="ada@example.com",
    role="sailor",
)
BO = SeedPerson(
    employee_id="0021002",
    given_name="ボー",
    family_name="海野",
    email="bo@example.com",
    role="mate",
)
CY = SeedPerson(
    employee_id="0021003",
    given_name="Cy",
    family_name="Outside",
    email="cy@example.com",
    role="OTHER",
)
REVIEWS = {
    "report": {"owner": "hr_reports", "name": "Job_Framework_Reviews"},
    "templates": [{"review_type": "ANNUAL", "template": "ANNUAL_IC"}],
}


@dataclass
class Year:
    """The one clock of the instance and of the tenant."""

    now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch) -> Year:
    clock = Year()
    monkeypatch.setattr("connector.commands.common.now", clock)
    return clock


@pytest.fixture
def desk(jobframe: Stage, year: Year) -> Any:
    """HR's desk in a tenant that holds the framework, and its three workers."""
    running: Any = load_adapter(HRIS).start_sandbox(SandboxSeed(people=(ADA, BO, CY)))
    running.tenant.clock = year
    running.tenant.refresh()
    for level, name in (("ic1", "IC 1 Starting"), ("ic2", "IC 2 Able")):
        ids = {"Management_Level_ID": level}
        running.tenant.store.add("management_level", ids, name)
    jobframe.sandboxes[HRIS] = running
    connect(jobframe, running.oauth_settings())
    jobframe.release(CREW)
    jobframe.ok("apply", HRIS, "--yes")
    jobframe.ok("people", "sync", HRIS)
    desk = running.tenant.reviews
    desk.add_template("ANNUAL_IC")
    desk.add_template("OLD", fixed=["jf-c-sails"])
    return desk


def connect(
    jobframe: Stage, settings: dict[str, Any], purpose: str = "", **reviews: Any
) -> None:
    running = jobframe.sandboxes[HRIS]
    secrets = {
        key: f"file:{jobframe.write(f'secrets/{key}', value)}"
        for key, value in running.secrets().items()
    }
    document = {
        "adapter": HRIS,
        "settings": {**settings, "reviews": {**REVIEWS, **reviews}},
        "secrets": secrets,
        "evidence": {"purpose": purpose} if purpose else {},
    }
    jobframe.ok(
        "config", "import", jobframe.write(f"{HRIS}.yaml", json.dumps(document))
    )


def launch(desk: Any, template: str, *people: SeedPerson, **more: Any) -> Any:
    return desk.launch(
        "ANNUAL",
        template,
        date(2026, 1, 1),
        date(2026, 12, 31),
        [person.employee_id for person in people],
        **more,
    )


def apply_approved(jobframe: Stage) -> None:
    """Apply what changes people's reviews, a second person having looked at it."""
    plan = jobframe.json("plan", HRIS)
    guards = [part for each in plan["refusals"] for part in ("--guard", each["guard"])]
    jobframe.ok("approve", plan["fingerprint"], *guards, "--as", "eve")
    jobframe.ok("apply", HRIS, "--yes")


def problems(checked: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["employee_id"], each["problem"]) for each in checked["findings"]]


@pytest.mark.usefixtures("desk")
def test_a_person_s_form_asks_for_exactly_the_own_level(jobframe: Stage) -> None:
    form = jobframe.json("reviews", "preview", ADA.employee_id)
    assert (form["role"], form["level"]) == ("sailor", "IC 1 Starting")
    assert [
        (each["competency"], each["expected"]["step"], each["above"]["step"])
        for each in form["criteria"]
    ] == [("knots", "low", "high"), ("sails", "low", "high")]
    assert [each["origin"] for each in form["criteria"]] == ["level", "role"]
    (move,) = form["moves"]
    assert [(goal["competency"], goal["to"]["step"]) for goal in move["goals"]] == [
        ("knots", "high"),
        ("sails", "high"),
    ]
    shown = jobframe.ok("reviews", "preview", BO.employee_id).out
    assert "ボー 海野 (0021002)" in shown


@pytest.mark.usefixtures("desk")
def test_the_page_is_escaped_whole_and_in_the_language_asked_for(
    jobframe: Stage,
) -> None:
    page = jobframe.folder / "form.html"
    command = ("reviews", "preview", ADA.employee_id, "--html", page)
    assert "The form is in" in jobframe.ok(*command, "--language", "pl").out
    text = page.read_text(encoding="utf-8")
    assert '<html lang="pl">' in text
    assert "Áda &lt;b&gt; Żółć" in text
    assert "Żeglarz" in text
    assert "<strong>ready</strong>" in text
    assert "src=" not in text
    assert "http" not in text
    jobframe.ok(*command, "--language", "ar")
    text = page.read_text(encoding="utf-8")
    assert '<span lang="ar" dir="auto">' in text or 'lang="ar" dir="auto"' in text


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("subject", "more", "said"),
    [
        ("sailer", [], "Did you mean sailor?"),
        ("21001", [], "Did you mean 0021001? Leading zeros count."),
        ("9999", [], "outside the scope"),
        (CY.employee_id, [], "people coverage"),
        ("sailor", ["--language", "xx"], "ar, en, pl"),
        (ADA.employee_id, ["--position", "P-9"], "P-0021001"),
    ],
)
def test_wrong_subjects_are_named(
    jobframe: Stage, subject: str, more: list[str], said: str
) -> None:
    answer = jobframe("reviews", "preview", subject, *more)
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.usefixtures("desk")
def test_a_role_without_level_says_what_is_missing(jobframe: Stage) -> None:
    shown = jobframe.ok("reviews", "preview", "diver").out
    assert "no level" in shown


@pytest.mark.usefixtures("desk")
def test_a_retired_role_is_shown_with_a_warning(jobframe: Stage) -> None:
    jobframe.release(changed(CREW, "key: diver", "key: diver\n    retired: true"))
    assert "out of use" in jobframe.ok("reviews", "preview", "diver").out


def test_reviews_filled_from_their_profiles_are_right(
    jobframe: Stage, desk: Any, year: Year
) -> None:
    year.pass_days(1)
    launch(desk, "ANNUAL_IC", ADA, BO, CY)
    checked = jobframe.json("reviews", "check", HRIS)
    assert (checked["open"], checked["checked"], checked["outside_framework"]) == (
        3,
        2,
        1,
    )
    assert checked["findings"] == []
    assert checked["notes"] == []


def test_a_changed_expectation_names_profiles_people_and_reviews(
    jobframe: Stage, desk: Any, year: Year
) -> None:
    year.pass_days(1)
    launch(desk, "ANNUAL_IC", ADA, BO)
    launch(desk, "OLD", CY)
    jobframe.release(changed(CREW, "expects: {knots: low}", "expects: {knots: high}"))
    plan = jobframe.json("plan", HRIS)
    (change,) = plan["changes"]
    assert (change["key"], change["people"]) == ("sailor", 1)
    (left,) = plan["reviews"]
    assert (left["key"], left["review_type"]) == ("sailor", "ANNUAL")
    assert ADA.employee_id not in json.dumps(plan)
    shown = jobframe.ok("plan", HRIS).out
    assert "reaches 1 person" in shown
    assert "job_profile sailor: 1 review" in shown
    assert f"person {left['person']}: ANNUAL, 2026-01-01 to 2026-12-31" in shown
    assert "open reviews that will not follow: 1." in shown
    before = [each.competencies for each in desk.reviews]
    year.pass_days(1)
    apply_approved(jobframe)
    assert [each.competencies for each in desk.reviews] == before
    year.pass_days(1)
    assert problems(jobframe.json("reviews", "check", HRIS)) == [
        (ADA.employee_id, "wrong_expected_level"),
        (ADA.employee_id, "content_before_change"),
    ]
    told = jobframe.ok("reviews", "check", HRIS).out
    assert "it expects Knots at Low and not High" in told
    assert "A started review keeps its content." in told


def test_a_review_without_content_will_follow(
    jobframe: Stage, desk: Any, year: Year
) -> None:
    (waiting,) = launch(desk, "ANNUAL_IC", ADA, sets_content=False)
    jobframe.release(changed(CREW, "expects: {knots: low}", "expects: {knots: high}"))
    assert jobframe.json("plan", HRIS)["reviews"] == []
    apply_approved(jobframe)
    year.pass_days(1)
    desk.set_content(waiting)
    assert jobframe.json("reviews", "check", HRIS)["findings"] == []


def test_a_fixed_list_on_the_wrong_template_is_found_per_person(
    jobframe: Stage, desk: Any, year: Year
) -> None:
    year.pass_days(1)
    launch(desk, "OLD", ADA)
    (done,) = launch(desk, "OLD", BO)
    desk.advance(done, "Complete", ends=True)
    checked = jobframe.json("reviews", "check", HRIS)
    assert problems(checked) == [
        (ADA.employee_id, "wrong_template"),
        (ADA.employee_id, "missing_criteria"),
    ]
    assert checked["counts"]["missing_criteria"] == 1
    assert jobframe("reviews", "check", HRIS, "--exit-code").code == 1


def test_who_took_up_another_role_has_the_former_one_s_criteria(
    jobframe: Stage, desk: Any, year: Year
) -> None:
    year.pass_days(1)
    launch(desk, "ANNUAL_IC", ADA)
    year.pass_days(1)
    desk.tenant.move_worker(ADA.employee_id, job_profile_id="jf-jp-mate")
    jobframe.ok("people", "sync", HRIS)
    found = jobframe.json("reviews", "check", HRIS)
    assert problems(found) == [
        (ADA.employee_id, "wrong_expected_level"),
        (ADA.employee_id, "content_before_change"),
    ]


def test_the_guide_becomes_tasks_that_a_check_closes(
    jobframe: Stage, desk: Any, year: Year
) -> None:
    titles = [each["title"] for each in jobframe.json("reviews", "guide", HRIS)]
    assert [each["title"] for each in jobframe.json("tasks", HRIS)] == titles
    year.pass_days(1)
    assert jobframe.json("reviews", "check", HRIS)["guide_open"] == [
        "fill-ANNUAL_IC",
        "use-ANNUAL_IC",
    ]
    launch(desk, "ANNUAL_IC", ADA)
    assert jobframe.json("reviews", "check", HRIS)["guide_open"] == []
    assert jobframe.json("tasks", HRIS) == []
    shown = jobframe.ok("reviews", "guide", HRIS).out
    assert shown.count("✓") == len(titles)
    assert "Enable As Web Service" in shown
    launch(desk, "OLD", BO)
    assert jobframe.json("reviews", "check", HRIS)["guide_open"] == ["use-ANNUAL_IC"]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"is_web_service": False}, "Enable As Web Service"),
        ({"is_shared": False}, "Share it"),
        ({"name": "Renamed"}, "does not serve the report"),
        ({"columns": {"Employee_ID": ()}}, "the column Status is missing"),
    ],
)
def test_a_report_that_is_not_served_as_it_must_be_is_explained(
    jobframe: Stage, desk: Any, what: dict[str, Any], said: str
) -> None:
    for name, value in what.items():
        setattr(desk.report, name, value)
    answer = jobframe("reviews", "check", HRIS)
    assert answer.code in (2, 5)
    assert said in answer.err
    assert said in jobframe("doctor", HRIS).out
    jobframe.release(changed(CREW, "expects: {knots: low}", "expects: {knots: high}"))
    assert "will not follow is not known" in jobframe.ok("plan", HRIS).out


def test_a_report_that_shows_ratings_is_refused(jobframe: Stage, desk: Any) -> None:
    desk.report.columns = {**desk.report.columns, "Overall_Rating": ()}
    answer = jobframe("reviews", "check", HRIS)
    assert answer.code == 2
    assert "the column Overall_Rating is one too many" in answer.err


def test_without_tokens_the_days_of_contents_are_said_to_be_unknown(
    jobframe: Stage, desk: Any, year: Year
) -> None:
    connect(jobframe, jobframe.sandboxes[HRIS].settings())
    year.pass_days(1)
    launch(desk, "OLD", ADA)
    checked = jobframe.json("reviews", "check", HRIS)
    assert (ADA.employee_id, "missing_criteria") in problems(checked)
    assert "does not tell when contents were set" in checked["notes"][0]


@pytest.mark.usefixtures("desk")
def test_no_report_is_a_hint_to_the_guide(jobframe: Stage) -> None:
    running: Any = jobframe.sandboxes[HRIS]
    connect(jobframe, running.settings(), report=None)
    answer = jobframe("reviews", "check", HRIS)
    assert answer.code == 2
    assert "jobframe reviews guide" in answer.err


def test_evaluations_are_never_asked_for(jobframe: Stage, desk: Any) -> None:
    launch(desk, "ANNUAL_IC", ADA)
    jobframe.ok("reviews", "check", HRIS)
    asked = {entry.operation for entry in desk.tenant.log}
    assert "report" in asked
    assert "Get_Employee_Reviews" not in asked


def ask(jobframe: Stage, *more: str) -> Any:
    return jobframe("reviews", "goals", ADA.employee_id, *more, "--json")


@pytest.fixture
def growing(jobframe: Stage, desk: Any) -> Any:
    """The connection takes what people's learning is used for."""
    running: Any = jobframe.sandboxes[HRIS]
    connect(jobframe, running.oauth_settings(), purpose="people grow")
    return desk.tenant


def goals_on_record(tenant: Any) -> list[tuple[str, str]]:
    worker = tenant.get("Employee_ID", ADA.employee_id)
    return [
        (goal.latest["Name"], related.reference_ids["Competency_ID"])
        for goal in tenant.achievements.get(worker.wid, ())
        if goal.versions
        for related in goal.latest["Relates_To_Reference"]
    ]


def test_a_goal_is_on_the_record_once_for_who_asked(
    jobframe: Stage, growing: Any
) -> None:
    offered = ask(jobframe).value
    assert [(each["competency"], each["step"]) for each in offered] == [
        ("knots", "high"),
        ("sails", "high"),
    ]
    assert goals_on_record(growing) == []
    asked = ("--for", "knots", "--asked-on", "2026-03-02")
    sent = ask(jobframe, *asked)
    assert (sent.code, sent.value["confirmed"]) == (0, 1)
    assert goals_on_record(growing) == [("Knots: High", "jf-c-knots")]
    again = ask(jobframe, *asked)
    assert (again.code, again.value["prepared"]) == (0, 0)
    writes = [each for each in growing.log if each.operation == "Manage_Goals"]
    assert len(writes) == 1
    assert not writes[0].is_auto_completed


def test_a_goal_whose_answer_was_lost_is_looked_up_and_not_sent_again(
    jobframe: Stage, growing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.runtime.connections.time.sleep", lambda _: None)
    growing.switches.lost_answers = 1
    asked = ("--for", "knots", "--asked-on", "2026-03-02")
    ask(jobframe, *asked)
    ask(jobframe, *asked)
    assert goals_on_record(growing) == [("Knots: High", "jf-c-knots")]
    assert len([e for e in growing.log if e.operation == "Manage_Goals"]) == 1
    assert jobframe.json("evidence", "list")["dispatches"] == {"confirmed": 1}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--for", "knot", "--asked-on", "2026-03-02"], "Did you mean knots?"),
        (["--for", "knots"], "--asked-on DATE"),
        (["--for", "knots", "--asked-on", "soon"], "is no date"),
    ],
)
@pytest.mark.usefixtures("growing")
def test_a_goal_needs_a_person_who_asked_and_a_way_to_go(
    jobframe: Stage, more: list[str], said: str
) -> None:
    answer = ask(jobframe, *more)
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.usefixtures("desk")
def test_goals_are_off_until_their_purpose_is_recorded(jobframe: Stage) -> None:
    answer = ask(jobframe, "--for", "knots", "--asked-on", "2026-03-02")
    assert answer.code == 2
    assert "purpose" in answer.err


@pytest.mark.usefixtures("growing")
def test_a_role_has_no_goals(jobframe: Stage) -> None:
    answer = jobframe("reviews", "goals", "sailor", "--for", "knots")
    assert answer.code == 2
    assert "goals are a person's" in answer.err
