"""Secrets come from where the connection says, and only the vault is written."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from connector.kit.errors import ConfigError
from connector.runtime.instance import Instance
from connector.runtime.secrets import Secrets, secret_place

ENVIRONMENT = {"LMS_TOKEN": "from-environment", "EMPTY": ""}


def secrets(instance: Instance, **references: str) -> Secrets:
    return Secrets("lms", references, instance.vault, ENVIRONMENT)


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("keyring")
    held = {("lms", "ada"): "from-keyring"}
    module.get_password = lambda *place: held.get(place)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)


def test_a_secret_of_the_environment(instance: Instance) -> None:
    assert secrets(instance, token="env:LMS_TOKEN").get("token") == "from-environment"


def test_a_secret_of_a_file_without_its_line_end(
    instance: Instance, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    path.write_text("from-file\n", encoding="utf-8")
    assert secrets(instance, token=f"file:{path}").get("token") == "from-file"


@pytest.mark.usefixtures("keyring")
def test_a_secret_of_the_keyring(instance: Instance) -> None:
    assert secrets(instance, token="keyring:lms/ada").get("token") == "from-keyring"


def test_a_secret_of_the_vault_by_its_usual_and_by_another_name(
    instance: Instance,
) -> None:
    instance.vault.put("lms.token", "usual")
    instance.vault.put("shared", "other")
    assert secrets(instance).get("token") == "usual"
    assert secrets(instance, token="vault:shared").get("token") == "other"


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("env:MISSING", "is not in $MISSING"),
        ("env:EMPTY", "is not in $EMPTY"),
        ("file:/nowhere/token", "cannot be read from /nowhere/token: No such file"),
        ("keyring:lms/nobody", "is not in the keyring"),
        ("vault:nothing", "is not in the vault"),
        ("plain-secret", "names no place"),
        ("env:", "names no place"),
        ("ftp:x", "names no place"),
    ],
)
def test_a_secret_that_is_not_there(
    instance: Instance, reference: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        secrets(instance, token=reference).get("token")
    assert "the secret token of connection lms" in caught.value.message
    assert said in caught.value.message
    assert caught.value.hint
    assert "plain-secret" not in str(caught.value.as_json())


def test_a_secret_file_that_is_no_text(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="it is not UTF-8 text"):
        secrets(instance, token=f"file:{tmp_path / 'token'}").get("token")


def test_a_keyring_that_is_not_installed(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match="in the keyring, which is not installed"):
        secrets(instance, token="keyring:lms/ada").get("token")


def test_a_secret_that_is_not_in_the_vault_says_how_to_store_it(
    instance: Instance,
) -> None:
    with pytest.raises(ConfigError) as caught:
        secrets(instance).get("token")
    assert "jobframe config secret lms token" in caught.value.hint


def test_a_rotated_secret_of_the_vault_replaces_the_old_one(
    instance: Instance,
) -> None:
    instance.vault.put("lms.token", "one")
    assert secrets(instance).rotate("token", lambda old: f"{old}+") == "one+"
    assert secrets(instance).get("token") == "one+"


def test_a_rotated_secret_from_elsewhere_lives_on_in_the_vault(
    instance: Instance,
) -> None:
    source = secrets(instance, token="env:LMS_TOKEN")
    assert source.rotate("token", lambda old: f"{old}+") == "from-environment+"
    assert source.rotate("token", lambda old: f"{old}+") == "from-environment++"
    assert source.get("token") == "from-environment++"
    assert ENVIRONMENT["LMS_TOKEN"] == "from-environment"


def test_another_first_value_begins_anew(instance: Instance) -> None:
    secrets(instance, token="env:LMS_TOKEN").rotate("token", lambda old: f"{old}+")
    renewed = Secrets("lms", {"token": "env:T"}, instance.vault, {"T": "new"})
    assert renewed.get("token") == "new"


def test_without_a_reference_the_vault_is_meant() -> None:
    assert secret_place("lms", "token", {}) == ("vault", "lms.token")
