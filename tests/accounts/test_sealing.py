"""Encrypted secrets can be decrypted only for their owner and purpose."""

from __future__ import annotations

import pytest

from backend.app.accounts.sealing import BrokenSeal, Seal

OLD, NEW = "an old key 0123456789abcdef", "a new key fedcba9876543210"
SECRET = "1//a-refresh-token"


def sealed(*keys: str, user_id: str = "ada", purpose: str = "youtube") -> str:
    return Seal(keys).seal(SECRET, user_id=user_id, purpose=purpose)


def test_sealed_text_is_unreadable_and_opens_again() -> None:
    text = sealed(OLD)
    assert SECRET not in text
    assert Seal([OLD]).open(text, user_id="ada", purpose="youtube") == SECRET


def test_sealing_twice_gives_different_texts() -> None:
    assert sealed(OLD) != sealed(OLD)


@pytest.mark.parametrize(("user_id", "purpose"), [("bob", "youtube"), ("ada", "upload")])
def test_text_of_another_owner_or_purpose_does_not_open(user_id: str, purpose: str) -> None:
    with pytest.raises(BrokenSeal):
        Seal([OLD]).open(sealed(OLD), user_id=user_id, purpose=purpose)


@pytest.mark.parametrize("broken", ["", "nonsense", "sœur", sealed(OLD)[:-4], sealed(NEW)])
def test_text_of_an_unknown_key_does_not_open(broken: str) -> None:
    with pytest.raises(BrokenSeal):
        Seal([OLD]).open(broken, user_id="ada", purpose="youtube")


def test_altered_text_does_not_open() -> None:
    text = sealed(OLD)
    flipped = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]
    with pytest.raises(BrokenSeal):
        Seal([OLD]).open(flipped, user_id="ada", purpose="youtube")


def test_old_key_opens_until_reencrypted() -> None:
    text = sealed(OLD)
    both = Seal([NEW, OLD])
    assert both.open(text, user_id="ada", purpose="youtube") == SECRET
    renewed = both.reencrypt(text)
    assert renewed is not None
    assert Seal([NEW]).open(renewed, user_id="ada", purpose="youtube") == SECRET


def test_unreadable_text_is_not_reencrypted() -> None:
    assert Seal([NEW]).reencrypt(sealed(OLD)) is None
