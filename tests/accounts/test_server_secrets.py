"""Server secrets: generated once, private, weak ones refused."""

from __future__ import annotations

import stat
import threading

import pytest
from pydantic import SecretStr

from backend.app.accounts.server_secrets import (
    check_key,
    check_secret,
    derived_key,
    secret_for,
    secrets_for,
)
from backend.app.errors import BadSettings

STRONG = "9f2c7b1e84d05a6fb3c1d97e60428aa5"


@pytest.mark.parametrize(
    "weak",
    ["", "   ", "change-me-please-this-is-not-a-secret-at-all", "x" * 64, "a1b2c3d4", "ab" * 32],
)
def test_guessable_secret_is_refused(weak, tmp_path):
    with pytest.raises(BadSettings) as caught:
        secret_for("jwt_secret", SecretStr(weak), tmp_path)
    assert "JWT_SECRET" in caught.value.message
    assert not weak.strip() or weak not in caught.value.message


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        (STRONG, None),
        (STRONG[:-1], "is shorter than 32 characters"),
        ("0123456789abcdef" * 2, None),
        ("01234567" * 4, None),
        ("0123456" * 5, "repeats too few characters"),
        (f"CHANGE-me-{STRONG}", "is a placeholder"),
    ],
)
def test_secret_needs_32_characters_8_of_them_different(secret: str, fault: str | None):
    if fault is None:
        check_secret("jwt_secret", secret)
        return
    with pytest.raises(BadSettings, match=f"JWT_SECRET {fault}"):
        check_secret("jwt_secret", secret)


PLACEHOLDERS = [
    *("(optional)", "(optional, for the language model)", "<your key>", "[key]", "{{KEY}}"),
    *("${OPENAI_API_KEY}", "%KEY%", "change-me", "changeme", "CHANGE_ME", "your-api-key"),
    *("your_openai_api_key_here", "sk-your-key", "xxx", "sk-xxxxxxxxxxxxxxxx", "...", "***"),
    *("sk-proj-xxxxxxxxxxxx", "placeholder", "todo", "insert-your-key", "Enter your key here"),
    *("YOUR_CLIENT_ID.apps.googleusercontent.com", "'<key>'", "replace with your key"),
]
# Servers on the same machine accept any key.
KEYS = [
    *("sk-proj-9f2c7b1e84d05a6fb3c1d97e60428aa5", "ollama", "x", "dummy", "not-needed", "EMPTY"),
    *("sk-no-key-required", "lm-studio", "secret", "mykey123", "GOCSPX-canary", STRONG),
    "123-abc.apps.googleusercontent.com",
]


@pytest.mark.parametrize("key", PLACEHOLDERS)
def test_placeholder_is_refused_as_key_in_one_sentence(key: str):
    with pytest.raises(BadSettings) as caught:
        check_key("openai_api_key", key)
    assert caught.value.message == "OPENAI_API_KEY is a placeholder."


@pytest.mark.parametrize("key", KEYS)
def test_any_other_key_is_accepted(key: str):
    check_key("openai_api_key", key)


def test_long_placeholder_is_refused_as_secret():
    with pytest.raises(BadSettings, match="JWT_SECRET is a placeholder"):
        check_secret("jwt_secret", "(optional: the output of openssl rand -hex 32)")


def test_every_one_of_several_secrets_is_checked(tmp_path):
    other = STRONG[::-1]
    both = secrets_for("token_key", SecretStr(f"{STRONG}, {other}"), tmp_path)
    assert both == (STRONG, other)
    with pytest.raises(BadSettings):
        secrets_for("token_key", SecretStr(f"{STRONG},short"), tmp_path)
    assert secrets_for("token_key", None, tmp_path) == (secret_for("token_key", None, tmp_path),)


def test_long_random_secret_is_accepted(tmp_path):
    check_secret("jwt_secret", STRONG)
    assert secret_for("jwt_secret", SecretStr(STRONG), tmp_path) == STRONG
    assert list(tmp_path.iterdir()) == []


def test_secret_is_generated_once_with_private_permissions(tmp_path):
    made = secret_for("jwt_secret", None, tmp_path / "secrets")
    assert secret_for("jwt_secret", None, tmp_path / "secrets") == made
    assert len(made) == 64
    (file,) = (tmp_path / "secrets").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_processes_starting_together_share_one_secret(tmp_path):
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


def test_emptied_secret_file_is_refused(tmp_path):
    (tmp_path / "jwt_secret").write_text("")
    with pytest.raises(BadSettings):
        secret_for("jwt_secret", None, tmp_path)


def test_derived_keys_differ_by_purpose():
    assert derived_key(STRONG, "links") != derived_key(STRONG, "cookies")
    assert len(derived_key(STRONG, "links")) == 32
