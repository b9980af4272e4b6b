"""The job framework: model, sources, validation, releases.

Knows no target, no database and no person.
"""

from connector.framework.bases import accepted_bases
from connector.framework.comparison import Difference, diff_frameworks, stats
from connector.framework.importing import import_framework, import_from_target
from connector.framework.loading import load_framework
from connector.framework.model import Framework
from connector.framework.releases import (
    framework_from_snapshot,
    freeze,
    snapshot_bytes,
)
from connector.framework.sources.folders import refuse_filled, replace_native
from connector.framework.sources.native_write import write_native
from connector.framework.sources.report import ImportReport, ImportResult, Note
from connector.framework.validate import validate
from connector.framework.warnings import warnings

__all__ = [
    "Difference",
    "Framework",
    "ImportReport",
    "ImportResult",
    "Note",
    "accepted_bases",
    "diff_frameworks",
    "framework_from_snapshot",
    "freeze",
    "import_framework",
    "import_from_target",
    "load_framework",
    "refuse_filled",
    "replace_native",
    "snapshot_bytes",
    "stats",
    "validate",
    "warnings",
    "write_native",
]
