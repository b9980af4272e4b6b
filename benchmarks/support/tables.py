"""Prints what was measured: a table for people, one JSON line for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their headers, numbers to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [
        max(len(row[column]) for row in [list(headers), *texts])
        for column in range(len(headers))
    ]
    for row in [list(headers), ["-" * width for width in widths], *texts]:
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip(), flush=True)


def print_result(result: dict[str, object]) -> None:
    """Print the result as the last line, for programs."""
    print(json.dumps(result), flush=True)
