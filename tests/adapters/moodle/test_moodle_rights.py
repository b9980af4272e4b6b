"""An account that lacks a right: told by name, and never taken for less to see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from moodle_slice import Slice, open_slice, write_tree

from adapters.moodle.rights import CONTROLS
from adapters.moodle.running import MoodleSandbox
from connector.kit.errors import TargetError
from connector.kit.setup import Capability
from connector.kit.values import Check, Incomplete
from connector.runtime.manifest import adapter_listing

NEEDS = adapter_listing("moodle").needs
CAPABILITIES = {one.name: one for one in NEEDS.capabilities}
#: No harmless call shows these; a person looks.
UNTOLD = {"moodle/competency:usercompetencyview", "moodle/course:viewparticipants"}
#: Rights for copies of a course.
COPYING = {
    one.name for one in NEEDS.capabilities if "template_course" in one.needed_when
}
HELD = set(CAPABILITIES)
KINDS = ("framework", "domain", "competency", "step", "step_rule", "template", "course")


@pytest.fixture
def tree(sandbox: MoodleSandbox, slice_: Slice) -> Slice:
    """A tree that was written, a hidden course, and one completion."""
    write_tree(slice_)
    hide(sandbox, "BI-101")
    sandbox.site.enrol("00017", "CLOUD-101")
    when = datetime(2026, 3, 2, 9, tzinfo=UTC)
    sandbox.site.complete_course("00017", "CLOUD-101", when)
    return slice_


def hide(sandbox: MoodleSandbox, id_number: str) -> None:
    courses = sandbox.site.state.courses
    (course,) = courses.find(idnumber=id_number)
    courses.change(course["id"], visible=0)


def take_away(sandbox: MoodleSandbox, capability: str) -> None:
    """Let the account have exactly what the manifest lists, but for one."""
    state = sandbox.site.state
    state.account_capabilities = HELD - {capability}
    state.default_capabilities.discard(capability)


def checks(opened: Slice) -> dict[str, Check]:
    return {check.name: check for check in opened.connection.doctor.checks()}


def settings_for(sandbox: MoodleSandbox, capability: Capability) -> dict[str, Any]:
    """Return settings under which a right is needed."""
    settings = sandbox.settings()
    name, _, state = capability.needed_when.partition(" is ")
    return settings | {name: None} if state == "not set" else settings


@pytest.fixture(params=sorted(HELD))
def limited(
    request: pytest.FixtureRequest, sandbox: MoodleSandbox, tree: Slice
) -> Iterator[tuple[Capability, Slice]]:
    """A connection whose account lacks one right."""
    capability = CAPABILITIES[request.param]
    take_away(sandbox, capability.name)
    token = sandbox.secrets()["moodle.token"]
    settings = settings_for(sandbox, capability)
    with open_slice(token, settings, "CLOUD-101", lambda _: None) as opened:
        opened.prefix, opened.remote_ids = tree.prefix, tree.remote_ids
        yield capability, opened


def test_the_doctor_names_the_right_and_where_to_give_it(
    limited: tuple[Capability, Slice],
) -> None:
    capability, opened = limited
    found = checks(opened)
    telling = [
        check
        for check in found.values()
        if capability.name in check.message + check.fix
        and not (check.is_ok and check.is_seen)
    ]
    assert telling, found
    assert all("Site administration > " in check.fix for check in telling)
    needs_no_person = capability.name in CONTROLS and not capability.needed_when
    if needs_no_person and capability.name != "moodle/course:viewhiddencourses":
        assert any(not check.is_ok for check in telling)


def test_nothing_is_taken_for_gone(
    limited: tuple[Capability, Slice], sandbox: MoodleSandbox, tree: Slice
) -> None:
    _, opened = limited
    held = set(sandbox.site.state.account_capabilities)
    for kind in (*KINDS, "course_link"):
        try:
            items = opened.items(kind)
        except TargetError:
            continue
        sandbox.site.state.account_capabilities = set(HELD)
        whole = tree.items(kind)
        sandbox.site.state.account_capabilities = set(held)
        assert items == whole or isinstance(items[-1], Incomplete), kind


def test_nothing_is_taken_for_not_learned(limited: tuple[Capability, Slice]) -> None:
    _, opened = limited
    connection = opened.connection
    try:
        if connection.learning is not None:
            batches = list(connection.learning.facts(None))
        else:
            assert connection.learning_by_person is not None
            asked = connection.learning_by_person.facts_of(["00017"], {"CLOUD-101"})
            batches = list(asked)
    except TargetError:
        return
    assert [fact.employee_id for batch in batches for fact in batch.facts] == ["00017"]


def test_with_every_right_all_that_a_call_can_show_is_shown(
    sandbox: MoodleSandbox, tree: Slice
) -> None:
    take_away(sandbox, "none")
    found = checks(tree)
    assert found["capabilities"].is_ok
    untold = found["capabilities not shown"]
    assert "usercompetencyview" in untold.message
    assert "viewhiddencourses" not in untold.message
    assert [check.name for check in found.values() if not check.is_ok] == []


@pytest.mark.parametrize("name", sorted(COPYING))
def test_of_the_rights_for_copies_exactly_the_missing_one_is_named(
    sandbox: MoodleSandbox, tree: Slice, name: str
) -> None:
    take_away(sandbox, name)
    found = checks(tree)
    missing = {check.removeprefix("capability ") for check in found}
    assert missing & COPYING == {name}
    assert CAPABILITIES[name].label in found[f"capability {name}"].message


def test_rights_for_copies_are_not_asked_for_where_the_service_cannot_copy(
    sandbox: MoodleSandbox, tree: Slice
) -> None:
    sandbox.site.service_functions.discard("core_course_duplicate_course")
    sandbox.site.state.account_capabilities -= COPYING
    told = " ".join(f"{name} {check.message}" for name, check in checks(tree).items())
    assert not [name for name in COPYING if name in told]


def test_control_calls_change_nothing(sandbox: MoodleSandbox, tree: Slice) -> None:
    state = sandbox.site.state
    tables = ("frameworks", "templates", "plans", "cohorts", "courses", "course_links")
    before = {name: list(getattr(state, name)) for name in tables}
    list(tree.connection.doctor.checks())
    assert {name: list(getattr(state, name)) for name in tables} == before


def test_a_service_that_lacks_functions_says_that_rights_cannot_be_shown(
    sandbox: MoodleSandbox, tree: Slice
) -> None:
    sandbox.site.service_functions.discard("core_competency_create_template")
    found = checks(tree)
    assert not found["functions"].is_ok
    told = found["capabilities not shown"].message
    assert "templatemanage (the service lacks core_competency_create_template)" in told


def test_every_right_of_the_manifest_has_a_control_call_or_is_known_to_have_none() -> (
    None
):
    assert set(CAPABILITIES) - CONTROLS.keys() == UNTOLD
    assert CONTROLS.keys() <= set(CAPABILITIES)
