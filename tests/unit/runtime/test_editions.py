"""Which framework a command works on, and on which day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from runtime_samples import SMALL, at, instance_at, release

from connector.kit.errors import ConfigError, FrameworkError, PlanError, StalePlanError
from connector.runtime.editions import (
    draft_edition,
    edition_of_plan,
    release_edition,
    release_name,
)
from connector.runtime.instance import Instance
from connector.sync.engine import Edition
from connector.sync.plan import Plan

DAY = date(2026, 3, 1)


def plan_for(edition: Edition) -> Plan:
    return Plan(
        connection="lms",
        release=edition.name,
        release_id=edition.release_id,
        as_of=edition.as_of,
        effective_on=edition.effective_on,
        mapping_hash="",
        fingerprint="",
    )


def draft(folder: Path) -> Path:
    made = folder / "draft"
    made.mkdir()
    (made / "framework.yaml").write_text(SMALL, encoding="utf-8")
    return made


def test_without_any_release_the_hint_says_how_to_make_one(
    instance: Instance,
) -> None:
    with pytest.raises(ConfigError, match="no release of the framework") as caught:
        release_edition(instance, None, DAY)
    assert "jobframe framework release" in caught.value.hint


def test_before_the_first_release_the_hint_says_how_to_preview_it(
    instance: Instance, tmp_path: Path
) -> None:
    made = release(instance, tmp_path, "2026-04-01")
    with pytest.raises(ConfigError) as caught:
        release_edition(instance, None, DAY)
    assert "2026-04-01" in caught.value.hint
    assert f"--release {release_name(made)}" in caught.value.hint


def test_the_newest_release_whose_day_has_come_is_taken(
    instance: Instance, tmp_path: Path
) -> None:
    release(instance, tmp_path, "2026-01-01", "Old")
    release(instance, tmp_path, "2026-02-01", "New")
    release(instance, tmp_path, "2026-04-01", "Next")
    found = release_edition(instance, None, DAY)
    assert str(found.framework.name) == "New"
    assert (found.effective_on, found.as_of) == (date(2026, 2, 1), DAY)
    later = release_edition(at(instance, "2026-04-02"), None, date(2026, 4, 2))
    assert str(later.framework.name) == "Next"


def test_a_release_of_the_future_is_planned_for_its_own_day(
    instance: Instance, tmp_path: Path
) -> None:
    made = release(instance, tmp_path, "2026-04-01")
    found = release_edition(instance, release_name(made)[:6], DAY)
    assert found.as_of == found.effective_on == date(2026, 4, 1)


def test_one_framework_on_two_days_is_told_apart_by_the_day(
    instance: Instance, tmp_path: Path
) -> None:
    name = release_name(release(instance, tmp_path, "2026-01-01"))
    release(instance, tmp_path, "2026-04-01")
    with pytest.raises(ConfigError, match="more than one release") as caught:
        release_edition(instance, name, DAY)
    assert f"{name}@2026-04-01" in caught.value.hint
    found = release_edition(instance, f"{name}@2026-01-01", DAY)
    assert found.effective_on == date(2026, 1, 1)


@pytest.mark.parametrize("name", ["r-nothing", "r-@2026-01-02"])
def test_an_unknown_release_names_those_there_are(
    instance: Instance, tmp_path: Path, name: str
) -> None:
    made = release(instance, tmp_path, "2026-01-01")
    with pytest.raises(ConfigError, match="no release is") as caught:
        release_edition(instance, name, DAY)
    assert release_name(made) in caught.value.hint


def test_an_unknown_release_where_there_is_none(instance: Instance) -> None:
    with pytest.raises(ConfigError) as caught:
        release_edition(instance, "r-1", DAY)
    assert "none yet" in caught.value.hint


def test_a_draft_is_a_folder_on_the_day_asked_for(tmp_path: Path) -> None:
    folder = draft(tmp_path)
    found = draft_edition(folder, DAY)
    assert (found.name, found.release_id, found.as_of) == ("draft", None, DAY)
    with pytest.raises(FrameworkError):
        draft_edition(tmp_path / "nowhere", DAY)


def test_a_plan_brings_its_own_release_and_day(
    instance: Instance, tmp_path: Path
) -> None:
    release(instance, tmp_path, "2026-01-01")
    made = release_edition(instance, None, DAY)
    release(instance, tmp_path, "2026-02-01", "New")
    later = at(instance, "2026-03-09")
    assert edition_of_plan(later, plan_for(made)) == made


def test_a_plan_for_a_draft_cannot_be_applied(
    instance: Instance, tmp_path: Path
) -> None:
    folder = draft(tmp_path)
    made = draft_edition(folder, DAY)
    with pytest.raises(PlanError, match="only a release can be applied"):
        edition_of_plan(instance, plan_for(made))


def test_a_plan_of_another_instance_is_stale_here(
    instance: Instance, tmp_path: Path
) -> None:
    release(instance, tmp_path, "2026-01-01")
    made = plan_for(release_edition(instance, None, DAY))
    (tmp_path / "other").mkdir()
    with instance_at(tmp_path / "other") as other:
        with pytest.raises(StalePlanError, match="is not in this instance"):
            edition_of_plan(other, made)
        release(other, tmp_path, "2026-01-01", "Elsewhere")
        with pytest.raises(StalePlanError):
            edition_of_plan(other, made)
