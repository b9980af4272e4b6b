"""The tables of level moves and of what else concerns people's growth.

They belong to the same metadata as the others; a change here needs a migration.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from connector.store.columns import (
    UtcDateTime,
    instant_column,
    key_column,
    text_column,
)
from connector.store.tables import metadata

__all__ = [
    "chosen_targets",
    "contributions",
    "conversions",
    "legal_holds",
    "levels_held",
    "mentors",
    "metadata",
    "passed_over",
    "proposals",
    "readiness",
    "readiness_due",
    "revocations",
    "role_judgements",
    "shares",
    "withdrawals",
]

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
    # Where two people approve, the first of them.
    Column("first_approved_by", String, nullable=False, server_default=""),
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

# Whom a sheet puts on a role of the framework: reviewed here, never a direct change.
conversions = Table(
    "conversions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    text_column("position_id"),
    # The profile that the person held then, in the HRIS's words.
    text_column("profile"),
    text_column("to_role"),
    text_column("state"),
    text_column("reason"),
    text_column("drafted_by"),
    text_column("decided_by"),
    instant_column("drafted_at"),
    instant_column("decided_at", is_optional=True),
    sqlite_autoincrement=True,
)

# Evidence itself never changes: what takes it back is a row of its own.
withdrawals = Table(
    "withdrawals",
    metadata,
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True),
    Column("withdrawn_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    text_column("withdrawn_by"),
    instant_column("recorded_at"),
)

# What a source, or a file, says was taken back. Kept for good: a fact that comes later
# than its revocation is taken back all the same.
revocations = Table(
    "revocations",
    metadata,
    key_column("connection"),
    key_column("type"),
    key_column("object_id"),
    key_column("account_id"),
    Column("revoked_at", UtcDateTime, primary_key=True),
    Column("reason", Text, nullable=False),
    # Empty while it waits; what a person refused withdraws nothing.
    text_column("decision"),
    text_column("decided_by"),
    instant_column("recorded_at"),
)

contributions = Table(
    "contributions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    # Where it comes from a source, the fact that tells of it.
    Column("fact_id", ForeignKey("facts.id"), nullable=True, unique=True),
    text_column("kind"),
    Column("done_on", Date, nullable=False),
    Column("words", Text, nullable=False),
    text_column("recorded_by"),
    instant_column("recorded_at"),
    Column("withdrawn_on", Date, nullable=True),
    text_column("withdrawn_by"),
    sqlite_autoincrement=True,
)

# What a manager said of a competency that a role held lets presume: an empty verdict
# step with `is_confirmed` agrees, else it is the step that holds, none at all if empty.
role_judgements = Table(
    "role_judgements",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    key_column("competency"),
    Column("is_confirmed", Boolean, nullable=False),
    text_column("step"),
    text_column("judged_by"),
    instant_column("judged_at"),
)

chosen_targets = Table(
    "chosen_targets",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    key_column("role"),
    key_column("focus_area"),
    instant_column("chosen_at"),
)

# Since when a person is on a level, whatever role of that level was held.
levels_held = Table(
    "levels_held",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    text_column("rung"),
    Column("since", Date, nullable=True),
)

readiness = Table(
    "readiness",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    key_column("role"),
    key_column("focus_area"),
    text_column("kind"),
    text_column("release"),
    Column("as_of", Date, nullable=False),
    Column("is_met", Boolean, nullable=False),
    Column("may_be_proposed", Boolean, nullable=False),
    Column("open_number", Integer, nullable=False),
    Column("states_json", Text, nullable=False),
    # The next day on which time alone changes it: something runs out or begins.
    Column("changes_on", Date, nullable=True, index=True),
    Index("ix_readiness_role", "role", "focus_area"),
)

# Whose readiness has to be made anew, because something about the person changed.
readiness_due = Table(
    "readiness_due",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
)

# Whom nobody may erase before somebody lets go, and why.
legal_holds = Table(
    "legal_holds",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    text_column("placed_by"),
    instant_column("placed_at"),
)

# Keyed hashes of accounts and employee ids whose learning was not kept, because nobody
# within the scope bore them: read again once somebody does.
passed_over = Table(
    "passed_over",
    metadata,
    key_column("digest"),
    instant_column("noted_at"),
)

# Who said yes to being asked as a mentor; the row goes with the consent.
mentors = Table(
    "mentors",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    instant_column("agreed_at"),
)

# What a person shares with a mentor; the row goes when the person takes it back.
shares = Table(
    "shares",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    Column("mentor_id", ForeignKey("persons.id"), primary_key=True),
    key_column("what"),
    instant_column("shared_at"),
)
