"""Secrets: made once and kept private, weak ones refused."""

from __future__ import annotations

import stat
import threading

import pytest
from pydantic import SecretStr

from backend.app.accounts.keys import check_secret, derived_key, secret_for
from backend.app.errors import BadSettings

STRONG = "9f2c7b1e84d05a6fb3c1d97e60428aa5"


@pytest.mark.parametrize(
    "weak",
    ["", "   ", "change-me-please-this-is-not-a-secret-at-all", "x" * 64, "a1b2c3d4", "ab" * 32],
)
def test_a_secret_that_could_be_guessed_is_refused(weak, tmp_path):
    with pytest.raises(BadSettings) as caught:
        secret_for("jwt_secret", SecretStr(weak), tmp_path)
    assert "JWT_SECRET" in caught.value.message
    assert not weak.strip() or weak not in caught.value.message


def test_a_long_random_secret_is_taken_as_it_is(tmp_path):
    check_secret("jwt_secret", STRONG)
    assert secret_for("jwt_secret", SecretStr(STRONG), tmp_path) == STRONG
    assert list(tmp_path.iterdir()) == []


def test_a_secret_is_made_at_first_start_and_kept_for_its_owner_only(tmp_path):
    made = secret_for("jwt_secret", None, tmp_path / "secrets")
    assert secret_for("jwt_secret", None, tmp_path / "secrets") == made
    assert len(made) == 64
    (file,) = (tmp_path / "secrets").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_one_secret(tmp_path):
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.append(secret_for("jwt_secret", None, tmp_path)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1


def test_a_kept_secret_that_was_emptied_is_refused(tmp_path):
    (tmp_path / "jwt_secret").write_text("")
    with pytest.raises(BadSettings):
        secret_for("jwt_secret", None, tmp_path)


def test_a_derived_key_is_good_for_one_purpose_only():
    assert derived_key(STRONG, "links") != derived_key(STRONG, "cookies")
    assert len(derived_key(STRONG, "links")) == 32
