"""Puts an imported framework into a folder: all of it, or nothing.

Everything is written and read back elsewhere first; only then the folder changes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from connector.framework.loading import load_framework
from connector.framework.model import Framework
from connector.framework.sources.native_write import render_native, write_native
from connector.kit.errors import FrameworkError


def refuse_filled(folder: Path) -> None:
    """Raise `FrameworkError` where a folder holds anything but hidden files."""
    names = sorted(
        path.name
        for path in (folder.iterdir() if folder.is_dir() else ())
        if not path.name.startswith(".")
    )
    if names:
        shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        raise FrameworkError(
            f"{folder} is not empty ({shown}); nothing was written",
            hint="Name a new folder, or add --replace: it keeps the keys and writes"
            " over what the YAML files there say.",
        )


def replace_native(framework: Framework, folder: Path) -> tuple[Path, ...]:
    """Write a framework over whatever YAML files a folder holds; returns the files.

    Raises:
        FrameworkError: the written form does not say the same; nothing was changed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=folder.parent) as made:
        write_native(framework, Path(made))
        if load_framework(Path(made)) != framework:
            raise FrameworkError(
                "what was imported cannot be written without loss; nothing was written",
                hint="This is a mistake of the connector: report it, please.",
            )
        return _move(Path(made), list(render_native(framework)), folder)


def _move(made: Path, names: list[str], folder: Path) -> tuple[Path, ...]:
    stale = [
        path
        for pattern in ("*.yaml", "*.yml")
        for path in folder.rglob(pattern)
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).replace(folder / name)
    for path in stale:
        if path.relative_to(folder).as_posix() not in names:
            path.unlink()
    return tuple(folder / name for name in names)
