"""Every table of the store, for SQLite and PostgreSQL alike.

Columns named `*_json` hold canonical JSON text. Source ids are texts. A change here
needs a migration: a test compares both.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from connector.store.columns import (
    UtcDateTime,
    instant_column,
    key_column,
    text_column,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _number() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


connections = Table(
    "connections",
    metadata,
    key_column("name"),
    text_column("adapter"),
    text_column("address"),
    text_column("prefix"),
)

links = Table(
    "links",
    metadata,
    key_column("connection"),
    key_column("kind"),
    key_column("key"),
    text_column("remote_id"),
    text_column("identity"),
    Column("fields_json", Text, nullable=False),
)

# What a target said about the form of a kind, and for which versions.
kind_checks = Table(
    "kind_checks",
    metadata,
    key_column("connection"),
    key_column("kind"),
    Column("stamp", Text, nullable=False),
    Column("reason", Text, nullable=False),
    instant_column("checked_at"),
)

snapshots = Table(
    "snapshots",
    metadata,
    key_column("digest"),
    Column("content", LargeBinary, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    _number(),
    text_column("digest"),
    Column("effective_on", Date, nullable=False),
    text_column("author"),
    Column("note", Text, nullable=False),
    instant_column("created_at"),
    UniqueConstraint("digest", "effective_on"),
    sqlite_autoincrement=True,
)

runs = Table(
    "runs",
    metadata,
    _number(),
    text_column("connection"),
    text_column("fingerprint"),
    Column("plan_json", Text, nullable=False),
    Column("release_id", ForeignKey("releases.id"), nullable=True),
    Column("as_of", Date, nullable=False),
    text_column("person"),
    instant_column("started_at"),
    text_column("status"),
    instant_column("finished_at", is_optional=True),
    Column("summary_json", Text, nullable=False),
    sqlite_autoincrement=True,
)
# A killed run is resumed or given up before the next one of its connection.
Index(
    "uq_runs_open",
    runs.c.connection,
    unique=True,
    sqlite_where=text("finished_at IS NULL"),
    postgresql_where=text("finished_at IS NULL"),
)

changes = Table(
    "changes",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    key_column("kind"),
    key_column("key"),
    Column("position", Integer, nullable=False),
    text_column("state"),
    text_column("request_group"),
    Column("message", Text, nullable=False),
    instant_column("sent_at", is_optional=True),
    instant_column("settled_at", is_optional=True),
)

decisions = Table(
    "decisions",
    metadata,
    key_column("connection"),
    key_column("kind"),
    key_column("key"),
    key_column("field"),
    text_column("choice"),
    text_column("about"),
    text_column("person"),
    instant_column("decided_at"),
)

approvals = Table(
    "approvals",
    metadata,
    key_column("fingerprint"),
    key_column("guard"),
    key_column("person"),
    instant_column("approved_at"),
    Column("note", Text, nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    _number(),
    text_column("connection"),
    text_column("source"),
    text_column("kind"),
    text_column("key"),
    Column("title", Text, nullable=False),
    Column("steps", Text, nullable=False),
    Column("values_json", Text, nullable=False),
    text_column("state"),
    instant_column("opened_at"),
    instant_column("closed_at", is_optional=True),
    sqlite_autoincrement=True,
)
Index(
    "uq_tasks_open",
    tasks.c.connection,
    tasks.c.source,
    tasks.c.kind,
    tasks.c.key,
    tasks.c.title,
    unique=True,
    sqlite_where=text("closed_at IS NULL"),
    postgresql_where=text("closed_at IS NULL"),
)

cursors = Table(
    "cursors",
    metadata,
    key_column("connection"),
    key_column("name"),
    Column("value", Text, nullable=False),
    instant_column("stored_at"),
)

persons = Table(
    "persons",
    metadata,
    key_column("id"),
    text_column("employee_id"),
    text_column("name"),
    text_column("email"),
    Column("is_active", Boolean, nullable=False),
    text_column("manager_id"),
    Column("hired_on", Date, nullable=True),
    instant_column("updated_at"),
    Column("is_on_leave", Boolean, nullable=False, server_default=false()),
    # A source that shows everybody within its scope does not show this person.
    Column("is_unseen", Boolean, nullable=False, server_default=false()),
    Column("worker_type", String, nullable=False, server_default="employee"),
    Column("first_hired_on", Date, nullable=True),
    Column("left_on", Date, nullable=True),
    Index("ix_persons_employee_id", "employee_id"),
)

person_sources = Table(
    "person_sources",
    metadata,
    key_column("connection"),
    key_column("source_id"),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
)

assignments = Table(
    "assignments",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    key_column("connection"),
    key_column("position_id"),
    Column("position", Integer, nullable=False),
    Column("role_json", Text, nullable=False),
    Column("is_primary", Boolean, nullable=False),
    Column("since", Date, nullable=True),
    text_column("location"),
    text_column("organisation"),
    # Since when the role is held in this position.
    Column("moved_on", Date, nullable=True),
    Column("country", String, nullable=False, server_default=""),
    Column("is_international", Boolean, nullable=False, server_default=false()),
)

# Roles that somebody held and holds no longer, as long as the person is known.
past_roles = Table(
    "past_roles",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    key_column("connection"),
    key_column("kind"),
    key_column("remote_id"),
    instant_column("ended_at"),
)

# What an adapter keeps between two readings, so that it need not read all again.
remembered = Table(
    "remembered",
    metadata,
    key_column("connection"),
    key_column("name"),
    key_column("key"),
    Column("value", Text, nullable=False),
    instant_column("kept_at"),
)

bindings = Table(
    "bindings",
    metadata,
    key_column("connection"),
    key_column("account_id"),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    text_column("employee_id"),
    text_column("state"),
    Column("reason", Text, nullable=False),
    instant_column("changed_at"),
)

accounts = Table(
    "accounts",
    metadata,
    key_column("connection"),
    key_column("account_id"),
    text_column("employee_id"),
    Column("is_active", Boolean, nullable=False),
    text_column("suggested_id"),
    Index("ix_accounts_employee_id", "connection", "employee_id"),
)

known_ratings = Table(
    "known_ratings",
    metadata,
    key_column("connection"),
    key_column("object_id"),
    key_column("account_id"),
    text_column("origin"),
)

tombstones = Table(
    "tombstones",
    metadata,
    key_column("digest"),
    instant_column("erased_at"),
)

facts = Table(
    "facts",
    metadata,
    _number(),
    text_column("connection"),
    text_column("type"),
    text_column("object_id"),
    text_column("object_name"),
    text_column("account_id"),
    text_column("employee_id"),
    instant_column("happened_at"),
    Column("detail_json", Text, nullable=False),
    Column("person_id", ForeignKey("persons.id"), nullable=True, index=True),
    instant_column("recorded_at"),
    Column("judged_as", String, nullable=False, server_default=""),
    UniqueConstraint(
        "connection",
        "type",
        "object_id",
        "account_id",
        "happened_at",
        name="uq_facts_event",
    ),
    Index("ix_facts_account", "connection", "account_id"),
    Index("ix_facts_judged", "connection", "judged_as"),
    sqlite_autoincrement=True,
)

evidence = Table(
    "evidence",
    metadata,
    _number(),
    Column("fact_id", ForeignKey("facts.id"), nullable=False),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    text_column("competency"),
    text_column("step"),
    text_column("basis"),
    Column("achieved_on", Date, nullable=False),
    Column("expires_on", Date, nullable=True),
    Column("provenance", Text, nullable=False),
    instant_column("recorded_at"),
    # The evidence that a rule of a release carried over to this competency.
    Column("carried_from", Integer, nullable=True),
    UniqueConstraint(
        "fact_id", "competency", "step", name="uq_evidence_fact_competency_step"
    ),
    Index("ix_evidence_competency", "competency", "step"),
    Index("ix_evidence_carried_from", "carried_from"),
    sqlite_autoincrement=True,
)

dispatches = Table(
    "dispatches",
    metadata,
    key_column("reference"),
    text_column("connection"),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    Column("fact_id", ForeignKey("facts.id"), nullable=True, index=True),
    Column("dispatch_json", Text, nullable=False),
    text_column("state"),
    text_column("request_group"),
    text_column("remote_id"),
    Column("message", Text, nullable=False),
    instant_column("prepared_at"),
    instant_column("sent_at", is_optional=True),
    instant_column("settled_at", is_optional=True),
    Index("ix_dispatches_connection_state", "connection", "state"),
)

documents = Table(
    "documents",
    metadata,
    key_column("kind"),
    key_column("name"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    text_column("person"),
    instant_column("stored_at"),
)

secrets = Table(
    "secrets",
    metadata,
    key_column("name"),
    Column("sealed", LargeBinary, nullable=False),
    instant_column("stored_at"),
)

schedule_claims = Table(
    "schedule_claims",
    metadata,
    key_column("schedule"),
    Column("due_at", UtcDateTime, primary_key=True),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    instant_column("recorded_at"),
    text_column("actor"),
    text_column("action"),
    text_column("detail_digest"),
    text_column("previous_hash"),
    text_column("hash"),
)

audit_detail = Table(
    "audit_detail",
    metadata,
    Column(
        "sequence", ForeignKey("audit.sequence"), primary_key=True, autoincrement=False
    ),
    text_column("salt"),
    Column("detail_json", Text, nullable=False),
    Column("person_id", String, nullable=True, index=True),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    text_column("hash"),
)
