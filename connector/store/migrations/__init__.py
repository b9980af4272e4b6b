"""The schema's history, run by Alembic inside the caller's transaction.

No configuration file is needed: everything comes from this package.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from connector.kit.errors import ConfigError

#: Any number will do, as long as every version of the code takes the same.
_MIGRATION_LOCK = 7_041_776_120_893_512


def upgrade(conn: Connection) -> None:
    """Bring the schema to the newest revision.

    Raises:
        ConfigError: a newer version of the code wrote this schema.
    """
    if conn.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:number)")
        conn.execute(lock, {"number": _MIGRATION_LOCK})
    config = _config(conn)
    known = {script.revision for script in _scripts(config).walk_revisions()}
    for revision in MigrationContext.configure(conn).get_current_heads():
        if revision not in known:
            raise ConfigError(
                f"The database has the schema {revision}, which this version of the "
                "connector does not know.",
                hint="Install the version that was used last, or restore the backup "
                "made before it was installed.",
            )
    command.upgrade(config, "head")


def _config(conn: Connection) -> Config:
    config = Config()
    # Alembic interpolates options, so a per cent sign in the path is doubled.
    folder = str(Path(__file__).parent).replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.attributes["connection"] = conn
    return config


def _scripts(config: Config) -> ScriptDirectory:
    return ScriptDirectory.from_config(config)
