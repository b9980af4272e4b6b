"""From a framework to records: values, keys, names, references, and the sandbox."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.framework.model import (
    Competency,
    Framework,
    JobFamily,
    Level,
    Text,
    Track,
)
from connector.kit.errors import ConfigError, FrameworkError
from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Record, Ref, Row, Rows, text_row_key
from connector.sync.mapper import MapResult, map_records, shortened
from connector.sync.mapping import load_mapping

HEAD = "version: 1\nadapter: memory\nlanguage: pl\noptions: {words: [x, y]}\nkinds:\n"


def text(english: str, polish: str = "") -> Text:
    return Text((("en", english), *((("pl", polish),) if polish else ())))


def family(key: str, name: str = "", place: str = "") -> JobFamily:
    return JobFamily(key=key, name=text(name or key), group="g", place=place)


def competency(key: str) -> Competency:
    return Competency(key=key, name=text(key.upper(), f"{key}-pl"))


def framework(*families: JobFamily, **more: Any) -> Framework:
    return Framework(
        key="f",
        name=text("Frame"),
        families={item.key: item for item in families},
        **more,
    )


def mapped(kinds: str, of: Framework) -> MapResult:
    mapping = load_mapping(HEAD + kinds, "m.yaml", EXAMPLE_KINDS)
    return map_records(mapping, of, EXAMPLE_KINDS)


def problems(kinds: str, of: Framework | None = None) -> list[str]:
    with pytest.raises(FrameworkError) as caught:
        mapped(kinds, of or framework())
    return [f"{it.place} | {it.key}: {it.message}" for it in caught.value.problems]


def value(field: str, expression: str, of: Framework | None = None) -> object:
    """Return the value of one field of one profile."""
    kinds = f"""\
  profile:
    records:
      - key: p
        fields: {{title: t, {field}: '{expression}'}}
"""
    (made,) = mapped(kinds, of or framework()).records
    return made.fields[field]


FAMILIES = """\
  group:
    records:
      - each: family in framework.families.values()
        key: "{{ family.key }}"
        fields: {name: "{{ family.name }}"}
"""
NAMED = "  group: {records: [{key: a, fields: {name: '%s'}}]}\n"
SHORTENED = FAMILIES + "    shorten: [name]\n"


def test_elements_become_records_with_identity_and_place() -> None:
    kinds = """\
  group:
    records:
      - key: all
        fields: {name: All}
      - each: family in framework.families.values()
        when: family.key != 'hidden'
        key: "{{ family.key }}"
        fields:
          name: "{{ family.name }}"
          description: "{{ prefix }}: {{ family.name }} ({{ options.words[0] }})"
"""
    made = mapped(
        kinds, framework(family("sail", "Sail", "f.yaml:3"), family("hidden"))
    )

    assert made.records == [
        Record(kind="group", key="all", identity="jf-g-all", fields={"name": "All"}),
        Record(
            kind="group",
            key="sail",
            identity="jf-g-sail",
            fields={"name": "Sail", "description": "jf: Sail (x)"},
            source="f.yaml:3",
        ),
    ]
    assert made.notes == []


def test_what_the_connector_does_not_own_keeps_its_own_identity() -> None:
    kinds = "  level:\n    records:\n      - key: IC 5\n        fields: {name: n}\n"
    (made,) = mapped(kinds, framework()).records
    assert made.identity == "IC 5"


@pytest.mark.parametrize(
    ("field", "expression", "expected"),
    [
        ("description", "{{ none }}", ""),
        ("description", "{{ 7 }}", "7"),
        ("description", "{{ framework.name }}", "Frame"),
        ("description", "  two   {{ 1 }}  spaces ", "two 1 spaces"),
        ("description", "{% if false %}never{% endif %}", ""),
        ("hours", "{{ 40 }}", 40),
        ("hours", "{{ none }}", None),
        ("is_public", "{{ true }}", True),
        ("pay", "{{ 100 }}", Decimal(100)),
        ("tags", "{{ options.words }}", ("x", "y")),
        ("tags", "{{ [] }}", ()),
        ("follows", '{{ ref("profile", "p") }}', Ref("profile", "p")),
        ("follows", "{{ none }}", None),
        ("groups", "{{ [] }}", ()),
    ],
)
def test_values_take_the_type_of_their_field(
    field: str, expression: str, expected: object
) -> None:
    made = value(field, expression.replace("'", "''"))
    assert made == expected
    assert type(made) is type(expected)


def test_words_are_given_in_the_language_of_the_mapping() -> None:
    of = framework(
        competencies={"knots": competency("knots")},
        levels={
            "ic1": Level(
                key="ic1", name=text("IC"), track=Track.MANAGER, grade="g", place=""
            )
        },
    )
    assert value("description", "{{ framework.competencies.knots.name }}", of) == (
        "knots-pl"
    )
    assert value("owner", "{{ framework.levels.ic1.track }}", of) == "manager"
    assert value("tags", "{{ [framework.competencies.knots.name] }}", of) == (
        "knots-pl",
    )


def test_a_field_can_be_left_out_of_one_record() -> None:
    kinds = """\
  group:
    records:
      - each: family in framework.families.values()
        key: "{{ family.key }}"
        fields:
          name: "{{ family.name }}"
          description: "{{ left_out if family.key == 'sail' else 'Ours' }}"
