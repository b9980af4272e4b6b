"""Whatever table names a person: the export shows it, and the erasure takes it.

Rows are made from the schema itself, so that a table that is added later counts too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    insert,
    select,
)
from talent_bench import NOON, make_ground

from connector.kit.errors import ConfigError
from connector.store import audit, people, tables, tables_talent
from connector.store.columns import UtcDateTime
from connector.store.scrubbing import actor_columns, text_columns
from connector.store.subjects import rows_about, subject_of
from connector.store.tables_talent import metadata
from connector.talent.ground import Ground
from connector.talent.privacy import erase, place_hold, preview_erasure, release_hold
from connector.talent.privacy_export import as_html, personal_data
from connector.talent.privacy_retention import (
    Periods,
    left_before,
    months_before,
    retain,
)

ADA, BEN = "11111111-ada", "22222222-ben"
#: What names Ada, each of them only her.
ADA_IS = (ADA, "0021001", "Áda Żółć", "ada@corp.example", "account-ada", "POS-ada-1")
#: What administrators and adapters wrote, and what cannot be read, is not ours to edit.
_FOREIGN = {"documents", "cursors", "remembered", "snapshots", "secrets", "tombstones"}
#: Keyed hashes, or about nobody.
_CHAIN = {"audit", "audit_head", "passed_over", "schedule_claims"}


class Filler:
    """Puts a row about a person into each table, whatever its columns are."""

    def __init__(self, conn: Connection, person: str, mark: str, number: int) -> None:
        self.conn = conn
        self.person = person
        self.mark = mark
        self.number = number
        self.keys: dict[tuple[str, str], Any] = {}

    def fill(self) -> None:
        for table in metadata.sorted_tables:
            if table.name in _FOREIGN | _CHAIN | {"audit_detail"}:
                continue
            row = {column.name: self.value(table, column) for column in table.c}
            if table is tables.runs:
                row["finished_at"] = NOON
            self.conn.execute(insert(table), row)
            for column in table.primary_key:
                self.keys[table.name, column.name] = row[column.name]

    def value(self, table: Table, column: Column[Any]) -> Any:
        for key in column.foreign_keys:
            parent = key.column
            return self.keys[parent.table.name, parent.name]
        name, ours = column.name, self.mark == "ada"
        told = {
            "id": self.person if table is tables.persons else self.number,
            "person_id": self.person,
            "suggested_id": self.person,
            "employee_id": "0021001" if ours else "0030002",
            "account_id": f"account-{self.mark}",
            "position_id": f"POS-{self.mark}-1",
            "email": f"{self.mark}@corp.example",
            "source_id": f"wid-{self.mark}",
            "key": f"{self.person}/sailor",
            "connection": "lms",
            "manager_id": "",
            "state": "decided",
            "worker_type": "employee",
        }
        if table is tables.persons and name == "name":
            return "Áda Żółć" if ours else "Ben Brook"
        if name in told:
            return told[name]
        if name in ("person", "author") or name.endswith("_by"):
            # Both rows were signed by Ada, under the name of her address.
            return "ada"
        return self.of_type(column)

    def of_type(self, column: Column[Any]) -> Any:
        if column.name.endswith("_json"):
            return json.dumps([{"of": self.person}, {"said": f"of {ADA_IS[2]} by x"}])
        if isinstance(column.type, Text):
            return f"{ADA_IS[2]} ({ADA_IS[3]}) said so of {self.person}"
        plain: tuple[tuple[type[Any], Any], ...] = (
            (UtcDateTime, NOON),
            (Date, date(2026, 1, 1)),
            (Boolean, True),
            (Integer, self.number),
            (LargeBinary, b""),
            (String, f"text-{self.number}"),
        )
        return next(value for kind, value in plain if isinstance(column.type, kind))


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A deployment in which every table tells of Ada and of Ben."""
    made = make_ground(tmp_path)
    with made.database.write() as conn:
        for person, mark, number in ((ADA, "ada", 1), (BEN, "ben", 2)):
            Filler(conn, person, mark, number).fill()
        for person in (ADA, BEN, None):
            audit.append(
                conn,
                at=NOON,
                actor="talent",
                action="tell",
                detail={"by": "ada" if person is None else "x", "of": person or "-"},
                person_id=person,
            )
        conn.execute(tables_talent.legal_holds.delete())
    yield made
    made.database.close()


