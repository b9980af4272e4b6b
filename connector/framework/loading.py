"""Loads a framework for use: reads the folder, then validates what was read.

What it returns is whole and valid; everything wrong is raised at once.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from connector.framework.model import Framework
from connector.framework.sources.native import NativeReading, read_native
from connector.framework.validate import by_place, validate
from connector.kit.errors import FrameworkError, Problem


def load_framework(folder: Path) -> Framework:
    """Return the framework of a folder of YAML files.

    Raises:
        FrameworkError: with every problem of shape and of meaning, by file and line.
    """
    reading = read_native(folder)
    problems = [*reading.problems, *_validated(reading)]
    if problems:
        count = len(problems)
        raise FrameworkError(
            f"{count} problem{'s' if count > 1 else ''} in the framework at {folder}.",
            hint="Correct them in the files named, then validate again.",
            problems=sorted(problems, key=by_place),
        )
    return reading.framework


def _validated(reading: NativeReading) -> list[Problem]:
    # A framework: part that is missing or broken was told by the source.
    head_is_missing = not reading.framework.key
    found = [
        problem
        for problem in validate(reading.framework, reading.unusable)
        if problem.place or not head_is_missing
    ]
    if not reading.unread_files:
        return found
    doubt = f"It may stand in {', '.join(reading.unread_files)}, which cannot be read."
    return [
        dataclasses.replace(problem, hint=f"{problem.hint} {doubt}".strip())
        if problem.message.endswith("which is not there")
        else problem
        for problem in found
    ]
