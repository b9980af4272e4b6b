"""An instance opens only where there is one, and closes what it opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from runtime_samples import NOON, at, instance_at

from connector.kit.errors import ConfigError
from connector.runtime.ground import ground_of
from connector.runtime.home import open_home
from connector.runtime.instance import Instance, open_instance


def test_a_folder_that_is_not_there_says_how_to_begin(tmp_path: Path) -> None:
    home = open_home(str(tmp_path / "nowhere"), {})
    with (
        pytest.raises(ConfigError, match="there is no instance in") as caught,
        open_instance(home, lambda: NOON),
    ):
        pass
    assert "jobframe init" in caught.value.hint


def test_what_was_stored_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with instance_at(tmp_path) as first:
        first.vault.put("lms.token", "secret")
        digest = first.digest(["a", 1])
    with instance_at(tmp_path) as second:
        assert second.vault.get("lms.token") == "secret"
        # Fingerprints are keyed: with the same key they are the same.
        assert second.digest(["a", 1]) == digest


def test_people_get_random_ids(instance: Instance) -> None:
    ground = ground_of(instance)
    assert ground.new_id() != ground.new_id()
    assert ground.day_of(NOON) == instance.today() == NOON.date()
    assert at(instance, "2026-03-02").today().day == 2
