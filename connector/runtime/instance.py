"""One running instance: its settings, database, vault and clock, opened together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from connector.kit.errors import ConfigError
from connector.runtime.home import Home
from connector.store.database import Database, open_database
from connector.store.secrets import SecretBox, SecretVault
from connector.sync.fingerprint import keyed_digest
from connector.sync.rules import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """Everything the commands of one instance share."""

    home: Home
    database: Database
    box: SecretBox
    vault: SecretVault
    digest: Digest
    now: Callable[[], datetime]

    def today(self) -> date:
        """Return the calendar date in the organisation's time zone."""
        return self.home.today(self.now())


@contextmanager
def open_instance(home: Home, now: Callable[[], datetime]) -> Iterator[Instance]:
    """Open an instance, its database brought up to date, and close it afterwards.

    Raises:
        ConfigError: there is no instance in the folder, or its files cannot be used.
    """
    if not home.folder.is_dir():
        raise ConfigError(
            f"there is no instance in {home.folder}",
            hint="Make one with `jobframe init`, or name another with --home.",
        )
    box = SecretBox.open(home.key_file)
    database = open_database(home.database)
    try:
        database.migrate()
        yield Instance(
            home=home,
            database=database,
            box=box,
            vault=SecretVault(database, box, now),
            digest=keyed_digest(box.derived_key("fingerprint")),
            now=now,
        )
    finally:
        database.close()
