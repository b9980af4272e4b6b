"""The instance that the tests of `runtime` share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from runtime_samples import instance_at

from connector.runtime.instance import Instance


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with instance_at(tmp_path) as opened:
        yield opened