def cells(conn: Connection) -> Iterator[tuple[str, str]]:
    for table in metadata.sorted_tables:
        for row in conn.execute(select(table)):
            for column, value in zip(table.c, row, strict=True):
                yield f"{table.name}.{column.name}", str(value)


def naming(ground: Ground, *words: str) -> set[str]:
    """Return the tables in which one of the words stands."""
    with ground.database.read() as conn:
        return {
            place.partition(".")[0]
            for place, text in cells(conn)
            if any(word in text for word in words)
        }


def test_the_export_shows_every_table_that_names_a_person(ground: Ground) -> None:
    with ground.database.read() as conn:
        data = personal_data(conn, ADA, NOON)
    said = {
        *data.rows,
        *(each.table for each in data.namings),
        *(name.partition(".")[0] for name in data.acts),
    }
    assert naming(ground, *ADA_IS) <= said
    assert len(said) > 25
    page = as_html(data)
    for word in ADA_IS:
        assert word in page
        assert word in json.dumps(data.as_json(), ensure_ascii=False)
    assert "<script" not in page


def test_the_export_shows_nothing_that_is_only_about_somebody_else(
    ground: Ground,
) -> None:
    with ground.database.read() as conn:
        held = json.dumps(personal_data(conn, ADA, NOON).as_json()["held"])
    for word in ("0030002", "ben@corp.example", "account-ben"):
        assert word not in held


def test_the_erasure_takes_what_names_a_person_out_of_every_table(
    ground: Ground,
) -> None:
    looked = preview_erasure(ground, "0021001")
    assert naming(ground, ADA)
    done = erase(ground, "0021001", "maria")
    assert (done.rows, looked.is_done, done.is_done) == (looked.rows, False, True)
    assert naming(ground, *ADA_IS) == set()
    with ground.database.read() as conn:
        signed = [
            (column.table.name, column.name)  # type: ignore[attr-defined]
            for column in actor_columns()
            if "ada" in conn.execute(select(column)).scalars().all()
        ]
        left = {each.id for each in people.all(conn)}
        assert audit.verify(conn) == []
        details = [entry.detail_json for entry in audit.entries(conn)]
    assert signed == []
    assert left == {BEN}
    # Ada's own entry and that of what she did are empty, Ben's stays.
    assert [detail is None for detail in details[:3]] == [True, False, True]
    path = ground.database.path
    assert path is not None
    for file in path.parent.glob(f"{path.name}*"):
        assert not [each for each in ADA_IS if each.encode() in file.read_bytes()]


def test_every_column_that_may_name_a_person_is_looked_at(ground: Ground) -> None:
    with ground.database.read() as conn:
        about = rows_about(conn, subject_of(conn, ADA))
    looked_at = {*text_columns(), *actor_columns()}
    names = ("person_id", "account_id", "suggested_id", "evidence_id", "employee_id")
    for table in metadata.sorted_tables:
        if any(name in table.c for name in names):
            assert table in about, table.name
        for column in table.c:
            if table.name not in _FOREIGN | _CHAIN | {"audit_detail"} and (
                isinstance(column.type, Text) or column.name.endswith("_by")
            ):
                assert column in looked_at, f"{table.name}.{column.name}"


def test_nobody_who_is_held_is_erased(ground: Ground) -> None:
    place_hold(ground, ADA, "case 7", "maria")
    for refused in (
        lambda: preview_erasure(ground, ADA),
        lambda: erase(ground, ADA, "maria"),
    ):
        with pytest.raises(ConfigError, match="case 7"):
            refused()
    assert naming(ground, ADA)
    release_hold(ground, ADA, "maria")
    erase(ground, ADA, "maria")
    with pytest.raises(ConfigError, match="needs a reason"):
        place_hold(ground, BEN, " ", "maria")


def test_a_run_that_goes_on_is_finished_first(ground: Ground) -> None:
    with ground.database.write() as conn:
        conn.execute(
            tables.runs.update().where(tables.runs.c.id == 1).values(finished_at=None)
        )
    with pytest.raises(ConfigError, match="run 1 of lms is not finished"):
        erase(ground, ADA, "maria")


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 24, date(2024, 1, 15)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


BOTH = frozenset({"evidence", "readiness"})


