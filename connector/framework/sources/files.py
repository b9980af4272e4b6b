"""Reads text files from disk: their size first, then their bytes, then UTF-8.

Used by every source, so that a broken file is told in the same words everywhere.
"""

from __future__ import annotations

from pathlib import Path

from connector.kit.errors import Problem

#: Largest file that is read, in bytes.
FILE_LIMIT = 32 * 1024 * 1024


def read_text(
    path: Path, place: str, encoding: str = "utf-8"
) -> tuple[str, Problem | None]:
    """Return the text of a file without a byte order mark, or the problem with it."""
    try:
        size = path.stat().st_size
        if size > FILE_LIMIT:
            return "", Problem(
                place,
                f"the file has {size:,} bytes, more than {FILE_LIMIT:,}",
                "Split it into several files.",
            )
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return "", Problem(place, f"cannot be read: {reason}", "Check its permissions.")
    try:
        return content.decode(encoding).removeprefix("\ufeff"), None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return "", Problem(
            f"{place}:{line}",
            f"byte {error.start:,} (0x{content[error.start]:02x}) is not valid "
            f"{encoding.upper()}",
            f"Save the file as {encoding.upper()}.",
        )