"""
    sail, row = mapped(kinds, framework(family("sail"), family("row"))).records
    assert sail.fields == {"name": "sail"}
    assert row.fields == {"name": "row", "description": "Ours"}


def test_a_group_of_rows_can_be_left_out() -> None:
    kinds = """\
  profile:
    records:
      - each: key in ('a', 'b')
        key: "{{ key }}"
        fields:
          title: t
          duties:
            each: word in (left_out if key == 'a' else options.words)
            row: {text: "{{ word }}"}
"""
    without, with_rows = mapped(kinds, framework()).records
    assert "duties" not in without.fields
    assert len(with_rows.fields["duties"].rows) == 2  # type: ignore[union-attr]


def test_a_needed_field_cannot_be_left_out() -> None:
    (problem,) = problems(NAMED % "{{ left_out }}")
    assert "name" in problem


def test_a_date_and_a_list_of_expressions_are_kept() -> None:
    kinds = """\
  profile:
    records:
      - each: level in framework.levels.values()
        key: "{{ level.key }}"
        fields:
          title: a
          valid_from: "{{ level.effective_from }}"
          tags: [one, "{{ prefix }}"]
"""
    level = Level(
        key="l",
        name=text("L"),
        track=Track.MANAGER,
        grade="g",
        effective_from=date(2026, 1, 2),
    )
    (made,) = mapped(kinds, framework(levels={"l": level})).records
    assert made.fields["valid_from"] == date(2026, 1, 2)
    assert made.fields["tags"] == ("one", "jf")


@pytest.mark.parametrize(
    ("field", "expression", "message"),
    [
        ("hours", "40", "hours is '40'; the field holds a whole number"),
        ("hours", "{{ true }}", "hours is True; the field holds a whole number"),
        ("hours", "{{ 1.5 }}", "the field holds a whole number"),
        ("is_public", "{{ 1 }}", "is_public is 1; the field holds a yes or no"),
        ("description", "{{ true }}", "description is True; the field holds a rich"),
        ("description", "{{ options }}", "the field holds a rich text"),
        ("pay", "{{ false }}", "the field holds a number"),
        ("tags", "{{ 1 }}", "the field holds a texts"),
        ("tags", "{{ [1] }}", "the field holds a texts"),
        ("valid_from", "2026-01-02", "the field holds a date"),
        ("follows", "q", "follows is 'q'; the field holds a reference"),
        ("groups", '{{ [ref("node", "n")] }}', "groups refers to node n, and may"),
        ("follows", '{{ ref("group", "g") }}', "may refer to: profile"),
        ("title", "{{ none }}", "title is empty, and the target needs it"),
        ("owner", "{{ framework.nobody }}", "cannot be evaluated"),
        ("owner", "{{ framework.families.x.y }}", "cannot be evaluated"),
        ("owner", "{{ 1 / 0 }}", "cannot be evaluated: division by zero"),
        ("owner", "a {{ framework.rank_of(1, 2) }}", "cannot be evaluated"),
        ("owner", '{{ framework.families["x"].y }}', "cannot be evaluated"),
    ],
)
def test_a_value_the_target_could_not_hold_is_refused(
    field: str, expression: str, message: str
) -> None:
    kinds = f"""\
  profile:
    records:
      - key: p
        fields:
          title: '{expression if field == "title" else "t"}'
