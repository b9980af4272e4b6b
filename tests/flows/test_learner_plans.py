"""Plans for learners on a Moodle: plans of their own, and cohorts with one click."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from office import Office

from adapters.moodle import adapter
from adapters.moodle.client import MoodleClient
from adapters.moodle.failures import RefusedError
from adapters.moodle.sandbox.plan_records import complete_plan
from connector.framework import load_framework
from connector.kit.http import HttpClient
from connector.kit.protocols import SandboxSeed, SeedPerson
from connector.kit.values import Operation, Privacy, Ref, Rows
from connector.runtime.example import load_people
from connector.store import links, tasks
from connector.store.tombstones import Tombstones
from connector.sync.mapper import map_records
from connector.sync.mapping import load_mapping
from connector.sync.people import RolePeople
from connector.sync.plan import FindingKind, Plan
from connector.sync.plan_json import plan_to_json

EXAMPLE = Path(__file__).parents[2] / "examples" / "quillmere"
SMALL = """\
framework: {key: harbour, name: Harbour}
scales:
  - {key: craft, name: Craft, steps: [{key: low, name: Low}, {key: high, name: High}]}
domains: [{key: boats, name: Boats}]
competencies:
  - {key: knots, name: Knots, domain: boats, scale: craft}
  - {key: sails, name: Sails, domain: boats, scale: craft}
groups: [{key: afloat, name: Afloat}]
families: [{key: sailing, name: Sailing, group: afloat}]
roles:
  - {key: mate, name: Mate, family: sailing, requirements: {knots: high, sails: low}}
  - key: sailor
    name: Sailor
    family: sailing
    requirements: {knots: low, sails: high}
