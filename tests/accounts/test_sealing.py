"""What is sealed opens for its owner and purpose, under any of our keys, and for nobody else."""

from __future__ import annotations

import pytest

from backend.app.accounts.sealing import BrokenSeal, Seal

OLD, NEW = "an old key 0123456789abcdef", "a new key fedcba9876543210"
SECRET = "1//a-refresh-token"


def sealed(*keys: str, user_id: str = "ada", purpose: str = "youtube") -> str:
    return Seal(keys).seal(SECRET, user_id=user_id, purpose=purpose)


def test_what_is_sealed_is_not_to_be_read_and_opens_again() -> None:
    text = sealed(OLD)
    assert SECRET not in text
    assert Seal([OLD]).open(text, user_id="ada", purpose="youtube") == SECRET


def test_the_same_secret_is_never_sealed_the_same_twice() -> None:
    assert sealed(OLD) != sealed(OLD)


@pytest.mark.parametrize(("user_id", "purpose"), [("bob", "youtube"), ("ada", "upload")])
def test_a_text_moved_to_another_row_is_worthless(user_id: str, purpose: str) -> None:
    with pytest.raises(BrokenSeal):
        Seal([OLD]).open(sealed(OLD), user_id=user_id, purpose=purpose)


@pytest.mark.parametrize("broken", ["", "nonsense", "sœur", sealed(OLD)[:-4], sealed(NEW)])
def test_what_none_of_our_keys_made_does_not_open(broken: str) -> None:
    with pytest.raises(BrokenSeal):
        Seal([OLD]).open(broken, user_id="ada", purpose="youtube")


def test_a_flipped_character_does_not_open() -> None:
    text = sealed(OLD)
    flipped = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]
    with pytest.raises(BrokenSeal):
        Seal([OLD]).open(flipped, user_id="ada", purpose="youtube")


def test_an_old_key_opens_until_all_is_sealed_anew() -> None:
    text = sealed(OLD)
    both = Seal([NEW, OLD])
    assert both.open(text, user_id="ada", purpose="youtube") == SECRET
    renewed = both.renewed(text)
    assert renewed is not None
    assert Seal([NEW]).open(renewed, user_id="ada", purpose="youtube") == SECRET


def test_what_no_key_opens_is_not_renewed() -> None:
    assert Seal([NEW]).renewed(sealed(OLD)) is None
