"""Takes evidence back: by a positive act of a source, or by a named person's word.

Evidence itself stays as it is. Many acts at once wait for a person, as many retirements
do; that something is no longer shown is no act at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from connector.kit.errors import ConfigError
from connector.kit.values import Ref
from connector.store import audit, facts, growth, revocations, tasks
from connector.store.facts import BY_HAND
from connector.store.revocations import Concerned, Decision
from connector.store.tasks import WantedTask
from connector.talent.ground import Ground
from connector.talent.reopening import reopen

#: A larger share of a source's evidence, or more of it, waits for a person.
SHARE, MOST = 0.30, 50


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many pieces of evidence and contributions were taken back, or wait."""

    withdrawn: int = 0
    waiting: int = 0
    standing: int = 0

    @property
    def notice(self) -> str:
        """Return what a person has to decide, empty where nothing waits."""
        if not self.waiting:
            return ""
        return (
            f"{self.waiting} of {self.standing} pieces of evidence would be taken back:"
            " they wait for a person, see `jobframe evidence withdrawals`."
        )


def take_back(ground: Ground, connection: str) -> TakenBack:
    """Apply what a source took back, unless that is so much that a person decides."""
    with ground.database.write() as conn:
        found = revocations.concerned(conn, connection)
        number = _number(found)
        standing = revocations.count_standing(conn, connection)
        waits = number > MOST or number > SHARE * standing
        # A contribution without a step is no evidence that a share could be of.
        if waits and any(each.evidence for each in found):
            _ask(ground, conn, connection, found)
            return TakenBack(0, number, standing)
        _apply(ground, conn, connection, found, by=connection)
        _ask(ground, conn, connection, [])
        return TakenBack(number, 0, standing)


def waiting(conn: Connection, connection: str) -> list[Concerned]:
    """Return the revocations of a source that wait for a person."""
    return revocations.concerned(conn, connection)


def decide(
    ground: Ground, connection: str, person: str, *, is_confirmed: bool
) -> TakenBack:
    """Let a named person confirm what waits of a source, or refuse all of it.

    Raises:
        ConfigError: nothing waits.
    """
    with ground.database.write() as conn:
        found = revocations.concerned(conn, connection)
        number = _number(found)
        if not found:
            raise ConfigError(
                f"nothing of {connection or 'what was told by hand'} waits to be taken"
                " back",
                hint="See `jobframe evidence withdrawals`.",
            )
        if is_confirmed:
            _apply(ground, conn, connection, found, by=person)
        else:
            meant = [each.revocation for each in found]
            revocations.decide(conn, connection, meant, Decision.REFUSED, person)
            _note(ground, conn, "withdrawals refused", connection, number, person)
        _ask(ground, conn, connection, [])
        standing = revocations.count_standing(conn, connection)
        return TakenBack(number if is_confirmed else 0, 0, standing)


def _number(found: Sequence[Concerned]) -> int:
    evidence = {one for each in found for one in each.evidence}
    contributions = {one for each in found for one in each.contributions}
    return len(evidence) + len(contributions)


def _apply(
    ground: Ground,
    conn: Connection,
    connection: str,
    found: Sequence[Concerned],
    *,
    by: str,
) -> None:
    for each in found:
        on, reason = ground.day_of(each.revocation.revoked_at), each.revocation.reason
        concerned = set(
            growth.withdraw_evidence(
                conn, each.evidence, on=on, reason=reason, by=by, at=ground.now()
            )
        )
        for number in each.contributions:
            whose = growth.withdraw_contribution(conn, number, on=on, by=by)
            concerned |= {whose} if whose else set()
        reopen(ground, conn, concerned, reason, by)
    if found:
        meant = [each.revocation for each in found]
        revocations.decide(conn, connection, meant, Decision.APPLIED, by)
        _note(ground, conn, "withdraw", connection, _number(found), by)


def _note(
    ground: Ground, conn: Connection, action: str, connection: str, number: int, by: str
) -> None:
    audit.append(
        conn,
        at=ground.now(),
        actor="talent",
        action=action,
        detail={"connection": connection, "evidence": number, "by": by},
    )


def _ask(
    ground: Ground, conn: Connection, connection: str, found: Sequence[Concerned]
) -> None:
    """Keep one task while something of a source waits."""
    if connection == BY_HAND:
        return
    steps = (
        f"{connection} took back {_number(found)} pieces of evidence at once: ratings"
        " were lowered, or badges or certificates revoked. Look at them with `jobframe"
        f" evidence withdrawals {connection}`, then add --confirm or --refuse."
    )
    wanted = [
        WantedTask(
            ref=Ref("evidence", connection),
            title="Confirm that so much evidence is taken back",
            steps=steps,
        )
    ]
    tasks.sync_tasks(
        conn,
        connection=connection,
        source="withdrawals",
        wanted=wanted if found else [],
        at=ground.now(),
    )


def withdraw(
    ground: Ground,
    evidence_ids: Sequence[int],
    *,
    reason: str,
    person: str,
    contributions: Sequence[int] = (),
) -> list[str]:
    """Take evidence and contributions back by a named person's word.

    Returns whose they were, sorted.

    Raises:
        ConfigError: no reason is given, or something is not there or was withdrawn.
    """
    if not reason.strip():
        raise ConfigError("a withdrawal needs a reason", hint="Say why, with --reason.")
    today = ground.day_of(ground.now())
    with ground.database.write() as conn:
        _require_standing(conn, evidence_ids)
        people = set(
            growth.withdraw_evidence(
                conn,
                evidence_ids,
                on=today,
                reason=reason.strip(),
                by=person,
                at=ground.now(),
            )
        )
        for number in contributions:
            whose = growth.withdraw_contribution(conn, number, on=today, by=person)
            if whose is None:
                raise _missing("contribution", number)
            people.add(whose)
        reopen(ground, conn, people, reason.strip(), person)
        detail = {
            "evidence": sorted(evidence_ids),
            "contributions": sorted(contributions),
            "reason": reason.strip(),
            "by": person,
        }
        _note_withdrawal(ground, conn, people, detail)
    return sorted(people)


def _note_withdrawal(
    ground: Ground,
    conn: Connection,
    people: Collection[str],
    detail: Mapping[str, object],
) -> None:
    for each in sorted(people):
        audit.append(
            conn,
            at=ground.now(),
            actor="talent",
            action="withdraw",
            detail=detail,
            person_id=each,
        )


def _require_standing(conn: Connection, evidence_ids: Sequence[int]) -> None:
    standing = facts.standing_ids(conn, evidence_ids)
    for number in evidence_ids:
        if number not in standing:
            raise _missing("evidence", number)


def _missing(what: str, number: int) -> ConfigError:
    return ConfigError(
        f"no {what} {number} stands: it is unknown, or was withdrawn before",
        hint="See `jobframe evidence show PERSON`.",
    )
