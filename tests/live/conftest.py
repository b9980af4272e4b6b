"""The live tests share their helper with the tests of the adapter."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "adapters" / "moodle"))
