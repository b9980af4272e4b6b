"""Values that a target allows once are told before anything is written."""

from __future__ import annotations

import pytest

from connector.kit.values import (
    FieldSpec,
    FieldType,
    KindSpec,
    Record,
    Ref,
    Row,
    Rows,
    Value,
)
from connector.sync.uniqueness import clashes

NAME = FieldSpec(name="name")
FAMILIES = FieldSpec(
    name="families",
    type=FieldType.ROWS,
    row=(FieldSpec(name="family", type=FieldType.REFERENCE),),
    row_key="family",
)


def kind(name: str, **more: tuple[str, ...]) -> KindSpec:
    return KindSpec(
        name=name, label=name, plural=name, tag=name, fields=(NAME, FAMILIES), **more
    )


SPECS = (
    kind("family", unique=("name",), unique_with=("group",)),
    kind("group", unique=("name",), unique_with=("family",)),
    kind("profile", unique=("name", "families")),
    kind("competency"),
)


def record(of: str, key: str, name: str, *families: str) -> Record:
    refs = [Ref("family", family) for family in families]
    fields: dict[str, Value] = {
        "name": name,
        "families": Rows(tuple(Row(ref, {"family": ref}) for ref in refs)),
    }
    return Record(kind=of, key=key, identity=key, fields=fields)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (record("family", "a", "Data"), record("family", "b", "Data"), "family a"),
        (record("family", "a", "Data"), record("group", "b", "Data"), "family a"),
        (record("family", "a", "Data"), record("group", "b", "Design"), ""),
        (
            record("profile", "a", "Lead", "x", "y"),
            record("profile", "b", "Lead", "y", "z"),
            "name “Lead”, families “family y” is that of profile a too",
        ),
        (record("profile", "a", "Lead", "x"), record("profile", "b", "Lead", "y"), ""),
        (record("profile", "a", "Lead"), record("profile", "b", "Lead"), ""),
        (record("competency", "a", "X"), record("competency", "b", "X"), ""),
        (record("family", "a", ""), record("family", "b", ""), ""),
    ],
)
def test_what_two_records_may_not_share_is_told_once(
    first: Record, second: Record, said: str
) -> None:
    found = list(clashes(SPECS, (first, second)))
    assert [one.key for one, _ in found] == (["b"] if said else [])
    for _, message in found:
        assert said in message
