"""Email addresses have one spelling; odd characters are refused."""

from __future__ import annotations

import pytest

from backend.app.accounts.emails import normalised_email, spellings_of
from backend.app.errors import InvalidRequest


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ann@example.org", "ann@example.org"),
        (" Ann@Example.ORG\n", "ann@example.org"),
        ("\u3000ann@example.org\u3000", "ann@example.org"),  # an ideographic space
        ("ａｎｎ＠ｅｘａｍｐｌｅ．ｏｒｇ", "ann@example.org"),
        ("e\u0301ric@example.org", "éric@example.org"),
        ("ann@EXÄMPLE.de", "ann@exämple.de"),
        ("ann@xn--exmple-cua.de", "ann@exämple.de"),
        ("ann+mixes@example.org", "ann+mixes@example.org"),
        ("ann@nas.local", "ann@nas.local"),
        ("ann@segue.test", "ann@segue.test"),
    ],
)
def test_address_is_stored_in_one_spelling(typed: str, stored: str) -> None:
    assert normalised_email(typed) == stored
    assert normalised_email(stored) == stored


@pytest.mark.parametrize(
    "hidden",
    [
        *("\x00", "\x07", "\x7f", "\x85", "\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff"),
        *("\u202e", "\u2028", "\u115f", "\u3164", "\uffa0", "\u2800", "\ue000", "\ufe0f"),
    ],
)
@pytest.mark.parametrize("address", ["an{}n@example.org", "ann@exam{}ple.org"])
def test_invisible_and_control_characters_are_refused(address: str, hidden: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        normalised_email(address.format(hidden))
    assert caught.value.message == "This is not a valid email address."
    assert caught.value.hint


@pytest.mark.parametrize(
    "typed",
    [
        *("", "ann", "ann@", "@example.org", "ann@localhost", "a b@example.org", "a@b@c.org"),
        *("ann@example..org", "ann@example.org.", '"a b"@example.org', "ann@[127.0.0.1]"),
        f"{'a' * 250}@example.org",
    ],
)
def test_text_that_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidRequest):
        normalised_email(typed)


def test_earlier_spelling_comes_first() -> None:
    assert spellings_of(" ＡNN@example.org") == ("ａnn@example.org", "ann@example.org")
    assert spellings_of("ann@example.org") == ("ann@example.org",)
    assert spellings_of(" Bo\u200bb@example.org ") == ("bo\u200bb@example.org",)
