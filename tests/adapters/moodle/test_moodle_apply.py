"""Writing when things go wrong: failing items, lost answers, missing rights, kills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from moodle_slice import Slice, Tree, assert_equal, rows_of, tree, write_tree

from adapters.moodle.running import MoodleSandbox
from adapters.moodle.sandbox import ConnectionLostError
from connector.kit.errors import AuthError
from connector.kit.values import (
    RETIRED,
    Done,
    Fields,
    Foreign,
    Operation,
    Record,
    Ref,
    Rejected,
    Row,
    Rows,
    Sending,
    Unknown,
    Untried,
    Write,
)


def names_of(outcomes: Mapping[str, object]) -> dict[str, str]:
    return {key: type(outcome).__name__ for key, outcome in outcomes.items()}


def domains(slice_: Slice, count: int) -> list[Record]:
    """Write a framework and return domains for it that are not written yet."""
    (scale,) = slice_.read("scale")
    slice_.remote_ids[Ref("scale", "proficiency")] = scale.remote_id
    framework = tree(slice_).framework
    slice_.create(framework)
    fields: Fields = {"description": "", "framework": framework.ref, "parent": None}
    return [
        slice_.record("domain", f"d{n:03}", {"shortname": f"Domain {n}", **fields})
        for n in range(count)
    ]


def spoilt(write: Write, **fields: str) -> Write:
    """Return a write past the checks that records go through on their way."""
    return replace(write, after={**write.after, **fields})


def test_a_failing_item_is_named_and_the_rest_goes_on(slice_: Slice) -> None:
    first, second, third = map(slice_.creation, domains(slice_, 3))
    outcomes = slice_.outcomes(first, spoilt(second, shortname="x<y"), third)
    assert names_of(outcomes) == {"d000": "Done", "d001": "Rejected", "d002": "Done"}
    rejected = outcomes["d001"]
    assert isinstance(rejected, Rejected)
    assert not rejected.is_stale
    assert "create_competency" in rejected.message


def test_siblings_keep_their_order_across_groups(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    records = domains(slice_, 120)
    slice_.create(*records)
    order = [
        row["idnumber"]
        for row in sorted(
            sandbox.site.state.competencies, key=lambda row: row["sortorder"]
        )
    ]
    assert order == [record.identity for record in records]


def test_a_wave_takes_one_request_for_fifty_writes(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    records = domains(slice_, 100)
    sandbox.site.log.clear()
    items = slice_.connection.catalogue.apply(
        [slice_.creation(record) for record in records], slice_.remote_ids
    )
    groups = [item.refs for item in items if isinstance(item, Sending)]
    assert [len(group) for group in groups] == [50, 50]
    counts = sandbox.site.counts()
    assert counts["tool_mobile_call_external_functions"] == 2
    assert sum(counts.values()) == 102


def test_a_lost_answer_leaves_its_writes_unknown_and_the_rest_goes_on(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    records = domains(slice_, 60)
    sandbox.site.switches.lost_answers = 1
    outcomes = slice_.outcomes(*map(slice_.creation, records))
    kinds = [type(outcomes[record.key]) for record in records]
    assert kinds == [Unknown] * 50 + [Done] * 10
    # All of it happened: sending it again adopts what is there.
    slice_.create(*records)
    assert len(slice_.read("domain")) == 60


def test_a_name_taken_meanwhile_is_stale(slice_: Slice, sandbox: MoodleSandbox) -> None:
    (record,) = domains(slice_, 1)
    slice_.create(record)
    sandbox.site.edit_competency(record.identity, shortname="Other")
    outcome = slice_.outcomes(slice_.creation(record))[record.key]
    assert isinstance(outcome, Rejected)
    assert outcome.is_stale


def test_a_framework_taken_meanwhile_is_stale(slice_: Slice) -> None:
    domains(slice_, 0)
    framework = tree(slice_).framework
    write = spoilt(slice_.creation(framework), shortname="Other")
    outcome = slice_.outcomes(write)[framework.key]
    assert isinstance(outcome, Rejected)
    assert outcome.is_stale


def test_a_site_that_goes_down_leaves_the_rest_untried(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    records = domains(slice_, 110)

    def go_down(_body: str) -> None:
        sandbox.site.switches.maintenance = True

    sandbox.site.before_answer = go_down
    outcomes = slice_.outcomes(*map(slice_.creation, records))
    kinds = [type(outcomes[record.key]) for record in records]
    assert kinds == [Done] * 50 + [Untried] * 60


@pytest.mark.parametrize("kind", ["framework", "domain", "template", "course_link"])
def test_a_site_that_is_down_tries_nothing(
    slice_: Slice, sandbox: MoodleSandbox, kind: str
) -> None:
    wanted = write_tree(slice_)
    record = next(item for item in wanted.everything if item.kind == kind)
    sandbox.site.switches.maintenance = True
    assert names_of(slice_.outcomes(slice_.creation(record))) == {record.key: "Untried"}


@pytest.mark.parametrize("switch", ["token_expired", "service_enabled"])
def test_a_refused_token_stops_the_run(
    slice_: Slice, sandbox: MoodleSandbox, switch: str
) -> None:
    records = domains(slice_, 1)
    setattr(sandbox.site.switches, switch, switch == "token_expired")
    with pytest.raises(AuthError, match="Moodle"):
        slice_.outcomes(slice_.creation(records[0]))


def test_a_right_that_is_missing_everywhere_stops_the_run(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    records = domains(slice_, 60)
    held = sandbox.site.state.account_capabilities
    held.discard("moodle/competency:competencymanage")
    sandbox.site.log.clear()
    with pytest.raises(AuthError, match="create_competency"):
        slice_.outcomes(*map(slice_.creation, records))
    assert sandbox.site.counts()["core_competency_create_competency"] == 1


def test_a_right_that_is_missing_in_a_course_rejects_that_link(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    wanted = write_tree(slice_)
    held = sandbox.site.state.account_capabilities
    held.discard("moodle/competency:coursecompetencymanage")
    outcome = slice_.outcomes(slice_.creation(wanted.link))[wanted.link.key]
    assert isinstance(outcome, Rejected)
    assert outcome.code == "auth"


def test_a_closed_generator_sends_nothing_more(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    records = domains(slice_, 110)
    items = slice_.connection.catalogue.apply(
        [slice_.creation(record) for record in records], slice_.remote_ids
    )
    assert isinstance(items, Iterator)
    assert isinstance(next(items), Sending)
    items.close()  # type: ignore[attr-defined]
    assert len(sandbox.site.state.competencies) == 0


def lose_after(sandbox: MoodleSandbox, function: str) -> None:
    """End the connection right after the next call of a function happened."""

    def lose(name: str, _arguments: dict[str, Any]) -> None:
        if name == function:
            sandbox.site.after_commit = None
            raise ConnectionLostError

    sandbox.site.after_commit = lose


@pytest.mark.parametrize(
    "function",
    ["core_competency_create_template", "core_competency_add_competency_to_template"],
)
def test_a_template_cut_half_way_is_finished_and_not_doubled(
    slice_: Slice, sandbox: MoodleSandbox, function: str
) -> None:
    wanted = without_template(slice_)
    lose_after(sandbox, function)
    outcome = slice_.outcomes(slice_.creation(wanted.template))[wanted.template.key]
    assert isinstance(outcome, Unknown)
    slice_.create(wanted.template)
    assert_equal(slice_, wanted)
    assert len(sandbox.site.state.templates) == 1


def without_template(slice_: Slice) -> Tree:
    """Write a tree and take its template away again."""
    wanted = write_tree(slice_)
    template = int(slice_.remote_ids.pop(wanted.template.ref))
    slice_.client.call(
        "core_competency_delete_template", {"id": template, "deleteplans": True}
    )
    return wanted


def test_a_new_template_that_cannot_be_filled_is_taken_back(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    wanted = without_template(slice_)
    nowhere = Foreign("step", "9999")
    rows = Rows((Row(nowhere, {"competency": nowhere}),), is_ordered=True)
    template = replace(
        wanted.template, fields={**wanted.template.fields, "competencies": rows}
    )
    outcome = slice_.outcomes(slice_.creation(template))[template.key]
    assert isinstance(outcome, Rejected)
    assert len(sandbox.site.state.templates) == 0


def test_a_template_changed_in_part_is_unknown(slice_: Slice) -> None:
    wanted = write_tree(slice_)
    nowhere = Foreign("step", "9999")
    rows = Rows((Row(nowhere, {"competency": nowhere}),), is_ordered=True)
    before = {"competencies": wanted.template.fields["competencies"]}
    write = slice_.write(
        Operation.UPDATE, wanted.template, before, {"competencies": rows}
    )
    outcome = slice_.outcomes(write)[wanted.template.key]
    assert isinstance(outcome, Unknown)
    assert "in part" in outcome.reason


def test_rows_of_others_stay_where_they_are(slice_: Slice) -> None:
    wanted = write_tree(slice_)
    first, second, third, fourth = wanted.steps
    theirs = Foreign("step", slice_.remote_ids.pop(fourth.ref))
    before, after = (
        Rows((Row(theirs, {"competency": theirs}), *rows_of(*ours).rows), True)
        for ours in ((third, first, second), (second, first))
    )
    slice_.change(
        wanted.template,
        {"competencies": wanted.template.fields["competencies"]},
        {"competencies": before},
    )
    slice_.change(wanted.template, {"competencies": before}, {"competencies": after})
    assert slice_.shown(wanted.template)["competencies"] == after


GONE = "9999"


@pytest.mark.parametrize("kind", ["framework", "domain", "step_rule", "template"])
@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.RETIRE])
def test_an_object_that_is_gone_makes_its_write_stale(
    slice_: Slice, kind: str, operation: Operation
) -> None:
    wanted = write_tree(slice_)
    record = next(item for item in wanted.everything if item.kind == kind)
    changed = {
        name: record.fields[name] for name in record.fields if name != "framework"
    }
    after = changed if operation is Operation.UPDATE else {RETIRED: True}
    write = slice_.write(operation, record, {}, after)
    outcome = slice_.outcomes(replace(write, remote_id=GONE))[record.key]
    assert isinstance(outcome, Rejected)
    assert outcome.is_stale


def test_moving_and_renaming_take_one_write(slice_: Slice) -> None:
    wanted = write_tree(slice_)
    other = slice_.record("domain", "data", wanted.domain.fields)
    slice_.create(other)
    wanted.competency = slice_.change(
        wanted.competency,
        {"parent": wanted.domain.ref, "shortname": "Design"},
        {"parent": other.ref, "shortname": "Design at scale"},
    )
    # Moving it a second time finds it there already.
    slice_.change(
        wanted.competency, {"parent": wanted.domain.ref}, {"parent": other.ref}
    )
    assert_equal(slice_, wanted)


def test_retiring_twice_is_retiring_once(slice_: Slice, sandbox: MoodleSandbox) -> None:
    wanted = write_tree(slice_)
    for _ in range(2):
        slice_.change(
            wanted.domain, {RETIRED: False}, {RETIRED: True}, Operation.RETIRE
        )
    assert slice_.shown(wanted.domain)[RETIRED] is True
    named = [row["idnumber"] for row in sandbox.site.state.competencies]
    assert named.count(f"{slice_.prefix}-retired") == 1


def test_a_retired_node_counts_as_lying_where_it_is_wanted(slice_: Slice) -> None:
    wanted = write_tree(slice_)
    slice_.change(
        wanted.competency, {RETIRED: False}, {RETIRED: True}, Operation.RETIRE
    )
    (found,) = slice_.read(
        "competency", competency=(wanted.competency,), domain=(wanted.domain,)
    )
    home = found.fields["parent"]
    assert home == Foreign("domain", slice_.remote_ids[wanted.domain.ref])


def test_a_kind_nobody_can_write_stays_untried(slice_: Slice) -> None:
    scale = slice_.record("scale", "craft", {"values": ("Low", "High")})
    assert names_of(slice_.outcomes(slice_.creation(scale))) == {"craft": "Untried"}


def test_a_framework_changes_its_scale_and_hides(slice_: Slice) -> None:
    wanted = write_tree(slice_)
    wanted.framework = slice_.change(
        wanted.framework,
        {"proficient_from": 2, "taxonomies": wanted.framework.fields["taxonomies"]},
        {"proficient_from": 1, "taxonomies": ("skill",)},
    )
    assert_equal(slice_, wanted)
    slice_.change(wanted.framework, {RETIRED: False}, {RETIRED: True}, Operation.RETIRE)
    slice_.assert_shown(wanted.framework, **{RETIRED: True})
