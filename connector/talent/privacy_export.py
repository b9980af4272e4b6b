"""Everything that is held about one person, as data and as a page to read.

Complete by construction: rows are found as an erasure finds them. Reads only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from sqlalchemy import Connection, Table, and_, select

from connector.store import tables
from connector.store.scrubbing import Naming, acts_of, namings_of
from connector.store.subjects import rows_about, subject_of

#: What a table holds about the person, in words; others go by their own name.
_TITLES = {
    "persons": "Who you are",
    "person_sources": "Your ids in the HRIS",
    "assignments": "Positions you hold",
    "past_roles": "Roles you held",
    "accounts": "Accounts in the learning system",
    "bindings": "Which accounts are yours",
    "known_ratings": "Ratings seen in the learning system",
    "facts": "What you learned and did",
    "evidence": "What that is evidence of",
    "contributions": "What you did for others",
    "withdrawals": "Evidence that was taken back",
    "revocations": "What a source took back",
    "dispatches": "What was sent to your record in the HRIS",
    "proposals": "Moves proposed for you",
    "conversions": "Roles suggested for you by a sheet",
    "role_judgements": "What was said of what your role lets presume",
    "chosen_targets": "Roles you chose to look at",
    "levels_held": "The level you are on, and since when",
    "readiness": "How you stand for roles",
    "readiness_due": "Whether that is to be made anew",
    "links": "Objects about you in the learning system",
    "changes": "What was written there about you",
    "decisions": "What was decided about those objects",
    "tasks": "Tasks about you",
    "legal_holds": "Legal holds",
    "audit_detail": "What was recorded about you",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """All that is held about a person: rows by table, where else they are named.

    `acts` count what the person did to others' rows, by table and column.
    """

    person_id: str
    taken_at: datetime
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    namings: tuple[Naming, ...]
    acts: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return the members as plain data."""
        return {
            "person": self.person_id,
            "taken_at": self.taken_at.isoformat(),
            "held": {name: list(rows) for name, rows in self.rows.items()},
            "named_in": [
                {
                    "table": each.table,
                    "row": {
                        name: _value(name, told) for name, told in each.row.items()
                    },
                    "column": each.column,
                }
                for each in self.namings
            ],
            "signed": dict(self.acts),
        }


def personal_data(conn: Connection, person_id: str, at: datetime) -> PersonalData:
    """Return everything that is held about a person."""
    subject = subject_of(conn, person_id)
    rows = {
        table.name: found
        for table, condition in rows_about(conn, subject).items()
        if (found := _rows(conn, table, condition))
    }
    return PersonalData(
        person_id=person_id,
        taken_at=at,
        rows=dict(sorted(rows.items(), key=lambda item: _place(item[0]))),
        namings=tuple(namings_of(conn, subject)),
        acts=acts_of(conn, subject),
    )


def _place(name: str) -> tuple[int, str]:
    names = list(_TITLES)
    return (names.index(name) if name in names else len(names), name)


def _rows(conn: Connection, table: Table, condition: Any) -> list[dict[str, Any]]:
    statement = select(table).where(condition).order_by(*table.primary_key)
    if table is tables.audit_detail:
        audit = tables.audit
        statement = (
            select(
                audit.c.sequence,
                audit.c.recorded_at,
                audit.c.action,
                table.c.detail_json,
            )
            .join(audit, audit.c.sequence == table.c.sequence)
            .where(and_(condition))
            .order_by(audit.c.sequence)
        )
    return [
        {name: _value(name, value) for name, value in row._mapping.items()}
        for row in conn.execute(statement)
    ]


def _value(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if name.endswith("_json") and isinstance(value, str):
        return json.loads(value)
    return value


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Everything held about one person</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; color: #1b1b1b; background: #fff; }}
dl {{ border-left: .25rem solid #767676; padding-left: 1rem; }}
dt {{ font-weight: 600; }}
dd {{ margin: 0 0 .5rem; overflow-wrap: anywhere; white-space: pre-wrap; }}
</style></head><body><main>
<h1>Everything held about one person</h1>
<p>Taken {taken_at}. data.json beside this page holds the same for machines.</p>
{sections}
</main></body></html>
"""


def as_html(data: PersonalData) -> str:
    """Return a page that a person can read, without a script or a network."""
    sections = [_section(name, rows) for name, rows in data.rows.items()]
    if data.namings:
        named = [
            {"where": each["table"], **each["row"], "as": each["column"]}
            for each in data.as_json()["named_in"]
        ]
        sections.append(_section("Where else you are named", named))
    if data.acts:
        acts = [{"where": name, "how often": n} for name, n in data.acts.items()]
        sections.append(_section("What you signed", acts))
    taken_at = f"{data.taken_at:%Y-%m-%d %H:%M} UTC"
    return _PAGE.format(taken_at=taken_at, sections="\n".join(sections))


def _section(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    title = _TITLES.get(name, name.replace("_", " ").capitalize())
    lists = "\n".join(
        "<dl>" + "".join(_entry(*item) for item in row.items()) + "</dl>"
        for row in rows
    )
    return f"<section><h2>{escape(title)}</h2>\n{lists}</section>"


def _entry(name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    said = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else None
    told = said or (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, indent=2)
    )
    label = name.removesuffix("_json").replace("_", " ")
    return f"<dt>{escape(label)}</dt><dd>{escape(told)}</dd>"