@pytest.mark.parametrize(
    ("periods", "day"),
    [
        (Periods(), None),
        (Periods(evidence=12, uses=frozenset({"evidence"})), date(2025, 3, 1)),
        (
            Periods(
                evidence=12, readiness=24, uses=frozenset({"evidence", "readiness"})
            ),
            date(2024, 3, 1),
        ),
        (Periods(evidence=12, uses=frozenset({"evidence", "readiness"})), None),
    ],
)
def test_people_are_known_for_as_long_as_any_use_needs_them(
    periods: Periods, day: date | None
) -> None:
    assert left_before(periods, date(2026, 3, 1)) == day


YEAR = Periods(evidence=12, readiness=6, proposals=12, uses=frozenset({"evidence"}))
TODAY = NOON.date()


def leave(ground: Ground, day: date, person: str = ADA) -> None:
    persons = tables.persons
    with ground.database.write() as conn:
        conn.execute(
            persons.update()
            .where(persons.c.id == person)
            .values(is_active=False, is_unseen=False, left_on=day)
        )
        conn.execute(
            persons.update()
            .where(persons.c.id != person)
            .values(is_active=True, is_unseen=False)
        )


@pytest.mark.parametrize(
    ("left", "gone", "stays"),
    [
        (date(2026, 1, 31), set(), {"persons", "evidence", "readiness", "proposals"}),
        (date(2025, 8, 1), {"readiness", "levels_held"}, {"persons", "evidence"}),
        (date(2025, 2, 1), {"persons", "evidence", "facts", "readiness"}, set()),
    ],
)
def test_each_use_ends_so_many_months_after_somebody_left(
    ground: Ground, left: date, gone: set[str], stays: set[str]
) -> None:
    leave(ground, left)
    looked = retain(ground, YEAR, TODAY, "maria", is_applied=False)
    assert stays | gone <= naming(ground, ADA)
    done = retain(ground, YEAR, TODAY, "maria", is_applied=True)
    assert done.rows == looked.rows
    with ground.database.read() as conn:
        about = rows_about(conn, subject_of(conn, ADA))
        held = {
            table.name
            for table, condition in about.items()
            if conn.execute(select(table).where(condition)).first()
        }
        assert audit.verify(conn) == []
    assert held.isdisjoint(gone)
    assert stays <= held
    # Ben works here.
    assert {"evidence", "readiness", "facts"} <= naming(ground, BEN)


def test_a_hold_keeps_what_retention_would_take(ground: Ground) -> None:
    leave(ground, date(2020, 1, 1))
    place_hold(ground, ADA, "case 7", "maria")
    done = retain(ground, YEAR, TODAY, "maria", is_applied=True)
    assert (done.people, done.held) == (0, 1)
    assert {"persons", "evidence", "readiness"} <= naming(ground, ADA)


def test_who_is_no_longer_shown_is_forgotten_after_a_month(ground: Ground) -> None:
    leave(ground, TODAY)
    with ground.database.write() as conn:
        conn.execute(
            tables.persons.update()
            .where(tables.persons.c.id == ADA)
            .values(is_unseen=True, left_on=None)
        )
    none = Periods()
    assert retain(ground, none, TODAY, "maria", is_applied=True).people == 0
    later = replace(ground, now=lambda: NOON + timedelta(days=31))
    assert retain(later, none, TODAY, "maria", is_applied=True).people == 1
    assert naming(ground, ADA) == set()


def test_what_still_counts_of_who_works_here_stays_for_good(ground: Ground) -> None:
    leave(ground, TODAY, "nobody")
    later = date(2036, 1, 1)
    then = replace(ground, now=lambda: datetime(2036, 1, 1, tzinfo=UTC))
    with ground.database.write() as conn:
        conn.execute(tables_talent.withdrawals.delete())
        conn.execute(tables_talent.contributions.delete())
        conn.execute(tables.dispatches.update().values(state="confirmed"))
        evidence = tables.evidence
        conn.execute(
            evidence.update().where(evidence.c.person_id == BEN).values(expires_on=None)
        )
    retain(then, YEAR, later, "maria", is_applied=True)
    # Ada's ran out ten years before, Ben's counts still.
    assert not {"evidence", "facts"} & naming(ground, ADA)
    assert {"evidence", "facts"} <= naming(ground, BEN)
