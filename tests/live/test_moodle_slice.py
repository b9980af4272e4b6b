"""The riskiest slice on a Moodle: nested steps, rules, a template, a course link.

The same body runs against the sandbox, always, and against the real site that
MOODLE_URL and MOODLE_TOKEN name. Everything it makes bears a prefix of its own and is
removed at the end. It needs one course with the ID number in MOODLE_COURSE (CLOUD-101)
and a scale of two values with the id in MOODLE_SCALE (3).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moodle_slice import (
    Slice,
    assert_equal,
    open_slice,
    rows_of,
    write_tree,
)

from adapters.moodle import adapter
from connector.kit.protocols import SandboxSeed
from connector.kit.values import RETIRED, Operation

COURSE = os.environ.get("MOODLE_COURSE", "CLOUD-101")


def clean_up(slice_: Slice) -> None:
    """Remove what the slice made; uses functions the connector itself never needs."""
    client = slice_.client
    ours = {i for ref, i in slice_.remote_ids.items() if ref.kind == "step"}
    for link in slice_.read("course_link"):
        course, competency, _ = link.remote_id.split("/")
        if competency in ours:
            client.call(
                "core_competency_remove_competency_from_course",
                {"courseid": int(course), "competencyid": int(competency)},
            )
    for template in slice_.read("template"):
        client.call(
            "core_competency_delete_template",
            {"id": int(template.remote_id), "deleteplans": True},
        )
    for framework in slice_.read("framework"):
        client.call(
            "core_competency_delete_competency_framework",
            {"id": int(framework.remote_id)},
        )


def where_to(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Start the sandbox, or find the real site; gives the token and the settings."""
    if kind == "sandbox":
        sandbox = adapter.start_sandbox(SandboxSeed(courses={COURSE: "Cloud"}))
        settings = {**sandbox.settings(), "completions_report": None}
        yield sandbox.secrets()["moodle.token"], settings
        sandbox.close()
        return
    url, token = os.environ.get("MOODLE_URL"), os.environ.get("MOODLE_TOKEN")
    if not url or not token:
        pytest.skip("MOODLE_URL and MOODLE_TOKEN name no Moodle to run against")
    scale = int(os.environ.get("MOODLE_SCALE", "3"))
    yield token, {"url": url, "scales": {"proficiency": scale}}


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def moodle(request: pytest.FixtureRequest) -> Iterator[Slice]:
    with (
        contextmanager(where_to)(request.param) as (token, settings),
        open_slice(token, settings, COURSE) as slice_,
    ):
        yield slice_
        clean_up(slice_)


def test_what_is_written_is_read_back_equal(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    assert_equal(moodle, wanted)
    identities = {f.identity for k in ("step", "step_rule") for f in moodle.read(k)}
    assert identities == {record.identity for record in [*wanted.steps, *wanted.rules]}


def test_repeating_every_create_makes_nothing_twice(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    first = dict(moodle.remote_ids)
    for record in wanted.everything:
        moodle.create(record)
    assert moodle.remote_ids == first
    # A step created again is adopted, so no rule above it was reset.
    assert_equal(moodle, wanted)


def test_an_empty_wave_sends_nothing(moodle: Slice) -> None:
    assert moodle.apply() == []


def test_texts_and_rows_change(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    first, _, third, fourth = wanted.steps
    wanted.domain = moodle.change(
        wanted.domain,
        {"shortname": wanted.domain.fields["shortname"]},
        {"shortname": "Cloud & data"},
    )
    wanted.template = moodle.change(
        wanted.template,
        {"competencies": wanted.template.fields["competencies"], "description": ""},
        moodle.canonical(
            "template",
            {"competencies": rows_of(fourth, third, first), "description": "New."},
        ),
    )
    wanted.link = moodle.change(
        wanted.link, {"outcome": "complete"}, {"outcome": "review"}
    )
    assert_equal(moodle, wanted)


def test_retired_nodes_come_back_where_they_were(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    retire = {RETIRED: True}
    moodle.change(wanted.competency, {RETIRED: False}, retire, Operation.RETIRE)
    away = moodle.shown(wanted.competency)
    assert (away[RETIRED], away["parent"]) == (True, None)
    moodle.assert_shown(*wanted.steps, **{RETIRED: True})
    moodle.change(wanted.template, {RETIRED: False}, retire, Operation.RETIRE)
    moodle.assert_shown(wanted.template, **{RETIRED: True})
    restore = {RETIRED: False}
    moodle.change(wanted.competency, retire, restore)
    moodle.change(wanted.template, retire, restore)
    assert_equal(moodle, wanted)


def test_rules_and_links_are_taken_away(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    rule, *others = wanted.rules
    moodle.change(rule, rule.fields, {}, Operation.RETIRE)
    moodle.change(wanted.link, wanted.link.fields, {}, Operation.RETIRE)
    left = {found.identity for found in moodle.read("step_rule")}
    assert left == {record.identity for record in others}
    links = {found.remote_id for found in moodle.read("course_link")}
    assert moodle.remote_ids[wanted.link.ref] not in links


def test_a_step_that_appears_above_resets_the_rule_of_its_parent(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    parent = wanted.steps[2]
    extra = moodle.record("step", "design/5", {**wanted.steps[3].fields})
    moodle.create(extra)
    left = {found.identity for found in moodle.read("step_rule")}
    assert left == {rule.identity for rule in wanted.rules if rule.key != parent.key}


def test_a_changed_template_is_refused_as_stale(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    before = {"competencies": rows_of(*wanted.steps[:2])}
    after = {"competencies": rows_of(*wanted.steps)}
    write = moodle.write(Operation.UPDATE, wanted.template, before, after)
    *_, outcome = moodle.connection.catalogue.apply([write], moodle.remote_ids)
    assert getattr(outcome, "is_stale", False)
    assert_equal(moodle, wanted)


def test_the_doctor_knows_what_is_missing(moodle: Slice) -> None:
    checks = {check.name: check for check in moodle.connection.doctor.checks()}
    failed = {name for name, check in checks.items() if not check.is_ok}
    assert failed == {"completions report"}
    assert "Custom reports" in checks["completions report"].fix
