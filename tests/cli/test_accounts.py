"""The operator's commands for accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.accounts import passwords
from backend.app.cli.shell import main
from backend.app.settings import Settings
from backend.app.store.accounts.accounts import AccountStore
from backend.app.wiring.server_secrets import jwt_secret
from backend.app.wiring.sign_in import build_sign_in
from backend.app.wiring.stores import open_stores

PASSWORD = "correct horse battery"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A server's storage with two accounts, of which the first is admin."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.setattr(passwords, "PASSES", 1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORAGE_ROOT", str(tmp_path / "storage"))
    settings = Settings(_env_file=None)
    database = open_stores(settings).database
    accounts = build_sign_in(database, jwt_secret(settings)).accounts
    for name in ("ann", "bob"):
        accounts.register(f"{name}@example.org", PASSWORD)
    database.close()
    return settings


def test_account_becomes_admin(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accounts", "make-admin", " Bob@Example.org"]) == 0
    assert capsys.readouterr().out == "bob@example.org is an administrator now.\n"
    database = open_stores(settings).database
    found = AccountStore(database).password_hash("bob@example.org")
    database.close()
    assert found
    assert found[0].is_admin


def test_reset_link_sets_a_new_password(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["accounts", "reset-link", "ann@example.org"]) == 0
    said, link = capsys.readouterr().out.splitlines()
    assert said.startswith("ann@example.org can set a new password until ")
    database = open_stores(settings).database
    sign_in = build_sign_in(database, jwt_secret(settings))
    secret = link.removeprefix("http://localhost:8501/?reset=")
    sign_in.own_account.reset_password(secret, "a new sentence", address="")
    assert sign_in.accounts.sign_in("ann@example.org", "a new sentence", address="")
    database.close()


@pytest.mark.parametrize("task", ["make-admin", "reset-link"])
def test_unknown_address_ends_with_one_line(
    settings: Settings, capsys: pytest.CaptureFixture[str], task: str
) -> None:
    assert main(["accounts", task, "eve@example.org"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "No account has this email address. Check its spelling.\n"
