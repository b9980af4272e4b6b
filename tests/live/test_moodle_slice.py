"""The riskiest slice on a Moodle: nested steps, rules, a template, a course link."""

from __future__ import annotations

from moodle_slice import Slice, assert_equal, rows_of, write_tree

from connector.kit.values import RETIRED, Operation


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