"""

Open = Callable[..., tuple[Office, Any]]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Open]:
    """Open an office of a small framework beside a sandbox with some people."""
    opened: list[tuple[Office, Any]] = []

    def open_one(*numbers: str, **options: str) -> tuple[Office, Any]:
        folder = tmp_path / "framework"
        folder.mkdir(exist_ok=True)
        (folder / "framework.yaml").write_text(SMALL, encoding="utf-8")
        people = tuple(
            SeedPerson(
                employee_id=number,
                given_name="Given",
                family_name=f"Family {number}",
                email=f"p{number}@example.com",
            )
            for number in numbers
        )
        sandbox = adapter.start_sandbox(SandboxSeed(people=people))
        office = Office(
            tmp_path,
            load_framework(folder),
            sandbox.settings(),
            sandbox.secrets()["moodle.token"],
            options,
        )
        opened.append((office, sandbox))
        return opened[-1]

    yield open_one
    for office, sandbox in opened:
        office.close()
        sandbox.close()


def plans_of(site: Any, number: str) -> list[tuple[str, list[str]]]:
    """Return the plans of somebody, with the ID numbers of what is in them."""
    with site.lock:
        user = site.state.users.first(idnumber=number)["id"]
        names = {row["id"]: row["idnumber"] for row in site.state.competencies}
        return [
            (
                plan["name"],
                [
                    names[link["competencyid"]]
                    for link in sorted(
                        site.state.plan_links.find(planid=plan["id"]),
                        key=lambda link: link["sortorder"],
                    )
                ],
            )
            for plan in site.state.plans.find(userid=user)
        ]


def members_of(site: Any, idnumber: str) -> set[str]:
    """Return the ID numbers of the members of a cohort."""
    with site.lock:
        numbers = {user["id"]: user["idnumber"] for user in site.state.users}
        cohort = site.state.cohorts.first(idnumber=idnumber)
        found = site.state.cohort_members.find(cohortid=cohort["id"])
        return {numbers[row["userid"]] for row in found}


def calls_of(site: Any, function: str) -> int:
    with site.lock:
        return sum(function in entry.calls for entry in site.log)


def test_a_plan_of_its_own_for_everybody_who_holds_a_role(small: Open) -> None:
    office, sandbox = small("01", "02", plans="own")
    office.hold(["01"], "mate")
    office.hold(["02", "03"], "sailor")
    plan = office.plan()
    assert [item.message for item in plan.findings] == [
        "1 account not there yet: what needs them waits or is left out"
    ]
    (waiting,) = plan.waiting
    assert waiting.change.key == f"{office.person('03')}/sailor"
    office.apply()
    assert plans_of(sandbox.site, "01") == [("Mate", ["jf-s-knots/2", "jf-s-sails/1"])]
    assert plans_of(sandbox.site, "02") == [
        ("Sailor", ["jf-s-knots/1", "jf-s-sails/2"])
    ]
    assert office.plan().is_empty


def test_no_plan_is_made_and_nobody_looked_up_until_it_is_asked_for(
    small: Open,
) -> None:
    office, sandbox = small("01")
    office.hold(["01"], "mate")
    office.apply()
    assert plans_of(sandbox.site, "01") == []
    assert "user" not in str([entry.function for entry in sandbox.site.log])


def test_an_option_that_does_not_exist_is_named(small: Open) -> None:
    office, _ = small("01", plans="cohort")
    with pytest.raises(Exception, match="cannot be mapped") as error:
        office.plan()
    assert "cohort" in str(error.value.problems)  # type: ignore[attr-defined]


def test_a_new_role_brings_its_plan_first_and_the_old_one_goes_after_the_grace(
    small: Open,
) -> None:
    office, sandbox = small("01", plans="own")
    office.hold(["01"], "mate")
    office.apply()
    office.later(10)
    office.hold(["01"], "sailor")
    office.apply()
    assert [name for name, _ in plans_of(sandbox.site, "01")] == ["Mate", "Sailor"]
    office.later(30)
    assert office.plan().is_empty
    office.later(1)
    (change,) = office.plan().changes
    assert (change.operation, change.is_protected) == (Operation.RETIRE, False)
    office.apply()
    assert [name for name, _ in plans_of(sandbox.site, "01")] == ["Sailor"]
    assert office.plan().is_empty


@pytest.mark.parametrize("deed", ["commented", "rated", "reviewed", "completed"])
def test_a_plan_that_people_used_is_kept_and_shown_as_left(
    small: Open, deed: str
) -> None:
    office, sandbox = small("01", plans="own", grace_days="0")
    office.hold(["01"], "mate")
    office.apply()
    use(sandbox, deed)
    office.later(1)
    office.hold(["01"], "sailor")
    office.apply()
    office.later(1)
    plan = office.plan()
    assert plan.is_empty
    (left,) = plan.findings
    assert (left.type, left.key) == (FindingKind.LEFT, f"{office.person('01')}/mate")
    assert not left.is_waiting
    office.apply()
    assert [name for name, _ in plans_of(sandbox.site, "01")] == ["Mate", "Sailor"]


def use(sandbox: Any, deed: str) -> None:
    """Let somebody do something with the first plan of the site."""
    site = sandbox.site
    plan = next(iter(site.state.plans))
    with site.lock:
        call = site.acting()
        if deed == "commented":
            site.state.comments.add({"area": "plan", "itemid": plan["id"]})
        elif deed == "reviewed":
            site.state.plans.change(plan["id"], status=3)
        elif deed == "completed":
            complete_plan(call, plan)
    if deed == "rated":
        rate_in_plan(sandbox, plan)


def rate_in_plan(sandbox: Any, plan: Any) -> None:
    step = sandbox.site.state.competencies.first(idnumber="jf-s-sails/1")["id"]
    http = HttpClient(target="Moodle", base_url=sandbox.url, sleep=lambda _: None)
    # Moodle rates, then finds that its own answer lacks what raw texts leave out.
    with suppress(RefusedError):
        MoodleClient(http, sandbox.site.token).call(
            "core_competency_grade_competency_in_plan",
            {"planid": plan["id"], "competencyid": step, "grade": 2},
        )
    http.close()


def test_a_rating_by_a_course_does_not_keep_a_plan(small: Open) -> None:
    office, sandbox = small("01", plans="own", grace_days="0")
    office.hold(["01"], "mate")
    office.apply()
    sandbox.site.rate("01", "jf-s-knots/1", 2)
    office.hold(["01"])
    office.later(1)
    office.apply()
    assert plans_of(sandbox.site, "01") == []


def test_cohorts_are_filled_and_the_click_is_a_task_until_it_is_seen(
    small: Open,
) -> None:
    office, sandbox = small("01", "02", plans="cohorts")
    office.hold(["01", "02"], "mate")
    plan = office.plan()
    (task,) = plan.tasks
    assert task.step.values == {
        "template": "Mate",
        "cohort": "Mate (learning plan only, do not enrol with it)",
    }
    assert "Add cohorts to sync" in task.step.steps
    (note,) = plan.notes
    assert note.startswith("1 synchronisation of a template with a cohort to be made")
    office.apply()
    assert members_of(sandbox.site, "jf-h-mate") == {"01", "02"}
    sandbox.site.run_hourly_tasks()
    assert plans_of(sandbox.site, "01") == []
    again = office.plan()
    assert (again.is_empty, len(again.tasks)) == (True, 1)
    template = sandbox.site.state.templates.first(shortname="Mate")["id"]
    sandbox.site.link_cohort(template, "jf-h-mate")
    assert office.plan().tasks == ()
    office.apply()
    with office.instance.database.read() as conn:
        (done,) = tasks.all(conn, "moodle")
    assert done.state is tasks.TaskState.VERIFIED
    sandbox.site.run_hourly_tasks()
    assert [name for name, _ in plans_of(sandbox.site, "01")] == ["Mate"]


def test_more_clicks_than_the_limit_propose_plans_of_their_own(small: Open) -> None:
    office, _ = small("01", "02", plans="cohorts", manual_steps="1")
    office.hold(["01"], "mate")
    office.hold(["02"], "sailor")
    (note,) = office.plan().notes
    assert note == (
        "2 synchronisations of templates with cohorts to be made by hand, one click"
        " each. Plans of their own need no click: take “plans: own” in the mapping."
    )


def test_who_others_put_into_a_cohort_stays(small: Open) -> None:
    office, sandbox = small("01", "02", "09", plans="cohorts", grace_days="0")
    office.hold(["01", "02"], "mate")
    office.apply()
    site = sandbox.site
    with site.lock:
        cohort = site.state.cohorts.first(idnumber="jf-h-mate")["id"]
        user = site.state.users.first(idnumber="09")["id"]
        site.state.cohort_members.add({"cohortid": cohort, "userid": user})
    assert office.plan().is_empty
    office.hold(["01"], "sailor")
    office.later(1)
    office.apply()
    assert members_of(site, "jf-h-mate") == {"02", "09"}
    assert members_of(site, "jf-h-sailor") == {"01"}
    # The last of ours leaves: the cohort is hidden, and theirs is still in it.
    office.hold(["02"])
    office.later(1)
    office.apply()
    assert members_of(site, "jf-h-mate") == {"09"}
    assert not site.state.cohorts.first(idnumber="jf-h-mate")["visible"]
    assert office.plan().is_empty
    office.hold(["02"], "mate")
    office.apply()
    assert members_of(site, "jf-h-mate") == {"02", "09"}
    assert site.state.cohorts.first(idnumber="jf-h-mate")["visible"]


def test_whoever_joins_the_new_cohort_leaves_the_old_one_later(small: Open) -> None:
    office, sandbox = small("01", "02", plans="cohorts")
    office.hold(["01", "02"], "mate")
    office.apply()
    office.hold(["01"], "sailor")
    office.apply()
    assert members_of(sandbox.site, "jf-h-mate") == {"01", "02"}
    assert members_of(sandbox.site, "jf-h-sailor") == {"01"}
    office.later(31)
    (change,) = office.plan().changes
    assert (change.people, change.is_protected) == (1, False)
    office.apply()
    assert members_of(sandbox.site, "jf-h-mate") == {"02"}
    # A leaver goes at once.
    office.hold(["02"], "mate", is_active=False)
    office.apply()
    assert members_of(sandbox.site, "jf-h-mate") == set()


def test_two_accounts_with_one_number_are_a_task_and_not_used(small: Open) -> None:
    office, sandbox = small("01", "02", plans="cohorts")
    site = sandbox.site
    twin = site.state.users.first(idnumber="02")["id"]
    site.state.users.change(twin, idnumber="01")
    office.hold(["01"], "mate")
    plan = office.plan()
    (task,) = [one for one in plan.tasks if one.kind == "account"]
    assert task.step.values == {"unique_idnumber": "01"}
    office.apply()
    assert members_of(site, "jf-h-mate") == set()
    site.state.users.change(twin, idnumber="02")
    office.apply()
    assert members_of(site, "jf-h-mate") == {"01"}
    # Bound once: a second bearer changes nothing for the one we know.
    site.state.users.change(twin, idnumber="01")
    again = office.plan()
    assert (again.is_empty, [one.kind for one in again.tasks]) == (
        True,
        ["account", "template_cohort"],
    )


def test_two_and_a_half_thousand_members_take_three_calls(small: Open) -> None:
    numbers = [f"{number:05}" for number in range(2500)]
    office, sandbox = small(*numbers, plans="cohorts")
    office.hold(numbers, "mate")
    plan = office.plan()
    assert [refusal.guard for refusal in plan.refusals] == ["reach"]
    assert "2500" in plan.refusals[0].message
    sandbox.site.log.clear()
    office.apply()
    assert len(members_of(sandbox.site, "jf-h-mate")) == 2500
    assert added_in(sandbox.site) == 3
    assert office.plan().is_empty


def added_in(site: Any) -> int:
    """Return how many requests added members."""
    return sum("core_cohort_add_cohort_members" in str(entry) for entry in site.log)


def test_nothing_personal_shows_to_who_may_not_see_it(small: Open) -> None:
    for way in ("own", "cohorts"):
        office, _ = small("0471101", plans=way)
        office.hold(["0471101"], "mate")
        shown = str(plan_to_json(office.plan(), frozenset({Privacy.PLAIN})))
        assert "<hidden: personal, changed>" in shown
        assert "0471101" not in shown


def test_templates_only_for_roles_in_use(small: Open) -> None:
    office, sandbox = small("01", templates="in_use")
    site = sandbox.site
    # Nobody told who holds what: every role counts.
    office.apply()
    assert shown_templates(site) == {"Mate", "Sailor"}
    office.hold(["01"], "mate")
    office.apply()
    assert shown_templates(site) == {"Mate"}
    office.hold(["01"], "sailor")
    office.apply()
    assert shown_templates(site) == {"Mate", "Sailor"}
    office.later(31)
    office.apply()
    assert shown_templates(site) == {"Sailor"}


def shown_templates(site: Any) -> set[str]:
    return {row["shortname"] for row in site.state.templates if row["visible"]}


def test_erasing_somebody_forgets_who_they_were_in_moodle(small: Open) -> None:
    office, _ = small("01", plans="own")
    office.hold(["01"], "mate")
    office.apply()
    who = office.person("01")
    with office.instance.database.write() as conn:
        Tombstones(b"k" * 32).erase(conn, who, office.now)
        assert who not in str(links.all(conn, "moodle"))


@pytest.mark.parametrize("way", ["own", "cohorts"])
def test_the_example_organisation(tmp_path: Path, way: str) -> None:
    people = load_people(EXAMPLE / "people.yaml")
    sandbox = adapter.start_sandbox(
        SandboxSeed(people=people.people, courses=people.courses)
    )
    office = Office(
        tmp_path,
        load_framework(EXAMPLE / "framework"),
        sandbox.settings(),
        sandbox.secrets()["moodle.token"],
        {"plans": way, "templates": "in_use"},
    )
    try:
        for person in people.people:
            office.hold([person.employee_id], *([person.role] if person.role else []))
        held = {person.role for person in people.people if person.role}
        plan = office.plan()
        counted = count(plan, "plan" if way == "own" else "cohort")
        assert counted == (40 if way == "own" else len(held))
        assert count(plan, "template") == len(held)
        office.apply()
        again = office.plan()
        assert again.is_empty
        assert again.open_findings == ()
        assert len(again.tasks) == (0 if way == "own" else len(held))
    finally:
        office.close()
        sandbox.close()


def count(plan: Plan, kind: str) -> int:
    return sum(change.kind == kind for change in plan.changes)


def test_a_template_for_each_declared_move_in_use() -> None:
    framework = load_framework(EXAMPLE / "framework")
    kinds = adapter.kinds()
    text = (EXAMPLE.parents[1] / "mappings" / "moodle.yaml").read_text(encoding="utf-8")
    mapping = load_mapping(text, "moodle.yaml", kinds)
    move = next(iter(framework.moves.values()))
    chosen = RolePeople(as_of=date(2026, 3, 2), moves_in_use=frozenset({move.key}))
    made = map_records(mapping, framework, kinds, chosen).records
    without = map_records(mapping, framework, kinds).records
    (template,) = {item.ref for item in made} - {item.ref for item in without}
    record = next(item for item in made if item.ref == template)
    assert record.key == f"move/{move.key}"
    wanted = {
        f"{item.competency}/{framework.rank_of(item.competency, item.step)}"
        for item in framework.requirements_of(move.to_role)
        if item.step and item.importance == "required"
    }
    rows = record.fields["competencies"]
    assert isinstance(rows, Rows)
    assert wanted <= {row.key.key for row in rows.rows if isinstance(row.key, Ref)}
