"""The tables of level moves and of what else concerns people's growth.

They belong to the same metadata as the others; a change here needs a migration.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Table, Text, text

from connector.store.columns import instant_column, key_column, text_column
from connector.store.tables import metadata

__all__ = ["metadata", "proposals"]

proposals = Table(
    "proposals",
    metadata,
    key_column("reference"),
    text_column("connection"),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    text_column("kind"),
    text_column("from_role"),
    text_column("to_role"),
    text_column("position_id"),
    Column("effective_on", Date, nullable=False),
    # The id that the HRIS gives the reason, and the business title asked for.
    text_column("change_reason"),
    text_column("business_title"),
    Column("packet_json", Text, nullable=False),
    text_column("state"),
    text_column("result"),
    # Why it was drafted, and the last words about it: ours or the HRIS's.
    Column("reason", Text, nullable=False),
    Column("message", Text, nullable=False),
    text_column("drafted_by"),
    text_column("approved_by"),
    text_column("decided_by"),
    # The checks that the HRIS skips and the approver confirmed.
    Column("confirmed_json", Text, nullable=False),
    text_column("remote_id"),
    instant_column("drafted_at"),
    instant_column("approved_at", is_optional=True),
    instant_column("started_at", is_optional=True),
    instant_column("decided_at", is_optional=True),
    Index("ix_proposals_connection_state", "connection", "state"),
)
# A process of the HRIS is started once for a person, whoever asks again meanwhile.
Index(
    "uq_proposals_started",
    proposals.c.connection,
    proposals.c.person_id,
    unique=True,
    sqlite_where=text("state = 'started'"),
    postgresql_where=text("state = 'started'"),
)
