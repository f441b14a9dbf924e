"""Password hashing: strength and constant cost."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters

from backend.app.accounts import passwords
from backend.app.accounts.passwords import Passwords
from backend.app.store.accounts.google import NO_PASSWORD


def test_hashes_meet_the_owasp_minimum_for_argon2id():
    found = extract_parameters(Passwords().hash("correct horse"))
    assert found.type.name == "ID"
    assert found.memory_cost >= 19 * 1024
    assert found.time_cost >= 2


@pytest.fixture
def cheap(monkeypatch) -> Passwords:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.setattr(passwords, "PASSES", 1)
    return Passwords()


def test_only_the_right_password_matches(cheap):
    hashed = cheap.hash("correct horse")
    assert cheap.matches("correct horse", hashed)
    assert not cheap.matches("correct horsf", hashed)
    assert not cheap.matches("", hashed)


def test_missing_account_matches_no_password(cheap):
    assert not cheap.matches("", None)
    assert not cheap.matches("correct horse", None)


def test_account_without_password_matches_no_password(cheap, monkeypatch):
    assert not cheap.matches("", NO_PASSWORD)
    # No password matches the dummy hash, which is checked only to take equally long.
    monkeypatch.setattr(cheap, "_dummy_hash", cheap.hash("guessed"))
    assert not cheap.matches("guessed", NO_PASSWORD)


def test_malformed_hash_matches_nothing(cheap):
    assert not cheap.matches("correct horse", "not a hash")


@pytest.mark.parametrize("password", ["right", "wrong", "x" * 10_000_000])
@pytest.mark.parametrize("account", ["known", "unknown", "without a password"])
def test_every_check_hashes_once_and_at_most_the_length_limit(
    cheap, monkeypatch, password, account
):
    hashed = {"known": cheap.hash("right"), "unknown": None}.get(account, NO_PASSWORD)
    seen: list[str] = []
    verify = cheap._hasher.verify
    hasher = type("Counting", (), {"verify": lambda _, h, p: seen.append(p) or verify(h, p)})()
    monkeypatch.setattr(cheap, "_hasher", hasher)
    cheap.matches(password, hashed)
    assert len(seen) == 1
    assert len(seen[0]) <= passwords.MAX_LENGTH


def test_overlong_password_never_matches(cheap):
    assert not cheap.matches("x" * 2000, cheap.hash(""))


def test_password_of_the_maximum_length_matches(cheap):
    longest = "x" * 1024
    assert cheap.matches(longest, cheap.hash(longest))
