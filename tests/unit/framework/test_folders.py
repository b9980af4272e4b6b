"""An imported framework goes into a folder whole, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from connector.framework import refuse_filled, replace_native
from connector.framework.importing import import_from_target
from connector.framework.model import Competency, Framework, Text
from connector.kit.errors import FrameworkError, TargetError
from connector.kit.values import (
    ImportedElement,
    ImportedKind,
    ImportItem,
    ImportNote,
    Incomplete,
)

HEAD = Framework(key="own", name=Text((("en", "Own"),)))
KNOTS = ImportedElement(
    kind=ImportedKind.COMPETENCY, identity="C", place="competency C", name="Knots"
)


class Told:
    """A target that tells what it was given."""

    def __init__(self, *items: ImportItem) -> None:
        self.items = items

    def elements(self, part: str = "") -> list[ImportItem]:  # type: ignore[override]
        del part
        return list(self.items)


def test_notes_and_elements_come_together() -> None:
    told = Told(ImportNote("not_held", "somewhere", "something"), KNOTS)

    result = import_from_target(told, source="hris", head=HEAD)  # type: ignore[arg-type]

    assert list(result.framework.competencies) == ["knots"]
    assert result.report.counts == {"not_held": 1}


def test_every_gap_is_told_and_nothing_is_made_of_the_rest() -> None:
    told = Told(KNOTS, Incomplete("roles: no right"), Incomplete("scales: cut"))

    with pytest.raises(TargetError) as caught:
        import_from_target(told, source="hris", head=HEAD)  # type: ignore[arg-type]

    assert [one.message for one in caught.value.problems] == [
        "roles: no right",
        "scales: cut",
    ]
    assert "`jobframe doctor hris`" in caught.value.hint


def test_a_target_that_holds_nothing_is_no_framework() -> None:
    with pytest.raises(FrameworkError, match="shows nothing"):
        import_from_target(Told(), source="hris", head=HEAD)  # type: ignore[arg-type]


def test_a_folder_with_anything_visible_in_it_is_refused(tmp_path: Path) -> None:
    refuse_filled(tmp_path / "new")
    (tmp_path / ".git").mkdir()
    refuse_filled(tmp_path)
    (tmp_path / "notes.md").write_text("x", encoding="utf-8")

    with pytest.raises(FrameworkError, match=r"is not empty \(notes\.md\)"):
        refuse_filled(tmp_path)


def test_what_cannot_be_written_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    replace_native(HEAD, folder)
    before = (folder / "framework.yaml").read_bytes()
    broken = replace(
        HEAD,
        competencies={
            "a": Competency(key="a", name=Text((("en", "A"),)), scale="gone")
        },
    )

    with pytest.raises(FrameworkError):
        replace_native(broken, folder)

    assert [path.name for path in tmp_path.iterdir()] == ["own"]
    assert (folder / "framework.yaml").read_bytes() == before


def test_stale_files_go_and_hidden_and_other_files_stay(tmp_path: Path) -> None:
    for name in ("roles/old.yaml", ".keep/own.yaml", "readme.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")

    written = replace_native(HEAD, tmp_path)

    assert written == (tmp_path / "framework.yaml",)
    assert not (tmp_path / "roles/old.yaml").exists()
    assert (tmp_path / ".keep/own.yaml").exists()
    assert (tmp_path / "readme.txt").exists()
