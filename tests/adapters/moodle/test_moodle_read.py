"""Reading: what is ours, and every way in which a reading is not whole."""

from __future__ import annotations

import json

import pytest
from moodle_slice import TODAY, Slice, tree, write_tree

from adapters.moodle.running import MoodleSandbox
from adapters.moodle.sandbox import CutPage
from adapters.moodle.scales import configuration, proficient_from
from connector.kit.errors import AuthError, ReplyError
from connector.kit.values import (
    RETIRED,
    Complete,
    Foreign,
    Found,
    Incomplete,
    ReadScope,
    Ref,
)

KINDS = (
    "scale",
    "framework",
    "domain",
    "competency",
    "step",
    "step_rule",
    "template",
    "course",
    "course_link",
)

COURSE = "CLOUD-101"


def end_of(slice_: Slice, kind: str) -> object:
    return slice_.items(kind)[-1]


def test_an_empty_site_is_read_as_complete_and_empty(slice_: Slice) -> None:
    for kind in set(KINDS) - {"scale", "course"}:
        assert slice_.items(kind) == [Complete()]
    assert (
        slice_.connection.catalogue.snapshot(slice_.scope()).people_in_scope() is None
    )


def test_what_others_made_stays_unread(slice_: Slice, sandbox: MoodleSandbox) -> None:
    wanted = write_tree(slice_)
    framework = int(slice_.remote_ids[wanted.framework.ref])
    node = {
        "shortname": "Theirs",
        "idnumber": "theirs",
        "competencyframeworkid": framework,
        "parentid": int(slice_.remote_ids[wanted.domain.ref]),
    }
    slice_.client.call("core_competency_create_competency", {"competency": node})
    slice_.client.call(
        "core_competency_create_template",
        {"template": {"shortname": "Theirs", "contextid": 1}},
    )
    found = {item.label for kind in KINDS for item in slice_.read(kind)}
    assert "Theirs" not in found
    assert sandbox.site.counts()["core_competency_list_competencies"] > 0


def test_a_rule_of_others_on_a_node_of_ours_is_shown(slice_: Slice) -> None:
    wanted = write_tree(slice_)
    node = int(slice_.remote_ids[wanted.competency.ref])
    step = int(slice_.remote_ids[wanted.steps[0].ref])
    points = {
        "base": {"points": 1},
        "competencies": [{"id": step, "points": 1, "required": 0}],
    }
    rule = {
        "id": node,
        "ruletype": "core_competency\\competency_rule_points",
        "ruleoutcome": 1,
        "ruleconfig": json.dumps(points),
    }
    slice_.client.call("core_competency_update_competency", {"competency": rule})
    (found,) = (r for r in slice_.read("step_rule") if r.remote_id == str(node))
    assert found.identity == wanted.competency.identity
    assert (found.fields["type"], found.fields["outcome"]) == ("points", "evidence")


def test_an_object_that_lost_our_identity_is_found_by_its_link(
    slice_: Slice,
) -> None:
    wanted = write_tree(slice_)
    domain_id = int(slice_.remote_ids[wanted.domain.ref])
    slice_.client.call(
        "core_competency_update_competency",
        {"competency": {"id": domain_id, "idnumber": "renamed"}},
    )
    template = int(slice_.remote_ids[wanted.template.ref])
    slice_.client.call(
        "core_competency_update_template",
        {"template": {"id": template, "description": "<p>Mine.</p>"}},
    )
    (domain,) = slice_.read("domain")
    (found,) = slice_.read("template")
    assert (domain.identity, found.identity) == ("renamed", f"#{template}")
    assert found.fields["description"] == "<p>Mine.</p>"


def test_what_is_gone_is_read_as_gone(slice_: Slice) -> None:
    wanted = write_tree(slice_)
    template = int(slice_.remote_ids[wanted.template.ref])
    slice_.client.call(
        "core_competency_delete_template", {"id": template, "deleteplans": True}
    )
    assert slice_.items("template") == [Complete()]


def test_links_are_read_after_their_course_is_no_longer_wanted(slice_: Slice) -> None:
    wanted = write_tree(slice_)
    (link,) = slice_.read("course_link", course=())
    assert link.remote_id == slice_.remote_ids[wanted.link.ref]
    assert link.fields["competency"] == Foreign(
        "step", slice_.remote_ids[wanted.steps[0].ref]
    )


def test_a_course_nobody_has_is_not_found(slice_: Slice) -> None:
    missing = slice_.record("course", "none", {"idnumber": "NONE"}, "NONE")
    assert slice_.items("course", course=(missing,)) == [Complete()]


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        ("framework", "core_competency_list_competency_frameworks"),
        ("step", "core_competency_list_competencies"),
        ("step_rule", "core_competency_list_competencies"),
        ("template", "core_competency_list_templates"),
        ("course_link", "core_competency_list_course_competencies"),
    ],
)
def test_an_answer_that_is_always_cut_is_incomplete(
    slice_: Slice, sandbox: MoodleSandbox, kind: str, function: str
) -> None:
    write_tree(slice_)

    class Always(CutPage):
        def is_hit(self, name: str) -> bool:
            return name == self.function

    sandbox.site.switches.cut_page = Always(function, 1)
    end = end_of(slice_, kind)
    assert isinstance(end, Incomplete)
    assert end.reason


