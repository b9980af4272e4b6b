"""Files that come with the connector: shipped mappings, examples, the manifest.

In an installed wheel they lie inside the package, in a checkout beside it.
"""

from __future__ import annotations

from pathlib import Path

import connector

_PACKAGE = Path(connector.__file__).parent


def shipped(name: str) -> Path:
    """Return the path of a file or folder that comes with the connector.

    Raises:
        FileNotFoundError: the installation lacks it.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        path = root / name
        if path.exists():
            return path
    msg = f"{name} did not come with this installation"
    raise FileNotFoundError(msg)
