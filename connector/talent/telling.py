"""Stores what people tell by hand, and makes evidence of it: all of it or nothing.

Told again it counts once. Who told it is kept with our id of that person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.errors import ConfigError
from connector.kit.values import FactType
from connector.store import audit, facts, revocations
from connector.store.facts import BY_HAND
from connector.talent.collecting import Collected, judge
from connector.talent.directory import Directory
from connector.talent.ground import Ground
from connector.talent.matching import Matcher
from connector.talent.words import FORMS, House, Reader, Word


def house_of(
    ground: Ground,
    framework: Framework,
    actor: str,
    connections: Collection[str],
) -> House:
    """Return what telling stands on; of others than these connections' people none."""
    with ground.database.read() as conn:
        directory = Directory(conn, connections)
    return House(
        directory=directory,
        matcher=Matcher(framework),
        time_zone=ground.time_zone,
        today=ground.day_of(ground.now()),
        actor=actor,
    )


def word_of(house: House, form: str, cells: Mapping[str, str]) -> Word:
    """Return one word from its cells, as a row of a file has them.

    Raises:
        ConfigError: with everything that is wrong.
    """
    reader = Reader(house, cells)
    word = FORMS[form].read(reader)
    if word is None:
        told = "; ".join(f"{each.column}: {each.message}" for each in reader.wrong)
        hints = dict.fromkeys(each.hint for each in reader.wrong if each.hint)
        raise ConfigError(told, hint=" ".join(hints))
    return word


def tell(
    ground: Ground, framework: Framework, words: Sequence[Word], actor: str
) -> Collected:
    """Store words that are new, and turn them into evidence and contributions."""
    collected = Collected()
    now = ground.now()
    with ground.database.write() as conn:
        collected.facts = facts.add_told(conn, [each.fact for each in words], now)
        taken = [each.revocation for each in words if each.revocation is not None]
        revocations.add(conn, BY_HAND, taken, tombstones=ground.tombstones, at=now)
        _note(ground, conn, words, collected.facts, actor)
    judge(ground, BY_HAND, framework, collected)
    matcher = Matcher(framework)
    lines = [
        matcher.line_for(each.fact) for each in words if not matcher.matches(each.fact)
    ]
    collected.notes += [
        f"It is kept and matches nothing yet; what would match it: {line}"
        for line in dict.fromkeys(lines)
    ]
    return collected


def _note(
    ground: Ground, conn: Connection, words: Sequence[Word], new: int, actor: str
) -> None:
    """Write down what was told by whom; of one person alone that person's entry."""
    people = {each.fact.person_id for each in words}
    audit.append(
        conn,
        at=ground.now(),
        actor="talent",
        action="tell",
        detail={
            "types": sorted({each.fact.type.value for each in words}),
            "told": len(words),
            "new": new,
            "tellers": sorted({each.fact.detail.get("by", "") for each in words}),
            "by": actor,
        },
        person_id=people.pop() if len(people) == 1 else None,
    )


_VOUCHING = (FactType.ATTESTATION, FactType.COMPETENCY_RATING)


def vouchers(
    conn: Connection, person_ids: Collection[str]
) -> dict[str, frozenset[str]]:
    """Return who attested or rated these people by hand, by our ids."""
    found: dict[str, set[str]] = {}
    for stored in facts.told_by_hand(conn, person_ids, _VOUCHING):
        by = stored.fact.detail.get("by")
        if by and stored.person_id:
            found.setdefault(stored.person_id, set()).add(by)
    return {person: frozenset(tellers) for person, tellers in found.items()}


def mutual(conn: Connection, person_id: str) -> frozenset[str]:
    """Return those who vouched for a person and for whom that person vouched.

    A packet of evidence flags them: each may have done the other a favour.
    """
    mine = vouchers(conn, [person_id]).get(person_id, frozenset())
    theirs = vouchers(conn, mine)
    return frozenset(each for each in mine if person_id in theirs.get(each, ()))
