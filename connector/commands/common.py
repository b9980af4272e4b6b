"""What every command shares: options, the instance, output for people and machines.

With `--json` the last line of stdout is one JSON value; everything for people goes to
stderr then. Progress always goes to stderr.
"""

from __future__ import annotations

import functools
import getpass
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from connector.kit.errors import ConfigError
from connector.runtime.home import Home, now, open_home
from connector.runtime.instance import Instance, open_instance
from connector.store.journal import ChangeState
from connector.sync.plan import Change

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Context:
    """One call of a command; `is_on_behalf` where `--as` names for whom."""

    home_option: str | None
    is_json: bool
    person: str
    is_on_behalf: bool = False
    out: Console = field(init=False)
    err: Console = field(init=False)

    def __post_init__(self) -> None:
        """Let people read on stdout, or on stderr where a machine reads stdout."""
        self.err = Console(stderr=True, highlight=False)
        self.out = self.err if self.is_json else Console(highlight=False)

    def home(self) -> Home:
        """Return the settings of the instance."""
        return open_home(self.home_option)

    @contextmanager
    def instance(self) -> Iterator[Instance]:
        """Open the instance."""
        with open_instance(self.home(), now) as instance:
            yield instance

    def say(self, *lines: str | Text) -> None:
        """Tell people something; square brackets are text, not markup."""
        for line in lines:
            self.out.print(
                Text(line) if isinstance(line, str) else line, soft_wrap=True
            )

    def note(self, line: str) -> None:
        """Tell people something aside, on stderr."""
        self.err.print(Text(line, style="dim"), soft_wrap=True)

    def result(self, value: object, lines: Iterable[str | Text] = ()) -> None:
        """Give the command's result: lines for people, or one JSON value."""
        if self.is_json:
            click.echo(json.dumps(value, ensure_ascii=False))
        else:
            self.say(*lines)


def command(function: F) -> F:
    """Give a command `--home`, `--as` and `--json`, and hand it a `Context`."""

    @click.option("--home", metavar="DIR", help="Instance directory (JOBFRAME_HOME).")
    @click.option("--as", "actor", metavar="NAME", help="Who acts; else your login.")
    @click.option("--json", "is_json", is_flag=True, help="One JSON value at the end.")
    @functools.wraps(function)
    def wrapped(home: str | None, actor: str | None, is_json: bool, **rest: Any) -> Any:
        context = Context(home, is_json, actor or _login(), bool(actor))
        click.get_current_context().obj = context
        return function(context, **rest)

    return wrapped  # type: ignore[return-value]  # click's decorators keep the type


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return os.environ.get("USER", "unknown")


@contextmanager
def progress_bar(
    context: Context, title: str, total: int
) -> Iterator[Callable[[Change, ChangeState, str], None]]:
    """Show how many changes are settled; a plain line where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=context.err, disable=not total) as bar:
        task = bar.add_task("Looking whether the plan still fits", total=total)

        def settled(_change: Change, state: ChangeState, _message: str) -> None:
            is_settled = state not in (ChangeState.SENT, ChangeState.UNKNOWN)
            bar.update(task, description=title, advance=int(is_settled))

        yield settled


def write_file(path: Path, text: str) -> None:
    """Write a file that somebody asked for, its folder too.

    Raises:
        ConfigError: the place cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}",
            hint="Name a place that this user may write to.",
        ) from error
