"""The deployment that the tests of `talent` share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from talent_bench import DECKHAND, hire, link_roles, make_ground, worker

from connector.talent.ground import Ground


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A deployment that knows one worker, 0021, a deckhand."""
    made = make_ground(tmp_path)
    hire(made, worker("0021"))
    link_roles(made, deckhand=DECKHAND)
    yield made
    made.database.close()
