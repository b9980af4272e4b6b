"""Runs `jobframe` in processes of its own and kills them at a chosen step.

Started once, it forks a process for each order on stdin (one JSON object a line), so
that no import is paid twice. A step is a moment right before or after a commit, or
right before or after an HTTP request: everything durable lies between two of them.

Order: {"arguments": [...], "kill_at": 0 or n, "trace": path}. Answers, a line each:
{"pid": n}, then {"status": exit code, negative for a signal}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests.adapters

from connector.cli import run
from connector.runtime.manifest import adapters, load_adapter
from connector.store import dispatches, journal
from connector.store.database import Database


class Steps:
    """Counts steps over all threads, writes them down, and dies at the chosen one."""

    def __init__(self, kill_at: int, trace: str) -> None:
        self._kill_at, self._count = kill_at, 0
        self._lock = threading.Lock()
        self._trace = open(trace, "a", encoding="utf-8") if trace else None  # noqa: SIM115, PTH123  # closed by the end of the process

    def step(self, name: str) -> None:
        with self._lock:
            self._count += 1
            if self._trace is not None:
                self._trace.write(f"{name}\n")
                self._trace.flush()
            if self._count == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Make every commit and every request a step."""
        self._watch_commits()
        self._watch_requests()

    def _watch_commits(self) -> None:
        original, step = Database.write, self.step
        told: list[str] = []

        @contextmanager
        def write(database: Database) -> Iterator[Any]:
            told.clear()
            with original(database) as conn:
                yield conn
                name = " ".join(told) or "other"
                step(f"before the commit of {name}")
            step(f"after the commit of {name}")

        for name in ("open_run", "mark_sent", "settle", "finish_run"):
            _listen(journal, name, told)
        for name in ("mark_sent", "settle"):
            _listen(dispatches, name, told)

        Database.write = write  # type: ignore[method-assign]  # only in this process

    def _watch_requests(self) -> None:
        adapter, step = requests.adapters.HTTPAdapter, self.step
        original = adapter.send

        def send(self: Any, request: Any, *args: Any, **more: Any) -> Any:
            step("before a request")
            response = original(self, request, *args, **more)
            step("after an answer")
            return response

        adapter.send = send  # type: ignore[method-assign]  # only in this process


def _listen(module: Any, name: str, told: list[str]) -> None:
    """Note the name of a function of a journal whenever it is called."""
    original = getattr(module, name)

    def listening(*args: Any, **more: Any) -> Any:
        told.append(name)
        return original(*args, **more)

    setattr(module, name, listening)


def _carry_out(order: dict[str, Any]) -> int:
    """Run one command in the process that was forked for it."""
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    steps = Steps(order["kill_at"], order["trace"])
    steps.watch()
    code = run(order["arguments"])
    sys.stdout.flush()
    return code


def _serve() -> None:
    for name in adapters():
        load_adapter(name)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            code = 70
            try:
                code = _carry_out(order)
            finally:
                os._exit(code)
        print(json.dumps({"pid": child}), flush=True)  # noqa: T201
        _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        print(json.dumps({"status": ended}), flush=True)  # noqa: T201


if __name__ == "__main__":
    _serve()
