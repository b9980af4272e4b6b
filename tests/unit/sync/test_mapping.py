"""Reading a mapping: every problem at once, with file and line."""

from __future__ import annotations

from textwrap import dedent

import pytest

from connector.kit.errors import ConfigError
from connector.kit.testing import EXAMPLE_KINDS
from connector.sync.guards import GuardLimits
from connector.sync.mapping import Mapping, load_mapping
from connector.sync.rules import DriftPolicy


def load(text: str) -> Mapping:
    return load_mapping(dedent(text), "m.yaml", EXAMPLE_KINDS)


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(text)
    return [f"{item.place}: {item.message}" for item in caught.value.problems]


KNOWN = (
    "known here: framework, imported, language, left_out, options, people, prefix, ref"
)
HEAD = "version: 1\nadapter: memory\n"
GROUP = """\
kinds:
  group:
    records:
      - each: family in framework.families.values()
        when: not family.is_retired
        key: "{{ family.key }}"
        fields:
          name: "{{ family.name }}"
          description: All of {{ family.name }}
"""


def test_a_whole_mapping_is_read() -> None:
    mapping = load(
        HEAD
        + """\
prefix: hr
language: pl
drift: keep
options: {scale: five, steps: [one, two]}
guards: {retired_share: 0.5, updated_from: 20}
"""
        + GROUP
        + """\
    drift: restore
    protected: yes
    shorten: [name]
  node: {}
"""
    )

    assert (mapping.name, mapping.adapter, mapping.prefix) == ("m.yaml", "memory", "hr")
    assert mapping.language == "pl"
    assert mapping.options == {"scale": "five", "steps": ["one", "two"]}
    assert mapping.limits == GuardLimits(retired_share=0.5, updated_from=20)
    group, node = mapping.kinds["group"], mapping.kinds["node"]
    assert (group.drift, group.is_protected) == (DriftPolicy.RESTORE, True)
    assert group.shorten == {"name"}
    assert (node.drift, node.is_protected, node.records) == (
        DriftPolicy.KEEP,
        False,
        (),
    )


def test_what_is_not_said_is_usual() -> None:
    mapping = load(HEAD + "guards:\nkinds:\n")

    assert (mapping.prefix, mapping.language) == ("jf", "en")
    assert mapping.limits == GuardLimits()
    assert mapping.kinds == {}


def test_two_texts_have_two_digests() -> None:
    assert load(HEAD).digest != load(HEAD + "# comment\n").digest
    assert load(HEAD).digest == load(HEAD).digest


#: One mistake of every sort, and what is said about each.
WRONG_EVERYWHERE = """\
version: 2
adapter: memory
prefix: Much Too Long For It
drift: sometimes
colour: red
guards:
  retired_share: many
  lost_share: nan
  reach_people: -1
  updated_from: 1.5
  speed: 3
kinds:
  team: {}
  level: nothing
  group:
    protected: perhaps
    drift: [a]
    shorten: [description, {}]
    records:
      - key: a
        fields: {colour: red}
      - fields: {name: a}
      - text
      - each: [family from framework]
        when: [a]
        key: [a]
        fields: {name: {a: b}}
      - key: "{{ family.key }}"
        fields: {name: "{{ name | nosuch }}", description: "{{ 1 + }}"}
  profile:
    records:
      - key: p
        fields:
          title: "{{ options.title }} {{ nobody }}"
          requirements: some
          tags: ["{{ nothing }}", b]
          duties:
            - each: duty in nowhere
              when: nobody.knows
              row: {words: a}
"""
ITS_PROBLEMS = [
    "m.yaml:1: the mapping's version must be 1",
    "m.yaml:3: “Much Too Long For It” cannot be a prefix",
    "m.yaml:4: “sometimes” is no drift policy",
    "m.yaml:5: “colour” is no entry",
    "m.yaml:7: “retired_share” must be a number from 0 on",
    "m.yaml:8: “lost_share” must be a number from 0 on",
    "m.yaml:9: “reach_people” must be a whole number from 0 on",
    "m.yaml:10: “updated_from” must be a whole number from 0 on",
    "m.yaml:11: “speed” is no entry",
    "m.yaml:13: “team” is no kind",
    "m.yaml:14: a table is wanted here",
    "m.yaml:16: “perhaps” is neither yes nor no",
    "m.yaml:17: “drift” is one value",
    "m.yaml:18: group has no field “description” with a length limit",
    "m.yaml:18: group has no field “” with a length limit",
    "m.yaml:20: group needs name",
    "m.yaml:21: “colour” is no field of group",
    "m.yaml:22: group needs a “key”",
    "m.yaml:23: a table is wanted here",
    "m.yaml:24: “each” is written: name in collection",
    "m.yaml:24: one value is wanted here, not a list or a table",
    "m.yaml:25: “when” is one condition",
    "m.yaml:27: one value is wanted here, not a list or a table",
    "m.yaml:28: “{{ family.key }}” unknown name “family”; " + KNOWN,
    "m.yaml:29: “{{ name | nosuch }}” cannot be read: No filter named 'nosuch'.",
    "m.yaml:29: “{{ 1 + }}” cannot be read: unexpected 'end of print statement'",
    "m.yaml:34: “{{ options.title }} {{ nobody }}” unknown name “nobody”; " + KNOWN,
    "m.yaml:35: “requirements” holds rows",
    "m.yaml:36: “{{ nothing }}” unknown name “nothing”; " + KNOWN,
    "m.yaml:38: “nowhere” unknown name “nowhere”; " + KNOWN,
    "m.yaml:38: a row of duties needs text",
    (
        "m.yaml:39: “nobody.knows” unknown name “nobody”; "
        "known here: duty, framework, imported, language, left_out, options, people, "
        "prefix, ref"
    ),
    "m.yaml:40: “words” is no field of a row of duties",
]


