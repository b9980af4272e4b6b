"""The properties are stated on the same benches as the unit tests."""

from __future__ import annotations

import sys
from pathlib import Path

for _part in ("sync", "talent"):
    sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / _part))
