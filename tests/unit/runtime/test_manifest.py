"""Adapters come from the shipped manifest and from other distributions, each once."""

from __future__ import annotations

import json
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from connector.kit.errors import ConfigError
from connector.runtime import manifest
from connector.runtime.manifest import adapter_listing, adapters, load_adapter
from connector.runtime.resources import shipped

ADAPTER = '''"""An adapter of another distribution."""
from pathlib import Path
class _Adapter:
    name = "other"
adapter = _Adapter()
'''


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another distribution that brings an adapter named `other`."""
    folder = tmp_path / "other_adapter"
    folder.mkdir()
    (folder / "__init__.py").write_text(ADAPTER, encoding="utf-8")
    announce(folder, "other")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "other_adapter", raising=False)
    installed(monkeypatch, "other")
    return folder


def announce(folder: Path, *names: str) -> None:
    entry = {"module": "other_adapter", "title": "Other", "mapping": "mapping.yaml"}
    text = json.dumps({"version": 1, "adapters": dict.fromkeys(names, entry)})
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def installed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    point = EntryPoint(name, "other_adapter:adapter", manifest.ENTRY_POINTS)
    monkeypatch.setattr(manifest, "entry_points", lambda group: [point])  # noqa: ARG005


def test_every_shipped_adapter_can_be_loaded_and_ships_its_mapping() -> None:
    for name, listing in adapters().items():
        assert listing.mapping.is_file()
        assert load_adapter(name).name == name
        assert listing.title


@pytest.mark.usefixtures("distribution")
def test_an_adapter_of_another_distribution_is_found() -> None:
    assert load_adapter("other").name == "other"
    assert adapters()["other"].mapping.name == "mapping.yaml"


def test_two_adapters_of_one_name_are_refused(
    distribution: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(iter(json.loads(shipped("manifest.json").read_text())["adapters"]))
    announce(distribution, name)
    installed(monkeypatch, name)
    with pytest.raises(ConfigError, match=f"two installed adapters are named “{name}”"):
        adapters()


def test_a_distribution_whose_manifest_lists_something_else(
    distribution: Path,
) -> None:
    announce(distribution, "other", "more")
    with pytest.raises(ConfigError, match="does not list the adapter “other” alone"):
        adapters()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the manifest manifest.json cannot be read"),
        ("[]", "lacks"),
        ('{"adapters": {"other": {"module": "m"}}}', "lacks 'title'"),
        ('{"adapters": {"other": "m"}}', "lacks"),
    ],
)
def test_a_broken_manifest(distribution: Path, text: str, said: str) -> None:
    (distribution / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        adapters()
    assert said in caught.value.message


def test_a_missing_manifest(distribution: Path) -> None:
    (distribution / "manifest.json").unlink()
    with pytest.raises(ConfigError, match="No such file"):
        adapters()


def test_an_unknown_adapter_names_those_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        adapter_listing("nothing")
    assert all(name in caught.value.hint for name in adapters())


@pytest.mark.parametrize("text", ["import a_missing_library", "no_adapter = 1"])
def test_an_adapter_that_lacks_something(distribution: Path, text: str) -> None:
    (distribution / "__init__.py").write_text(text, encoding="utf-8")
    assert "other" in adapters()
    with pytest.raises(ConfigError, match="“other” cannot be imported"):
        load_adapter("other")


@pytest.mark.parametrize("value", ["nothing_here", "nothing.here:adapter"])
@pytest.mark.usefixtures("distribution")
def test_an_adapter_whose_code_is_gone(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("other", value, manifest.ENTRY_POINTS)
    monkeypatch.setattr(manifest, "entry_points", lambda group: [point])  # noqa: ARG005
    with pytest.raises(ConfigError, match="which is not there"):
        adapters()


def test_what_did_not_come_along_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.txt did not come with"):
        shipped("nothing.txt")