"""
    if field != "title":
        kinds += f"          {field}: '{expression}'\n"
    told = problems(kinds)
    assert len(told) == 1
    assert told[0].startswith(f"m.yaml:{10 if field == 'title' else 11} | profile p: ")
    assert message in told[0]


def test_what_an_adapter_cannot_bring_into_its_form_is_refused() -> None:
    kinds = """\
  group: {records: [{key: g, fields: {name: G}}]}
  node:
    records: [{key: n, fields: {name: N, group: "{{ ref('group', 'g') }}"}}]
  link:
    records:
      - key: l
        fields:
          group: "{{ ref('group', 'g') }}"
          node: "{{ ref('node', 'n') }}"
          outcome: sometimes
"""
    assert problems(kinds) == [
        "m.yaml:15 | link l: outcome: an outcome is one of: none, evidence, complete"
    ]


# Keys and identities.


def test_two_records_with_one_key_are_refused() -> None:
    kinds = FAMILIES + "      - key: sail\n        fields: {name: Again}\n"
    assert problems(kinds, framework(family("sail"))) == [
        "m.yaml:11 | group sail: two records of kind group have the key “sail”"
    ]


def test_a_key_must_fit_into_an_identity() -> None:
    told = problems(FAMILIES, framework(family("Two words", place="f.yaml:9")))
    assert told[0].startswith(
        "f.yaml:9 (m.yaml:8) | group Two words: “Two words” is no"
    )


@pytest.mark.parametrize(("length", "is_refused"), [(95, False), (96, True)])
def test_an_identity_over_its_limit_is_refused(length: int, is_refused: bool) -> None:
    of = framework(family("a" * length, "Name"))
    if not is_refused:
        assert len(mapped(FAMILIES, of).records[0].identity) == 100
        return
    (told,) = problems(FAMILIES, of)
    assert "has 101 characters; 100 is the limit" in told


def test_a_relation_has_no_identity_that_could_be_too_long() -> None:
    kinds = """\
  group: {records: [{key: g, fields: {name: G}}]}
  node:
    records: [{key: n, fields: {name: N, group: "{{ ref('group', 'g') }}"}}]
  rule:
    records:
      - key: "{{ 'a' * 200 }}"
        fields: {node: "{{ ref('node', 'n') }}", type: all}
"""
    assert len(mapped(kinds, framework()).records) == 3


# Names.


def test_a_name_over_its_limit_is_refused_with_the_key() -> None:
    told = problems(FAMILIES, framework(family("sail", "x" * 101)))
    assert told == [
        (
            "m.yaml:10 | group sail: name has 101 characters, and the target holds 100;"
            " shorten it, or name name under “shorten” in the mapping"
        )
    ]


def test_a_name_is_shortened_the_same_way_each_time_and_reported() -> None:
    one, two = "x" * 120 + "one", "x" * 120 + "two"
    of = framework(family("a", one), family("b", two), family("c", "y" * 100))

    made = mapped(SHORTENED, of)

    names = [str(record.fields["name"]) for record in made.records]
    assert names == [shortened(one, 100), shortened(two, 100), "y" * 100]
    assert names[0] != names[1]
    assert [len(name) for name in names] == [100, 100, 100]
    assert made.notes == [
        "group a: name shortened to 100 characters",
        "group b: name shortened to 100 characters",
    ]
    assert mapped(SHORTENED, of).records == made.records


# Rows and references.

PROFILE = """\
  group: {records: [{key: g, fields: {name: G}}]}
  node:
    records:
      - each: competency in framework.competencies.values()
        key: "{{ competency.key }}"
        fields: {name: "{{ competency.name }}", group: "{{ ref('group', 'g') }}"}
  profile:
    records:
      - key: p
        fields:
          title: P
          requirements:
            - each: competency in framework.competencies.values()
              when: competency.key != 'none'
              row: {node: "{{ ref('node', competency.key) }}", rating: low}
            - row: {node: "{{ ref('node', 'b') }}", rating: %s}
          duties:
            each: word in options.words
            row: {text: "Does  {{ word }}."}
