"""A set-up checklist as lines for a terminal, as a page to print, and as a site.

The page is one file without scripts or anything from elsewhere; it can be read with a
keyboard and a screen reader, and ticked on screen or on paper. It holds no secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.kit.setup import ChecklistStep, ValueTable

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Whatever a text might hold: the page runs nothing and fetches nothing.
_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        ),
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]

_STYLE = """\
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-top: 1px solid #767676;
  padding-top: 1rem; }
.where { background: #eef3f8; padding: .5rem .75rem;
  border-left: .25rem solid #1b5e9b; }
ul { list-style: none; padding-left: 0; } li { margin: .4rem 0; }
label { display: flex; gap: .6rem; align-items: baseline; }
input { width: 1.1rem; height: 1.1rem; flex: none; }
:focus-visible { outline: 3px solid #1b5e9b; outline-offset: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { border: 1px solid #767676; padding: .25rem .6rem; text-align: left;
  vertical-align: top; }
thead th { background: #f2f2f2; }
tbody th { font-weight: 400; white-space: nowrap; }
code, pre { font-family: ui-monospace, monospace; overflow-wrap: anywhere;
  user-select: all; }
pre { background: #f2f2f2; padding: .75rem; white-space: pre-wrap; }
@media print { body { padding: 0; max-width: none; font-size: 10pt; }
  h2, tr, li { break-inside: avoid; } h2 { break-after: avoid; }
  .scroll { overflow: visible; } thead { display: table-header-group; } }
"""


def checklist_lines(steps: Sequence[ChecklistStep]) -> Iterator[str]:
    """Yield a checklist as lines of text."""
    for number, step in enumerate(steps, start=1):
        yield f"{number}. {step.title}"
        yield f"   {step.where}"
        yield from (f"   [ ] {action}" for action in step.actions)
        for table in step.tables:
            yield ""
            yield from (f"       {line}".rstrip() for line in _table_lines(table))
        if step.paste:
            yield ""
            yield from (f"       {line}" for line in step.paste.splitlines())
        yield ""


def _table_lines(table: ValueTable) -> Iterator[str]:
    rows = [table.columns, *table.rows] if len(table.columns) > 1 else [*table.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(cell.ljust(width) for cell, width in cells).rstrip()


def checklist_page(title: str, steps: Sequence[ChecklistStep]) -> str:
    """Return a checklist as a whole HTML page."""
    body = "\n".join(
        part
        for number, step in enumerate(steps, start=1)
        for part in _step_parts(number, step)
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n"
        f"<main>\n<h1>{escape(title)}</h1>\n"
        "<p>Do the steps from the top. Each names the place in the menus; a value in "
        "a table is marked as a whole by one click.</p>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def checklist_app(page: str) -> WSGIApplication:
    """Return a site that shows one page at its root and nothing else."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        status, text = HTTPStatus.OK, page
        if environ["PATH_INFO"] != "/":
            status, text = HTTPStatus.NOT_FOUND, "The checklist is at /."
        elif environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            status, text = HTTPStatus.METHOD_NOT_ALLOWED, "The page is only read."
        start(f"{status.value} {status.phrase}", _HEADERS)
        return [text.encode()]

    return answer


def _step_parts(number: int, step: ChecklistStep) -> Iterator[str]:
    yield f'<section aria-labelledby="step{number}">'
    yield f'<h2 id="step{number}">{number}. {escape(step.title)}</h2>'
    yield f'<p class="where">{escape(step.where)}</p>'
    yield "<ul>"
    for action in step.actions:
        yield (
            f'<li><label><input type="checkbox"><span>{escape(action)}</span>'
            "</label></li>"
        )
    yield "</ul>"
    for table in step.tables:
        yield from _table_parts(table)
    if step.paste:
        yield f"<pre>{escape(step.paste)}</pre>"
    yield "</section>"


def _table_parts(table: ValueTable) -> Iterator[str]:
    title = escape(table.title)
    yield f'<div class="scroll" role="region" aria-label="{title}" tabindex="0">'
    yield f"<table><caption>{title}</caption>"
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for first, *rest in table.rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        head = f'<th scope="row"><code>{escape(first)}</code></th>'
        yield f"<tr>{head}{cells}</tr>"
    yield "</tbody></table></div>"
