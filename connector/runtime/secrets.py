"""Where secrets come from: the environment, a file, the keyring, or our own vault.

Only the vault is ever written. A reference never holds the secret itself.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from connector.kit.errors import ConfigError
from connector.store.secrets import SecretVault

SCHEMES = ("env", "file", "keyring", "vault")


def secret_place(
    connection: str, name: str, references: Mapping[str, str]
) -> tuple[str, str]:
    """Return the scheme and the place of a secret; the vault where none is named.

    Raises:
        ConfigError: the reference is none; it is not shown, as it may be the secret.
    """
    reference = references.get(name, f"vault:{connection}.{name}")
    scheme, _, place = reference.partition(":")
    if scheme not in SCHEMES or not place:
        raise ConfigError(
            f"the secret {name} of connection {connection} names no place",
            hint=f"Write one of {', '.join(f'{s}:…' for s in SCHEMES)}.",
        )
    return scheme, place


class Secrets:
    """The secrets of one connection, by the names its adapter uses.

    `references` maps a name to where its secret is: `env:NAME`, `file:PATH`,
    `keyring:SERVICE/USER` or `vault:NAME`. A name without one is looked for in the
    vault under `<connection>.<name>`.
    """

    def __init__(
        self,
        connection: str,
        references: Mapping[str, str],
        vault: SecretVault,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._connection = connection
        self._references = references
        self._vault = vault
        self._environment = environment

    def get(self, name: str) -> str:
        """Return a secret; raises `ConfigError` that says where it was looked for."""
        scheme, place = secret_place(self._connection, name, self._references)
        if scheme == "vault":
            return self._from_vault(name, place)
        given = self._given(name, scheme, place)
        kept = self._kept(name, given)
        return self._vault.get(kept) if kept in self._vault.names() else given

    def _given(self, name: str, scheme: str, place: str) -> str:
        if scheme == "env":
            return self._needed(name, self._environment.get(place), f"${place}")
        if scheme == "file":
            return self._from_file(name, Path(place))
        return self._from_keyring(name, place)

    def rotate(self, name: str, renew: Callable[[str], str]) -> str:
        """Replace a secret of the vault; a reference elsewhere is copied there first.

        A rotating token that stands in a variable or a file is only its first value:
        from then on the vault holds it, until another first value is given.
        """
        scheme, place = secret_place(self._connection, name, self._references)
        if scheme == "vault":
            return self._vault.rotate(place, renew)
        given = self._given(name, scheme, place)
        kept = self._kept(name, given)
        if kept not in self._vault.names():
            self._vault.put(kept, given)
        return self._vault.rotate(kept, renew)

    def _kept(self, name: str, given: str) -> str:
        mark = hashlib.sha256(given.encode()).hexdigest()[:8]
        return f"{self._connection}.{name}.{mark}"

    def _from_vault(self, name: str, place: str) -> str:
        if place not in self._vault.names():
            raise ConfigError(
                f"the secret {name} of connection {self._connection} is not in the"
                " vault",
                hint=f"Store it: `jobframe config secret {self._connection} {name}`; or"
                " say under “secrets” in the connection where it is.",
            )
        return self._vault.get(place)

    def _from_file(self, name: str, path: Path) -> str:
        try:
            return self._needed(
                name, path.read_text(encoding="utf-8").strip(), str(path)
            )
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"the secret {name} of connection {self._connection} cannot be read"
                f" from {path}: {getattr(error, 'strerror', 'it is not UTF-8 text')}",
                hint="Check the path and its permissions.",
            ) from error

    def _from_keyring(self, name: str, place: str) -> str:
        try:
            import keyring
        except ImportError as error:
            raise ConfigError(
                f"the secret {name} is in the keyring, which is not installed",
                hint="Install the Python package `keyring`, or store it elsewhere.",
            ) from error
        service, _, user = place.partition("/")
        return self._needed(name, keyring.get_password(service, user), "the keyring")

    def _needed(self, name: str, value: str | None, where: str) -> str:
        if not value:
            raise ConfigError(
                f"the secret {name} of connection {self._connection} is not in {where}",
                hint="Set it there, or correct the reference.",
            )
        return value
