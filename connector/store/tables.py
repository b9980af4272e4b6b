"""Every table of the store, for SQLite and PostgreSQL alike.

Columns named `*_json` hold canonical JSON text. Source ids are texts. A change here
needs a migration: a test compares both.
"""

from __future__ import annotations

from typing import Any

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
    text,
)

from connector.store.columns import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, String, nullable=False, **options)


def _key(name: str) -> Column[str]:
    return Column(name, String, primary_key=True)


def _number() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _instant(name: str, *, is_optional: bool = False) -> Column[Any]:
    return Column(name, UtcDateTime, nullable=is_optional)


connections = Table(
    "connections",
    metadata,
    _key("name"),
    _text("adapter"),
    _text("address"),
    _text("prefix"),
)

links = Table(
    "links",
    metadata,
    _key("connection"),
    _key("kind"),
    _key("key"),
    _text("remote_id"),
    _text("identity"),
    Column("fields_json", Text, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    _key("digest"),
    Column("content", LargeBinary, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    _number(),
    _text("digest"),
    Column("effective_on", Date, nullable=False),
    _text("author"),
    Column("note", Text, nullable=False),
    _instant("created_at"),
    UniqueConstraint("digest", "effective_on"),
    sqlite_autoincrement=True,
)

runs = Table(
    "runs",
    metadata,
    _number(),
    _text("connection"),
    _text("fingerprint"),
    Column("plan_json", Text, nullable=False),
    Column("release_id", ForeignKey("releases.id"), nullable=True),
    Column("as_of", Date, nullable=False),
    _text("person"),
    _instant("started_at"),
    _text("status"),
    _instant("finished_at", is_optional=True),
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
    _key("kind"),
    _key("key"),
    Column("position", Integer, nullable=False),
    _text("state"),
    _text("request_group"),
    Column("message", Text, nullable=False),
    _instant("sent_at", is_optional=True),
    _instant("settled_at", is_optional=True),
)

decisions = Table(
    "decisions",
    metadata,
    _key("connection"),
    _key("kind"),
    _key("key"),
    _key("field"),
    _text("choice"),
    _text("about"),
    _text("person"),
    _instant("decided_at"),
)

approvals = Table(
    "approvals",
    metadata,
    _key("fingerprint"),
    _key("guard"),
    _key("person"),
    _instant("approved_at"),
    Column("note", Text, nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    _number(),
    _text("connection"),
    _text("source"),
    _text("kind"),
    _text("key"),
    Column("title", Text, nullable=False),
    Column("steps", Text, nullable=False),
    Column("values_json", Text, nullable=False),
    _text("state"),
    _instant("opened_at"),
    _instant("closed_at", is_optional=True),
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
    _key("connection"),
    _key("name"),
    Column("value", Text, nullable=False),
    _instant("stored_at"),
)

persons = Table(
    "persons",
    metadata,
    _key("id"),
    _text("employee_id"),
    _text("name"),
    _text("email"),
    Column("is_active", Boolean, nullable=False),
    _text("manager_id"),
    Column("hired_on", Date, nullable=True),
    _instant("updated_at"),
    Index("ix_persons_employee_id", "employee_id"),
)

person_sources = Table(
    "person_sources",
    metadata,
    _key("connection"),
    _key("source_id"),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
)

assignments = Table(
    "assignments",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    _key("connection"),
    _key("position_id"),
    Column("position", Integer, nullable=False),
    Column("role_json", Text, nullable=False),
    Column("is_primary", Boolean, nullable=False),
    Column("since", Date, nullable=True),
    _text("location"),
    _text("organisation"),
)

# Roles that somebody held and holds no longer, as long as the person is known.
past_roles = Table(
    "past_roles",
    metadata,
    Column("person_id", ForeignKey("persons.id"), primary_key=True),
    _key("connection"),
    _key("kind"),
    _key("remote_id"),
    _instant("ended_at"),
)

bindings = Table(
    "bindings",
    metadata,
    _key("connection"),
    _key("account_id"),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    _text("employee_id"),
    _text("state"),
    Column("reason", Text, nullable=False),
    _instant("changed_at"),
)

accounts = Table(
    "accounts",
    metadata,
    _key("connection"),
    _key("account_id"),
    _text("employee_id"),
    Column("is_active", Boolean, nullable=False),
    _text("suggested_id"),
    Index("ix_accounts_employee_id", "connection", "employee_id"),
)

known_ratings = Table(
    "known_ratings",
    metadata,
    _key("connection"),
    _key("object_id"),
    _key("account_id"),
    _text("origin"),
)

tombstones = Table(
    "tombstones",
    metadata,
    _key("digest"),
    _instant("erased_at"),
)

facts = Table(
    "facts",
    metadata,
    _number(),
    _text("connection"),
    _text("type"),
    _text("object_id"),
    _text("object_name"),
    _text("account_id"),
    _text("employee_id"),
    _instant("happened_at"),
    Column("detail_json", Text, nullable=False),
    Column("person_id", ForeignKey("persons.id"), nullable=True, index=True),
    _instant("recorded_at"),
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
    _text("competency"),
    _text("step"),
    _text("basis"),
    Column("achieved_on", Date, nullable=False),
    Column("expires_on", Date, nullable=True),
    Column("provenance", Text, nullable=False),
    _instant("recorded_at"),
    UniqueConstraint(
        "fact_id", "competency", "step", name="uq_evidence_fact_competency_step"
    ),
    sqlite_autoincrement=True,
)

dispatches = Table(
    "dispatches",
    metadata,
    _key("reference"),
    _text("connection"),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    Column("fact_id", ForeignKey("facts.id"), nullable=True, index=True),
    Column("dispatch_json", Text, nullable=False),
    _text("state"),
    _text("request_group"),
    _text("remote_id"),
    Column("message", Text, nullable=False),
    _instant("prepared_at"),
    _instant("sent_at", is_optional=True),
    _instant("settled_at", is_optional=True),
    Index("ix_dispatches_connection_state", "connection", "state"),
)

documents = Table(
    "documents",
    metadata,
    _key("kind"),
    _key("name"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    _text("person"),
    _instant("stored_at"),
)

secrets = Table(
    "secrets",
    metadata,
    _key("name"),
    Column("sealed", LargeBinary, nullable=False),
    _instant("stored_at"),
)

schedule_claims = Table(
    "schedule_claims",
    metadata,
    _key("schedule"),
    Column("due_at", UtcDateTime, primary_key=True),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    _instant("recorded_at"),
    _text("actor"),
    _text("action"),
    _text("detail_digest"),
    _text("previous_hash"),
    _text("hash"),
)

audit_detail = Table(
    "audit_detail",
    metadata,
    Column(
        "sequence", ForeignKey("audit.sequence"), primary_key=True, autoincrement=False
    ),
    _text("salt"),
    Column("detail_json", Text, nullable=False),
    Column("person_id", String, nullable=True, index=True),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    _text("hash"),
)
