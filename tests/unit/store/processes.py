"""Programs that hold something in the store until they are killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import connector

_ROOT = Path(connector.__file__).parents[1]


@contextmanager
def waiting_process(program: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program up to its `wait()`; it gets `database` and is killed at last."""
    prelude = (
        "import sys\n"
        "from connector.store.database import open_database\n"
        "database = open_database(sys.argv[1])\n"
        "def wait():\n"
        "    print('waiting', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", prelude + program, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), *sys.path])},
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "waiting\n"
            yield process
        finally:
            process.kill()
