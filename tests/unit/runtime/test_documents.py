"""What is imported is read whole first: every problem of every file at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.kit.errors import ConfigError
from connector.runtime.documents import read_documents
from connector.runtime.manifest import adapter_listing, adapters
from connector.store.documents import DocumentKind

FIRST = min(adapters())
CONNECTION = f"adapter: {FIRST}\n"
SCHEDULE = "cron: 30 1 * * *\njobs:\n  - {job: plan, connection: lms}\n"


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def problems_of(*paths: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_documents(paths)
    assert "Nothing was stored." in caught.value.hint
    return [f"{Path(one.place).name}: {one.message}" for one in caught.value.problems]


def test_what_a_file_is_shows_by_what_it_holds(tmp_path: Path) -> None:
    mapping = adapter_listing(FIRST).mapping.read_text(encoding="utf-8")
    folder = write(tmp_path, lms=CONNECTION, mine=mapping, nightly=SCHEDULE)
    assert [(one.kind, one.name) for one in read_documents([folder])] == [
        (DocumentKind.CONNECTION, "lms"),
        (DocumentKind.MAPPING, "mine"),
        (DocumentKind.SCHEDULE, "nightly"),
    ]
    (one,) = read_documents([folder / "mine.yaml"])
    assert one.text == mapping


def test_every_problem_of_every_file_is_told(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "conf",
        broken="a: [1\n",
        listed="- a\n",
        empty="",
        lms="adapter: nothing\nmore: 1\n",
        mine=f"adapter: {FIRST}\nversion: 2\nkinds: {{}}\nmore: 1\n",
        nameless="kinds: {}\n",
        other="adapter: nothing\nkinds: {}\n",
        nightly="cron: often\njobs: [{job: dance, connection: lms}]\n",
    )
    (folder / "bytes.yaml").write_bytes(b"a: \xff\n")
    told = problems_of(folder)
    for expected in (
        "broken.yaml:2: broken YAML",
        "bytes.yaml:1: byte 3",
        "listed.yaml:1: a connection, mapping, policy or schedule is wanted",
        "empty.yaml:1: a connection, mapping, policy or schedule is wanted",
        "lms.yaml:1: there is no adapter",
        "lms.yaml:2: “more” is not known",
        "mine.yaml:1: the mapping's version must be 1",
        "mine.yaml:4: “more” is no entry",
        "nameless.yaml:1: it names no adapter",
        "other.yaml: there is no adapter “nothing”",
        "nightly.yaml:1: “often” is no time table",
        "nightly.yaml:2: {'job': 'dance', 'connection': 'lms'} is no job",
    ):
        assert any(line.startswith(expected) for line in told), (expected, told)


def test_nothing_to_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert problems_of(tmp_path / "empty", tmp_path / "nowhere.yaml") == [
        "empty: no file in it ends in .yaml",
        "nowhere.yaml: there is no such file",
    ]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    one = write(tmp_path / "one", lms=CONNECTION)
    two = write(tmp_path / "two", lms=CONNECTION)
    assert problems_of(one, two) == [
        "connection lms: 2 files of this name are to be imported"
    ]
