"""Conversions are drafted, decided once, listed, and gone with the person."""

from __future__ import annotations

from datetime import UTC, datetime

from connector.kit.values import SourcePerson
from connector.store import conversions, people
from connector.store.conversions import ConversionState, NewConversion
from connector.store.database import Database
from connector.store.tombstones import Tombstones

_AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


def test_a_conversion_lives_until_it_is_decided_or_the_person_erased(
    database: Database,
) -> None:
    tombstones = Tombstones(b"k" * 32)
    ids = iter(("p1", "p2"))
    with database.write() as conn:
        persons = [
            SourcePerson(source_id=each, employee_id=each, name=each)
            for each in ("01", "02")
        ]
        people.save(
            conn,
            "hris",
            persons,
            tombstones=tombstones,
            new_id=lambda: next(ids),
            at=_AT,
        )
        new = [
            NewConversion(
                person_id=each,
                position_id="7",
                profile="First Mate",
                to_role="mate",
                reason="same title",
            )
            for each in ("p1", "p2")
        ]
        assert conversions.add(conn, new, "ada", _AT) == 2
        first, second = conversions.all(conn)
        conversions.settle(conn, first.id, ConversionState.APPROVED, "eve", _AT)

    with database.read() as conn:
        assert conversions.all(conn, ConversionState.DRAFT) == [second]
        (approved,) = conversions.all(conn, ConversionState.APPROVED)
    assert (approved.decided_by, approved.decided_at) == ("eve", _AT)
    with database.write() as conn:
        tombstones.erase(conn, approved.person_id, _AT)
        assert [one.id for one in conversions.all(conn)] == [second.id]
