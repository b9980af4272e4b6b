"""What was imported is met by its identity; what shares a name alone is doubtful."""

from __future__ import annotations

import pytest
from bench import Bench
from wanted import group

from connector.framework.model import Framework, JobFamily, SourceIdentity, Text
from connector.kit.testing import EXAMPLE_KINDS
from connector.sync.mapper import map_records
from connector.sync.mapping import load_mapping

_MAPPING = """\
version: 1
adapter: memory
kinds:
  group:
    records:
      - each: family in framework.families.values()
        key: "{{ family.key }}"
        identity: "{{ imported('family', family.key) }}"
        fields: {name: "{{ family.name }} {{ imported('step', 'scale', 'low') }}"}
"""
_LONG = "Their own #" + "1" * 200


def _framework() -> Framework:
    return Framework(
        key="own",
        name=Text((("en", "Own"),)),
        families={"deck": JobFamily(key="deck", name=Text((("en", "Deck"),)))},
        identities=(
            SourceIdentity(kind="family", key="deck", source="hris", identity=_LONG),
            SourceIdentity(kind="step", key="scale/low", source="hris", identity="R 1"),
        ),
    )


@pytest.mark.parametrize(
    ("connection", "identity", "name"),
    [
        ("hris", _LONG, "Deck R 1"),
        ("other", "jf-g-deck", "Deck"),
        ("", "jf-g-deck", "Deck"),
    ],
)
def test_what_was_imported_keeps_its_identity_for_that_connection_alone(
    connection: str, identity: str, name: str
) -> None:
    mapping = load_mapping(_MAPPING, "m.yaml", EXAMPLE_KINDS)

    result = map_records(mapping, _framework(), EXAMPLE_KINDS, connection=connection)

    (record,) = result.records
    assert record.identity == identity
    assert str(record.fields["name"]).strip() == name


def test_an_object_that_bears_the_identity_is_an_exact_match() -> None:
    bench = Bench()
    bench.target.add("group", "jf-g-craft", name="Other name")
    bench.target.add("group", "their-own", name="Craft")
    bench.want(group())

    (finding,) = bench.plan().findings

    assert finding.is_exact
    assert finding.message == "the target already holds it: “Other name”"


def test_an_object_of_the_same_name_alone_is_a_doubtful_match() -> None:
    bench = Bench()
    for identity in ("their-own", "their-other"):
        bench.target.add("group", identity, name="Craft")
    bench.want(group())

    (finding,) = bench.plan().findings

    assert not finding.is_exact
    assert finding.message.startswith("the target holds one of the same name: “")
    assert finding.message.endswith(", and 1 more of that name")