"""


def test_rows_are_made_with_their_keys_and_once() -> None:
    of = framework(competencies={key: competency(key) for key in "ab"})
    made = mapped(PROFILE % "low", of).records[-1].fields

    assert made["requirements"] == Rows(
        tuple(
            Row(Ref("node", key), {"node": Ref("node", key), "rating": "low"})
            for key in "ab"
        )
    )
    assert isinstance(made["duties"], Rows)
    assert [row.key for row in made["duties"].rows] == [
        text_row_key("Does x."),
        text_row_key("Does y."),
    ]


def test_a_row_that_two_blocks_make_differently_is_refused() -> None:
    of = framework(competencies={key: competency(key) for key in "ab"})
    assert problems(PROFILE % "high", of) == [
        "m.yaml:17 | profile p: requirements would hold node b twice, differently"
    ]


def test_a_reference_to_what_the_mapping_does_not_make_is_refused() -> None:
    of = framework(competencies={"a": competency("a")})
    assert problems(PROFILE % "low", of) == [
        "m.yaml:14 | profile p: it refers to node b, which the mapping does not make"
    ]


# Loops.


@pytest.mark.parametrize(
    ("loop", "message"),
    [
        ("one in 5", "the loop “one in 5” goes over no collection"),
        ("one in framework.key", "goes over no collection"),
        ("one in framework.nobody", "the loop cannot be evaluated"),
    ],
)
def test_a_loop_over_no_collection_is_told(loop: str, message: str) -> None:
    kinds = f"  group:\n    records:\n      - each: {loop}\n        key: a\n"
    kinds += "        fields: {name: a}\n"
    (told,) = problems(kinds)
    assert told.startswith("m.yaml:8 | group: ")
    assert message in told


def test_a_key_that_cannot_be_made_is_told() -> None:
    kinds = "  group: {records: [{key: '{{ framework.nobody }}', fields: {name: a}}]}\n"
    (told,) = problems(kinds)
    assert "the key cannot be evaluated" in told


def test_an_object_of_others_is_named_by_its_identity() -> None:
    kinds = "  group: {records: [{key: k, identity: '%s', fields: {name: a}}]}\n"
    (theirs,) = mapped(kinds % "{{ ''Theirs 1'' }}", framework()).records
    (ours,) = mapped(kinds % "{{ none }}", framework()).records
    assert (theirs.identity, ours.identity) == ("Theirs 1", "jf-g-k")
    (told,) = problems(kinds % "{{ framework.nobody }}")
    assert "the identity cannot be evaluated" in told
    twice = kinds.replace("k,", "'{{ one }}', each: 'one in [1, 2]',")
    (told,) = problems(twice % "Theirs")
    assert "two records of kind group have the identity “Theirs”" in told


def test_all_problems_are_told_at_once() -> None:
    of = framework(family("a", "x" * 101), family("b", "x" * 101))
    with pytest.raises(FrameworkError, match=r"^2 values cannot be mapped to memory$"):
        mapped(FAMILIES, of)


# The sandbox.


@pytest.mark.parametrize(
    "expression",
    [
        "{{ framework.__class__ }}",
        "{{ framework.__class__.__mro__ }}",
        '{{ framework["__class__"] }}',
        "a {{ framework.requirements_of.__globals__ }}",
        '{{ "".__class__.__base__.__subclasses__() }}',
        '{{ "{0.__class__}".format(framework) }}',
        "{{ options.words.append(1) }}",
    ],
)
def test_private_names_and_changes_are_refused(expression: str) -> None:
    (told,) = problems(NAMED % expression)
    assert "is not allowed" in told


@pytest.mark.parametrize(
    "expression",
    [
        '{% include "/etc/hostname" %}',
        '{% import "m.yaml" as m %}{{ m }}',
        '{% extends "m.yaml" %}',
    ],
)
def test_no_file_is_read(expression: str) -> None:
    (told,) = problems(NAMED % expression)
    assert "cannot be evaluated: no loader" in told


def test_helpers_of_the_template_language_are_not_there() -> None:
    kinds = NAMED % "{{ range(9) }}"
    with pytest.raises(ConfigError, match="1 problem"):
        load_mapping(HEAD + kinds, "m.yaml", EXAMPLE_KINDS)
