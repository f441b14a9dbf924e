"""Common passwords, and the account's own address, are refused as new passwords."""

from __future__ import annotations

import pytest

from backend.app.accounts.weak_passwords import refuse_weak
from backend.app.errors import WeakPassword

EMAIL = "dj.annabel@example.org"


@pytest.mark.parametrize(
    "password",
    ["password", "Password1", "12345678", "QWERTYUIOP", "iloveyou", "passw0rd", " sunshine "],
)
def test_common_password_is_refused_in_any_case(password: str) -> None:
    with pytest.raises(WeakPassword) as caught:
        refuse_weak(password, EMAIL)
    assert caught.value.message == "This is one of the most common passwords."
    assert caught.value.code == "weak_password"


@pytest.mark.parametrize("password", [EMAIL, "DJ.Annabel", "example.org", f" {EMAIL} "])
def test_own_address_or_part_of_it_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword, match="your email address"):
        refuse_weak(password, EMAIL)


@pytest.mark.parametrize(
    "password", ["correct horse", "another one", "dj.annabel plays", "hN7-kk2q", "annabel2"]
)
def test_other_password_is_accepted(password: str) -> None:
    refuse_weak(password, EMAIL)