def test_every_problem_is_told_at_once_with_its_line() -> None:
    assert problems(WRONG_EVERYWHERE) == ITS_PROBLEMS


def line(text: str) -> str:
    """Return the only problem of a mapping whose kinds are these."""
    (problem,) = problems(HEAD + text)
    return problem


def in_group(name: str) -> str:
    return f"""\
kinds:
  group:
    records:
      - key: a
        fields: {{name: '{name}'}}
"""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("{{ role.key }}", "unknown name “role”; known here: framework"),
        ("{{ 1 + }}", "cannot be read"),
        ("x {{ 1 + }}", "cannot be read"),
        ("{{ prefix | nosuch }}", "cannot be read: No filter named"),
        ("x {{ prefix | nosuch }}", "cannot be read: No filter named"),
        ("{% for a in framework %}", "cannot be read"),
    ],
)
def test_a_wrong_expression_is_told_with_its_line(name: str, message: str) -> None:
    told = line(in_group(name))
    assert told.startswith("m.yaml:7: “")
    assert message in told


def test_a_condition_is_one_bare_expression() -> None:
    text = in_group("a") + "        when: prefix }} {{ language\n"
    assert "cannot be read" in line(text)
    assert "“when” is one condition" in line(in_group("a") + "        when: [a]\n")


def test_a_row_needs_its_fields_and_knows_its_loops() -> None:
    text = """\
kinds:
  profile:
    records:
      - each: role in framework.roles.values()
        key: "{{ role.key }}"
        fields:
          title: a
          duties:
            - each: duty in role.responsibilities
              row: {is_required: "{{ duty.weight and role.key }}"}
          path: some
"""
    assert problems(HEAD + text) == [
        "m.yaml:11: a row of duties needs text",
        "m.yaml:13: “path” holds rows",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "broken YAML"),
        ("- a\n", "a mapping is a YAML table"),
        ("", "a mapping is a YAML table"),
    ],
)
def test_what_is_no_table_is_no_mapping(text: str, message: str) -> None:
    assert any(message in problem for problem in problems(text))


def test_the_number_of_problems_is_told_and_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"m\.yaml has 1 problem$") as caught:
        load("adapter: memory\n")
    assert "Correct them and plan again" in caught.value.hint


@pytest.mark.parametrize(("switch", "is_mapped"), [("yes", True), ("no", False)])
def test_a_kind_is_switched_by_the_options(switch: str, is_mapped: bool) -> None:
    text = HEAD + (
        f"options: {{pay: {switch}}}\n"
        "kinds:\n  group:\n    when: options.pay\n"
        "    records: [{key: a, fields: {name: A}}]\n"
    )
    made = load_mapping(text, "m.yaml", EXAMPLE_KINDS)
    assert ("group" in made.kinds) is is_mapped


def test_the_switch_of_a_kind_asks_the_options_alone() -> None:
    found = problems(
        HEAD + "kinds:\n  group:\n    when: framework.levels\n"
        "    records: [{key: a, fields: {name: A}}]\n"
    )
    assert found == [
        "m.yaml:5: “when” of a kind cannot be evaluated: 'framework' is undefined"
    ]
