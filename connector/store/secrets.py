"""Secrets we keep ourselves: encrypted in the database, their key in a file outside.

A secret is never logged, and replacing one is serialised across processes.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, select

from connector.kit.errors import ConfigError
from connector.store import tables
from connector.store.columns import upsert
from connector.store.database import Database
from connector.store.locks import secret_lock

_KEY_BYTES = 32
_NONCE_BYTES = 12  # what AES-GCM takes (NIST SP 800-38D)


class SecretBox:
    """Seals texts with one key, each bound to its name."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(key)

    @classmethod
    def open(cls, key_file: Path) -> SecretBox:
        """Open the box of a key file, which is created when missing.

        Raises:
            ConfigError: the file is no key, is open to others or cannot be used.
        """
        try:
            if not key_file.exists():
                _create_key(key_file)
            _refuse_open_file(key_file)
            key = base64.b64decode(key_file.read_text(encoding="ascii"), validate=True)
        except OSError as error:
            raise ConfigError(
                f"The key file {key_file} cannot be used: {error}",
                hint="Let this user read it and write to its folder.",
            ) from error
        except (UnicodeDecodeError, binascii.Error):
            key = b""
        if len(key) != _KEY_BYTES:
            raise ConfigError(
                f"The file {key_file} holds no key.",
                hint="Restore the key file from its backup.",
            )
        return cls(key)

    def seal(self, name: str, text: str) -> bytes:
        """Encrypt a text for the secret of that name."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), name.encode())

    def unseal(self, name: str, sealed: bytes) -> str:
        """Decrypt what `seal` made; raises `ConfigError` for another key or name."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, ciphertext, name.encode()).decode()
        except InvalidTag as error:
            raise ConfigError(
                f"The secret {name} was stored under another key.",
                hint="Restore the key file, or set the secret again.",
            ) from error

    def derived_key(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for one purpose, the same each time."""
        derivation = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=purpose.encode())
        return derivation.derive(self._key)


class SecretVault:
    """The secrets of a database, opened with a box."""

    def __init__(
        self, database: Database, box: SecretBox, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._box = box
        self._now = now

    def get(self, name: str) -> str:
        """Return a secret; raises `ConfigError` where there is none."""
        table = tables.secrets
        with self._database.read() as conn:
            found = select(table.c.sealed).where(table.c.name == name)
            sealed = conn.execute(found).scalar_one_or_none()
        if sealed is None:
            raise ConfigError(
                f"There is no secret named {name}.",
                hint="Set it, or correct the name in the connection.",
            )
        return self._box.unseal(name, sealed)

    def put(self, name: str, value: str) -> None:
        """Store a secret durably, over the one of that name."""
        row = {
            "name": name,
            "sealed": self._box.seal(name, value),
            "stored_at": self._now(),
        }
        with self._database.write() as conn:
            upsert(conn, tables.secrets, [row])

    def remove(self, name: str) -> None:
        """Forget a secret; one that is not there is passed over."""
        with self._database.write() as conn:
            conn.execute(delete(tables.secrets).where(tables.secrets.c.name == name))

    def names(self) -> list[str]:
        """Return the names of all secrets, sorted."""
        name = tables.secrets.c.name
        with self._database.read() as conn:
            return list(conn.execute(select(name).order_by(name)).scalars())

    def rotate(self, name: str, renew: Callable[[str], str]) -> str:
        """Replace a secret while no other thread or process can.

        `renew` gets the stored value and may take its time: a lock is held then, but
        no transaction. The new value is durable before it is returned.
        """
        with secret_lock(self._database, name):
            value = renew(self.get(name))
            self.put(name, value)
        return value


def _create_key(key_file: Path) -> None:
    # A finished file gets the name, so that nobody reads half a key; of two
    # processes that create it at once, the first one's key holds.
    with tempfile.NamedTemporaryFile(dir=key_file.parent, delete=False) as draft:
        draft.write(base64.b64encode(os.urandom(_KEY_BYTES)))
        draft.flush()
        os.fsync(draft.fileno())
    try:
        with suppress(FileExistsError):
            os.link(draft.name, key_file)
    finally:
        Path(draft.name).unlink()


def _refuse_open_file(key_file: Path) -> None:
    if sys.platform != "win32" and stat.S_IMODE(key_file.stat().st_mode) & 0o077:
        raise ConfigError(
            f"The key file {key_file} is open to other users of this machine.",
            hint=f"Run: chmod 600 {key_file}",
        )
