"""Connections are read whole: every mistake with its line, and opened by name."""

from __future__ import annotations

import pytest
from runtime_samples import store

from connector.kit.errors import ConfigError
from connector.kit.values import PeopleScope, WorkerType
from connector.runtime.connections import (
    ConnectionDocument,
    Switch,
    Use,
    configured,
    connection_names,
    engine_of,
    mapping_text,
    opened,
    read_connection,
)
from connector.runtime.instance import Instance
from connector.runtime.manifest import adapters
from connector.store.documents import DocumentKind

FIRST, SECOND = sorted(adapters())

WHOLE = f"""\
adapter: {FIRST}
mapping: mine
settings:
  url: https://lms.example
  scales: {{craft: 3}}
  strict: no
  "quoted": "3"
secrets:
  token: env:LMS_TOKEN
evidence:
  purpose: shows completed learning
  retention_months: 24
scope:
  organisations: [TECH, "007"]
  countries: [PL, NO]
  worker_types: [employee, contingent]
"""


def test_a_whole_document() -> None:
    assert read_connection("lms", WHOLE) == ConnectionDocument(
        name="lms",
        adapter=FIRST,
        mapping="mine",
        settings={
            "url": "https://lms.example",
            "scales": {"craft": 3},
            "strict": False,
            "quoted": "3",
        },
        secrets={"token": "env:LMS_TOKEN"},
        uses={Use.EVIDENCE: Switch("shows completed learning", 24)},
        scope=PeopleScope(
            organisations=("TECH", "007"),
            countries=("PL", "NO"),
            worker_types=(WorkerType.EMPLOYEE, WorkerType.CONTINGENT),
        ),
    )


def test_the_least_document() -> None:
    text = f"adapter: {FIRST}\nsettings:\nsecrets: ~\nevidence:\n  purpose:\n"
    assert read_connection("lms", text) == ConnectionDocument(
        name="lms", adapter=FIRST, mapping=FIRST
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            (
                f"adapter: {FIRST}\nscope:\n  organisations: TECH\n"
                "  countries: [Poland, PL]\n  worker_types: [employee, boss]\n"
                "  regions: [EU]\n"
            ),
            [
                "connection lms:3: “organisations” is a list of values",
                "connection lms:4: “Poland” is no country code",
                "connection lms:5: “boss” is no type of worker",
                "connection lms:6: “regions” is not known",
            ],
        ),
        ("", ["connection lms:1: a table is wanted"]),
        ("- a\n", ["connection lms:1: a table is wanted"]),
        ("a: [1\n", ["connection lms:2: broken YAML"]),
        ("mapping: m\n", ["connection lms:1: it names no adapter"]),
        ("adapter: [a]\n", ["connection lms:1: “adapter” is one value"]),
        ("adapter: nothing\n", ["connection lms:1: there is no adapter “nothing”"]),
        (
            (
                f"adapter: {FIRST}\nsetings: {{}}\nsettings: 3\nsecrets:\n"
                "  token: hunter2\n  other: {a: b}\n"
                "evidence: {purpose: p, months: 3, retention_months: many}\n"
            ),
            [
                "connection lms:2: “setings” is not known",
                "connection lms:3: “settings” is a table",
                "connection lms:5: the secret token of connection lms names no place",
                "connection lms:6: the secret other of connection lms names no place",
                "connection lms:6: “other” is one value",
                "connection lms:7: “months” is not known",
                "connection lms:7: “retention_months” is a whole number",
            ],
        ),
    ],
)
def test_every_mistake_is_told_with_its_line(text: str, problems: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        read_connection("lms", text)
    told = [f"{one.place}: {one.message}" for one in caught.value.problems]
    for expected in problems:
        assert any(line.startswith(expected) for line in told), told
    assert "hunter2" not in str(caught.value.as_json())


def test_a_document_from_a_file_is_named_by_its_file() -> None:
    with pytest.raises(ConfigError) as caught:
        read_connection("lms", "mapping: m\n", "conf/lms.yaml")
    assert caught.value.problems[0].place == "conf/lms.yaml:1"


def test_connections_are_listed_by_name(instance: Instance) -> None:
    for name in ("zoo", "ark"):
        store(instance, DocumentKind.CONNECTION, name, WHOLE)
    assert connection_names(instance) == ["ark", "zoo"]


def test_an_unknown_connection_names_those_there_are(instance: Instance) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(instance, "lms")
    assert "none yet" in caught.value.hint
    store(instance, DocumentKind.CONNECTION, "ark", WHOLE)
    with pytest.raises(ConfigError) as caught:
        configured(instance, "lms")
    assert "Configured: ark." in caught.value.hint


def test_wrong_settings_are_the_adapters_to_name(instance: Instance) -> None:
    text = f"adapter: {FIRST}\nsettings: {{colour: red}}\n"
    store(instance, DocumentKind.CONNECTION, "lms", text)
    with pytest.raises(ConfigError) as caught, opened(instance, "lms"):
        pass
    assert any("colour" in one.message for one in caught.value.problems)


def test_a_mapping_of_ones_own_beats_the_shipped_one(instance: Instance) -> None:
    document = ConnectionDocument(name="lms", adapter=FIRST, mapping=FIRST)
    text, place = mapping_text(instance, document)
    assert place.startswith("mappings/")
    assert f"adapter: {FIRST}" in text
    store(instance, DocumentKind.MAPPING, FIRST, "version: 1\n")
    assert mapping_text(instance, document) == (
        "version: 1\n",
        f"mapping {FIRST} (version 1)",
    )


def test_a_mapping_that_is_nowhere(instance: Instance) -> None:
    document = ConnectionDocument(name="lms", adapter=FIRST, mapping="mine")
    with pytest.raises(ConfigError) as caught:
        mapping_text(instance, document)
    assert caught.value.message == "there is no mapping “mine”"
    assert all(name in caught.value.hint for name in adapters())


def test_a_mapping_for_another_adapter_is_refused(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every shipped platform would need a server here: what is opened is not asked.
    text = f"adapter: {FIRST}\nmapping: mine\n"
    store(instance, DocumentKind.CONNECTION, "lms", text)
    store(
        instance,
        DocumentKind.MAPPING,
        "mine",
        f"version: 1\nadapter: {SECOND}\nkinds: {{}}\n",
    )
    monkeypatch.setattr("connector.runtime.connections.connect", _Opened)
    with pytest.raises(ConfigError) as caught, engine_of(instance, "lms"):
        pass
    assert f"is for {SECOND}, the connection lms for {FIRST}" in caught.value.message
    assert _Opened.closed == 1


class _Opened:
    """A connection without kinds that counts how often it was closed."""

    closed = 0

    def __init__(self, *_: object) -> None:
        self.catalogue = self

    def kinds(self) -> list[object]:
        return []

    def close(self) -> None:
        type(self).closed += 1
