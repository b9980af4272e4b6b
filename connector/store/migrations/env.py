"""What Alembic runs for every command: our tables on the connection it was given."""

from __future__ import annotations

from alembic import context

from connector.store.tables_talent import metadata

# The caller owns the transaction. Both databases undo DDL with it, which Alembic
# does not assume of SQLite by itself.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
