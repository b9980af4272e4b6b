"""What all pages of the sandbox share: answers, typed fields, and lists in parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from adapters.moodle.sandbox.cleaning import is_clean
from adapters.moodle.sandbox.errors import MoodleError
from adapters.moodle.sandbox.tables import Row, Table

PAGE_SIZE = 100
Page = str | tuple[str, int] | Response


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a list that may be long, and what it was searched for."""

    rows: list[Row]
    total: int
    number: int
    wanted: str

    @property
    def pages(self) -> int:
        """Return how many parts there are."""
        return max(1, -(-self.total // PAGE_SIZE))


def render(name: str, **values: Any) -> str:
    """Return a page; `done` of its address says what was just done."""
    done = request.args.get("done", "")
    return render_template(f"moodle_sandbox/{name}", done=done, **values)


def go(endpoint: str, done: str, **values: Any) -> Page:
    """Lead to a page that says what was done, so that reloading repeats nothing."""
    address = url_for(f"sandbox_pages.{endpoint}", done=done, **values)
    return redirect(address, code=303)


def found(table: Table, row_id: int) -> Row:
    """Return a copy of a row, or raise NotFound."""
    row = table.get(row_id)
    if row is None:
        raise NotFound("There is no such object on this site.")
    return dict(row)


def part_of(rows: Sequence[Row], *names: str) -> Part:
    """Return the part of the rows that the address asks for by `q` and `page`."""
    wanted = request.args.get("q", "").strip()
    text = wanted.casefold()
    chosen = [
        row for row in rows if any(text in str(row[name]).casefold() for name in names)
    ]
    number = max(1, request.args.get("page", 1, type=int))
    start = (number - 1) * PAGE_SIZE
    return Part(chosen[start : start + PAGE_SIZE], len(chosen), number, wanted)


def typed(*names: str) -> dict[str, str]:
    """Return the fields of a form as they were typed, with plain line ends."""
    return {
        name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names
    }


def as_html(text: str) -> str:
    """Return a description as Moodle's editor would store it.

    Text without tags becomes a paragraph. Raises MoodleError for what the editor
    would change.
    """
    if text and "<" not in text:
        return f"<p>{escape(text, quote=False)}</p>"
    if not is_clean(text, "CLEANHTML"):
        message = (
            "Moodle would change this text when it cleans it. Write plain text, or "
            "simple HTML such as <p>, <ul> and <li> with every tag closed."
        )
        raise MoodleError(exception="", errorcode="", message=message)
    return text


def attempt(change: Callable[[], Any]) -> str:
    """Do something a person asked for; return why it failed, or nothing."""
    try:
        change()
    except MoodleError as error:
        return error.message.removeprefix("Error: ")
    except ValueError as error:
        return str(error)
    return ""
