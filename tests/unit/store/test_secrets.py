"""Secrets at rest."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.kit.errors import ConfigError
from connector.store import tables
from connector.store.database import Database
from connector.store.secrets import SecretBox, SecretVault


def _vault(database: Database, key: bytes = b"k" * 32) -> SecretVault:
    return SecretVault(database, SecretBox(key), lambda: datetime.now(UTC))


def test_a_secret_comes_back_and_is_not_readable_in_the_database(
    database: Database,
) -> None:
    vault = _vault(database)
    vault.put("lms.token", "correct horse")
    vault.put("lms.token", "battery staple ż")
    assert vault.get("lms.token") == "battery staple ż"
    assert vault.names() == ["lms.token"]
    with database.read() as conn:
        row = conn.execute(tables.secrets.select()).one()
    assert b"staple" not in bytes(row.sealed)


def test_a_removed_secret_is_gone(database: Database) -> None:
    vault = _vault(database)
    vault.put("token", "x")
    vault.remove("token")
    vault.remove("token")
    with pytest.raises(ConfigError, match="no secret named token"):
        vault.get("token")


def test_a_failed_renewal_keeps_the_old_value(database: Database) -> None:
    vault = _vault(database)
    vault.put("token", "old")

    def refuse(_: str) -> str:
        raise ConfigError("refused")

    with pytest.raises(ConfigError, match="refused"):
        vault.rotate("token", refuse)
    assert vault.rotate("token", lambda value: value + "er") == "older"


def test_another_key_or_another_name_opens_nothing(database: Database) -> None:
    _vault(database).put("token", "x")
    with pytest.raises(ConfigError, match="under another key"):
        _vault(database, b"o" * 32).get("token")
    box = SecretBox(b"k" * 32)
    with pytest.raises(ConfigError, match="under another key"):
        box.unseal("other", box.seal("token", "x"))


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    key_file = tmp_path / "secret.key"
    sealed = SecretBox.open(key_file).seal("token", "x")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert SecretBox.open(key_file).unseal("token", sealed) == "x"
    assert list(tmp_path.iterdir()) == [key_file]


def test_derived_keys_differ_by_purpose_and_last() -> None:
    box = SecretBox(b"k" * 32)
    assert box.derived_key("plans") == SecretBox(b"k" * 32).derived_key("plans")
    assert box.derived_key("plans") != box.derived_key("tombstones")
    assert len(box.derived_key("plans")) == 32


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (b"short", 0o600, "holds no key"),
        (b"\xff\xfe", 0o600, "holds no key"),
        (b"!" * 44, 0o600, "holds no key"),
        (b"x", 0o640, "open to other users"),
    ],
)
def test_a_bad_key_file_is_refused(
    tmp_path: Path, content: bytes, mode: int, message: str
) -> None:
    key_file = tmp_path / "secret.key"
    key_file.write_bytes(content)
    key_file.chmod(mode)
    with pytest.raises(ConfigError, match=message):
        SecretBox.open(key_file)
    assert key_file.read_bytes() == content


def test_a_key_file_without_a_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be used"):
        SecretBox.open(tmp_path / "absent" / "secret.key")
