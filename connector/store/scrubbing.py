"""Takes what names a person out of rows that are about something else.

Runs, notes, links of groups and who did what stay; the person in them does not. What
stands for the person afterwards tells nothing without the deployment's key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    String,
    Table,
    Text,
    and_,
    delete,
    false,
    func,
    not_,
    or_,
    select,
    update,
)

from connector.store import tables, tables_talent
from connector.store.columns import chunks
from connector.store.subjects import ACCOUNT, Subject, rows_about

#: Texts that are not ours to rewrite: what administrators wrote, what an adapter keeps
#: of catalogues between two readings, and the audit, whose details go whole.
_LEFT = (
    tables.documents,
    tables.cursors,
    tables.remembered,
    tables.audit,
    tables.audit_detail,
    tables.audit_head,
)
_WORDS = ("reason", "message", "title", "words", "note", "object_name")
_ACTORS = ("person", "author")


def text_columns() -> Iterator[Column[Any]]:
    """Yield the columns that hold sentences or JSON, in which a person may be named."""
    for table in tables_talent.metadata.sorted_tables:
        if table not in _LEFT:
            for column in table.c:
                if isinstance(column.type, Text) or column.name in _WORDS:
                    yield column


def actor_columns() -> Iterator[Column[Any]]:
    """Yield the columns that say who did something, as they signed."""
    for table in tables_talent.metadata.sorted_tables:
        for column in table.c:
            is_actor = column.name in _ACTORS or column.name.endswith("_by")
            if is_actor and isinstance(column.type, String):
                yield column


def scrub(conn: Connection, subject: Subject, stands_for: str) -> dict[str, int]:
    """Take a person out of texts, of tasks, of the audit, and from under what they did.

    Returns how many rows changed, by table.
    """
    changed = {"tasks": _without_tasks(conn, subject)}
    changed["audit_detail"] = _without_details(conn, subject)
    for column in text_columns():
        number = _scrub_column(conn, column, subject, stands_for)
        changed[column.table.name] = changed.get(column.table.name, 0) + number
    for column in actor_columns():
        number = _sign_otherwise(conn, column, subject, stands_for)
        changed[column.table.name] = changed.get(column.table.name, 0) + number
    below = tables.persons.c.manager_id
    rows = conn.execute(
        update(tables.persons)
        .where(below.in_(subject.employee_ids))
        .values(manager_id="")
    )
    changed["persons"] = changed.get("persons", 0) + rows.rowcount
    return {name: number for name, number in sorted(changed.items()) if number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """A row about something else that names a person: its key, and in which column."""

    table: str
    row: Mapping[str, object]
    column: str


def namings_of(conn: Connection, subject: Subject) -> Iterator[Naming]:
    """Yield where a person is named in rows that are about something else."""
    about = rows_about(conn, subject)
    for column in text_columns():
        table = _table_of(column)
        words = _words_for(table, subject)
        mention = _mention(words)
        key = list(table.primary_key.columns)
        others = select(*key, column).where(
            or_(*(_holds(column, each) for each in words))
        )
        if table in about:
            others = others.where(not_(func.coalesce(about[table], false())))
        for row in conn.execute(others):
            if mention.search(str(row[-1])):
                told = {part.name: row[n] for n, part in enumerate(key)}
                yield Naming(table=table.name, row=told, column=column.name)


def acts_of(conn: Connection, subject: Subject) -> dict[str, int]:
    """Count what a person signed, by table and column."""
    found: dict[str, int] = {}
    for column in actor_columns():
        own = _signed(conn, column, subject)
        if own:
            counted = select(func.count()).where(column.in_(own))
            name = f"{_table_of(column).name}.{column.name}"
            found[name] = conn.execute(counted).scalar_one()
    return found


def without_strangers(plan_json: str) -> str:
    """Return a plan without the members of groups who are nobody that we know."""
    if f'"$foreign": ["{ACCOUNT}"' not in plan_json:
        return plan_json
    return json.dumps(_without_strange_rows(json.loads(plan_json)), ensure_ascii=False)


def _without_strange_rows(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_strange_rows(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_strange_rows(item) for item in value if not _is_strange(item)]
    return value


def _is_strange(item: Any) -> bool:
    match item:
        case {"key": {"$foreign": [kind, *_]}}:
            return bool(kind == ACCOUNT)
    return False


def documents_naming(conn: Connection, subject: Subject) -> list[str]:
    """Return the documents of administrators that name a person, by kind and name."""
    documents = tables.documents
    rows = conn.execute(
        select(documents.c.kind, documents.c.name, documents.c.text)
        .where(or_(*(_holds(documents.c.text, each) for each in subject.words)))
        .order_by(documents.c.kind, documents.c.name)
    )
    mention = _mention(subject.words)
    return sorted(
        {f"{row.kind} {row.name}" for row in rows if mention.search(row.text)}
    )


def open_runs_naming(conn: Connection, subject: Subject) -> list[tuple[int, str]]:
    """Return number and connection of runs that are not finished and name a person."""
    runs = tables.runs
    named = or_(*(_holds(runs.c.plan_json, each) for each in subject.words))
    rows = conn.execute(
        select(runs.c.id, runs.c.connection)
        .where(runs.c.finished_at.is_(None), named)
        .order_by(runs.c.id)
    )
    return [(row.id, row.connection) for row in rows]


def _holds(column: Column[Any], word: str) -> Any:
    escaped = json.dumps(word)[1:-1]
    found = column.icontains(word, autoescape=True)
    if escaped == word:
        return found
    return or_(found, column.icontains(escaped, autoescape=True))


def _mention(words: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE)


def _without_tasks(conn: Connection, subject: Subject) -> int:
    """Delete the tasks that name a person: they ask for something about that person."""
    tasks = tables.tasks
    columns = (tasks.c.title, tasks.c.steps, tasks.c.values_json, tasks.c.key)
    mention = _mention(subject.words)
    rows = conn.execute(
        select(tasks.c.id, *columns).where(
            or_(*(_holds(column, each) for column in columns for each in subject.words))
        )
    )
    ids = [row[0] for row in rows if any(mention.search(text) for text in row[1:])]
    for part in chunks(ids):
        conn.execute(delete(tasks).where(tasks.c.id.in_(part)))
    return len(ids)


def _without_details(conn: Connection, subject: Subject) -> int:
    """Delete the details of audit entries that name a person, also as who acted."""
    detail = tables.audit_detail
    names = [*subject.words, *sorted(subject.actor_names)]
    rows = conn.execute(
        select(detail.c.sequence, detail.c.detail_json).where(
            or_(*(_holds(detail.c.detail_json, each) for each in names))
        )
    )
    mention = _mention(subject.words)
    ids = [
        row.sequence
        for row in rows
        if any(
            mention.search(text) or text.strip().casefold() in subject.actor_names
            for text in _texts(json.loads(row.detail_json))
        )
    ]
    for part in chunks(ids):
        conn.execute(delete(detail).where(detail.c.sequence.in_(part)))
    return len(ids)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _scrub_column(
    conn: Connection, column: Column[Any], subject: Subject, stands_for: str
) -> int:
    table = _table_of(column)
    words = _words_for(table, subject)
    mention = _mention(words)
    key = list(table.primary_key.columns)
    rows = conn.execute(
        select(*key, column).where(or_(*(_holds(column, each) for each in words)))
    ).all()
    number = 0
    for row in rows:
        text = str(row[-1])
        if column.name.endswith("_json"):
            data = json.loads(text)
            value = _scrubbed(data, mention, stands_for)
            new = text if value == data else _as_json(value)
        else:
            new = mention.sub(stands_for, text)
        if new != text:
            is_row = and_(
                *(part == told for part, told in zip(key, row[:-1], strict=True))
            )
            conn.execute(update(table).where(is_row).values({column.name: new}))
            number += 1
    return number


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _scrubbed(value: Any, mention: re.Pattern[str], stands_for: str) -> Any:
    """Return a JSON value without a person: items of lists about them are left out."""
    if isinstance(value, dict):
        return {
            mention.sub(stands_for, key): _scrubbed(item, mention, stands_for)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [
            _scrubbed(item, mention, stands_for)
            for item in value
            if not _is_about(item, mention)
        ]
    return mention.sub(stands_for, value) if isinstance(value, str) else value


def _is_about(item: Any, mention: re.Pattern[str]) -> bool:
    """Tell whether an item of a list is a row or a change about a person."""
    if isinstance(item, dict):
        return any(_names(part, mention) for part in item.values())
    return isinstance(item, list) and any(_names(part, mention) for part in item)


def _names(part: Any, mention: re.Pattern[str]) -> bool:
    """Tell whether a value is the person: a text, a reference, or one with a tag."""
    if isinstance(part, str):
        return bool(mention.search(part))
    if isinstance(part, list):
        return any(isinstance(each, str) and mention.search(each) for each in part)
    if isinstance(part, dict) and len(part) == 1:
        return any(_names(each, mention) for each in part.values())
    return False


def _sign_otherwise(
    conn: Connection, column: Column[Any], subject: Subject, stands_for: str
) -> int:
    own = _signed(conn, column, subject)
    if not own:
        return 0
    table = _table_of(column)
    changed = update(table).where(column.in_(own)).values({column.name: stands_for})
    return conn.execute(changed).rowcount


def _signed(conn: Connection, column: Column[Any], subject: Subject) -> list[str]:
    """Return the names of a person that stand in a column of signatures."""
    signed = conn.execute(select(column).distinct()).scalars()
    return [each for each in signed if each.strip().casefold() in subject.actor_names]


def _table_of(column: Column[Any]) -> Table:
    table = column.table
    assert isinstance(table, Table)  # noqa: S101 - tables.metadata holds no other
    return table


def _words_for(table: Table, subject: Subject) -> tuple[str, ...]:
    # A link is about objects of a target, whose ids may look like employee ids.
    return subject.words if table is not tables.links else (subject.person_id,)