def test_an_answer_cut_once_is_asked_for_again(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    write_tree(slice_)
    function = "core_competency_list_competencies"
    sandbox.site.switches.cut_page = CutPage(function, 1)
    assert end_of(slice_, "step") == Complete()


def test_pages_that_do_not_add_up_are_incomplete(
    slice_: Slice, sandbox: MoodleSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = write_tree(slice_)
    monkeypatch.setattr("adapters.moodle.listing.PAGE_SIZE", 4)
    assert len(slice_.read("step")) == 4

    def remove(_body: str) -> None:
        sandbox.site.before_answer = None
        last = int(slice_.remote_ids[wanted.steps[3].ref])
        sandbox.site.state.competencies.remove(last)

    snapshot = slice_.connection.catalogue.snapshot(slice_.scope())
    list(snapshot.read("framework"))
    sandbox.site.before_answer = remove
    *_, end = snapshot.read("step")
    assert isinstance(end, Incomplete)
    assert "changed while they were read" in end.reason


def test_a_course_the_account_may_not_enter_is_incomplete(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    write_tree(slice_)
    sandbox.site.state.account_capabilities.discard("moodle/course:view")
    end = end_of(slice_, "course_link")
    assert isinstance(end, Incomplete)
    assert "may not enter course" in end.reason


def test_a_linked_object_out_of_sight_is_not_taken_for_gone(slice_: Slice) -> None:
    wanted = write_tree(slice_)
    # A step of a framework that bears another prefix is there but not in the listing.
    scope = ReadScope(
        prefix="other",
        as_of=TODAY,
        linked={"step": frozenset({slice_.remote_ids[wanted.steps[0].ref]})},
    )
    *_, end = slice_.connection.catalogue.snapshot(scope).read("step")
    assert isinstance(end, Incomplete)
    assert "it is there, but not listed" in end.reason


def test_missing_rights_and_strange_answers_are_raised(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    write_tree(slice_)
    sandbox.site.switches.token_expired = True
    with pytest.raises(AuthError):
        slice_.items("framework")
    sandbox.site.switches.token_expired = False
    sandbox.site.switches.rest_enabled = False
    with pytest.raises(AuthError):
        slice_.items("framework")


def test_a_scale_of_unknown_id_is_not_found(slice_: Slice) -> None:
    catalogue = slice_.connection.catalogue
    catalogue._settings.scales["none"] = 99  # type: ignore[attr-defined]
    assert [item.identity for item in slice_.read("scale")] == ["proficiency"]


def test_a_framework_of_another_configuration_shows_none_of_ours(
    slice_: Slice,
) -> None:
    wanted = tree(slice_)
    scale = Ref("scale", "proficiency")
    slice_.remote_ids[scale] = "3"
    slice_.create(wanted.framework)
    framework = int(slice_.remote_ids[wanted.framework.ref])
    other = '[{"scaleid":"3"},{"id":1,"scaledefault":1,"proficient":1}]'
    slice_.client.call(
        "core_competency_update_competency_framework",
        {"competencyframework": {"id": framework, "scaleconfiguration": other}},
    )
    (found,) = slice_.read("framework")
    assert found.fields["proficient_from"] == 0
    assert found.fields[RETIRED] is False


@pytest.mark.parametrize(
    "stored",
    ["", "{}", "[]", "[1,2]", '[{"scaleid":"3"}]', '[{"scaleid":"3"},{"id":2}]'],
)
def test_no_configuration_is_read_as_none_of_ours(stored: str) -> None:
    assert proficient_from(stored, 2) == 0


@pytest.mark.parametrize("first", [1, 2, 5])
def test_our_configurations_are_read_back(first: int) -> None:
    assert proficient_from(configuration(3, first, 5), 5) == first


def test_a_reading_reads_each_listing_once(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    write_tree(slice_)
    sandbox.site.log.clear()
    snapshot = slice_.connection.catalogue.snapshot(slice_.scope())
    for kind in KINDS:
        assert all(isinstance(i, Found | Complete) for i in snapshot.read(kind))
    counts = sandbox.site.counts()
    assert counts["core_competency_list_competencies"] == 1
    assert counts["core_competency_list_competency_frameworks"] == 1
    assert counts["core_competency_list_templates"] == 1
    assert counts["core_course_get_courses_by_field"] == 1


def test_a_linked_course_that_is_given_to_others_is_looked_up_again(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    write_tree(slice_)
    (before,) = slice_.read("course")
    other = sandbox.site.state.courses.first(idnumber="BI-101")["id"]
    for course, number in ((int(before.remote_id), "OLD"), (other, COURSE)):
        changed = {"courses": [{"id": course, "idnumber": number}]}
        slice_.client.call("core_course_update_courses", changed)
    (after,) = slice_.read("course")
    assert (after.remote_id, after.identity) == (str(other), COURSE)


def test_linked_courses_are_found_though_another_one_is_gone(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    write_tree(slice_)
    slice_.remote_ids[Ref("course_link", "gone")] = "9999/1/1"
    (found,) = slice_.read("course")
    assert found.identity == COURSE
    assert sandbox.site.counts()["core_course_get_courses_by_field"] > 1


def test_an_answer_without_a_field_stops_the_reading(
    slice_: Slice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_path(*_args: object, **_options: object) -> object:
        return [{"id": 1, "shortname": "x"}]

    monkeypatch.setattr("adapters.moodle.client.MoodleClient.call", without_path)
    with pytest.raises(ReplyError, match="Missing data"):
        slice_.items("framework")
