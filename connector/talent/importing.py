"""Facts from a file that somebody brings, instead of a source that is asked.

All of a file is stored or nothing; what a source or another file told already is no
new fact.
"""

from __future__ import annotations

from collections.abc import Sequence

from connector.framework.model import Framework
from connector.kit.values import LearningFact
from connector.store import audit, facts
from connector.talent.binding import bind_accounts, bind_waiting
from connector.talent.collecting import Collected, judge
from connector.talent.ground import Ground
from connector.talent.strangers import without_strangers


def import_facts(
    ground: Ground,
    connection: str,
    brought: Sequence[LearningFact],
    framework: Framework,
    person: str,
) -> Collected:
    """Store the facts that are new, bind them, and turn them into evidence."""
    collected = Collected()
    with ground.database.write() as conn:
        told, collected.strangers = without_strangers(ground, conn, connection, brought)
        collected.facts = facts.add_facts(
            conn, connection, told, tombstones=ground.tombstones, at=ground.now()
        )
        bearers = {fact.person_id: fact.employee_id for fact in told}
        bind_accounts(ground, conn, connection, bearers)
        audit.append(
            conn,
            at=ground.now(),
            actor="talent",
            action="import",
            detail={
                "connection": connection,
                "rows": len(brought),
                "facts": collected.facts,
                "by": person,
            },
        )
    with ground.database.write() as conn:
        bind_waiting(ground, conn, connection)
    judge(ground, connection, framework, collected)
    return collected
