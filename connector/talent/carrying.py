"""Carries evidence over to what became of a competency, by the rules of a release.

What comes of it is new evidence beside the old, of the same fact, which names the rule
as its provenance. The old never changes, and a rule applied again adds nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from connector.framework.model import CarryOver, Framework
from connector.framework.releases import snapshot_bytes
from connector.store import audit, facts
from connector.store.facts import Evidence
from connector.talent.ground import Ground


def carry_over(ground: Ground, framework: Framework) -> int:
    """Apply the rules of a framework in effect; returns how much evidence is new.

    Rules may follow one another: what one gives another may carry on.
    """
    today = ground.day_of(ground.now())
    rules = [each for each in framework.carry_over.values() if _holds(each, today)]
    if not rules:
        return 0
    total = 0
    with ground.database.write() as conn:
        counts = {rule.key: 0 for rule in rules}
        while True:
            added = 0
            for rule in rules:
                made = list(_carried(conn, rule))
                stored = facts.add_evidence(conn, made, ground.now())
                counts[rule.key] += stored
                added += stored
            total += added
            if not added:
                break
        _note(ground, conn, framework, {key: n for key, n in counts.items() if n})
    return total


def _holds(rule: CarryOver, today: date) -> bool:
    begins = rule.effective_from
    return not rule.is_retired and (begins is None or begins <= today)


def _carried(conn: Connection, rule: CarryOver) -> Iterator[Evidence]:
    for carried in rule.to:
        for old, new in sorted(carried.steps.items()):
            yield from facts.carried(
                conn,
                (rule.from_competency, old),
                (carried.competency, new),
                f"carried over from {rule.from_competency} at {old} by the rule"
                f" {rule.key}",
            )


def _note(
    ground: Ground, conn: Connection, framework: Framework, counts: dict[str, int]
) -> None:
    """Write down by which rules of which release evidence was carried over."""
    if not counts:
        return
    digest = hashlib.sha256(snapshot_bytes(framework)).hexdigest()
    audit.append(
        conn,
        at=ground.now(),
        actor="talent",
        action="carry over",
        detail={"rules": counts, "snapshot": digest},
    )
