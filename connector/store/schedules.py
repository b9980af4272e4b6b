"""Who runs what is due: the first to insert the claim, and nobody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from connector.store import tables
from connector.store.columns import insert_missing


def claim(conn: Connection, schedule: str, due_at: datetime) -> bool:
    """Claim one due run of a schedule; false where another process has it."""
    row = {"schedule": schedule, "due_at": due_at}
    return insert_missing(conn, tables.schedule_claims, row)
