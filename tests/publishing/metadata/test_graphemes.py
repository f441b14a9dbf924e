"""Shortening text between grapheme clusters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.publishing.metadata.graphemes import cut, shortened, shortened_to

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
WHOLE = [
    FAMILY,
    "👍🏽",
    "❤\ufe0f\u200d🔥",
    "1\ufe0f\u20e3",
    "🇯🇵",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "e\u0301\u0323",
    "क्ष",
    "कि",
    "ก็",
    "นำ"[0] + "\u0e33",
    "한".encode().decode(),
    unicodedata.normalize("NFD", "한"),
    "カ\u3099",
    "ｶﾞ",
    "ש\u05c1\u05b8",
    "Z" + "\u0334" * 40,
    "\r\n",
]


@pytest.mark.parametrize("character", WHOLE, ids=ascii)
def test_cluster_is_never_split(character: str) -> None:
    text = character * 3
    size = len(character.encode())
    for n_bytes in range(len(text.encode()) + 1):
        assert cut(text, n_bytes) == character * (n_bytes // size)


@pytest.mark.parametrize("text", ["abc", "日本語", "🎧🌃✨", "한국어", "שלום", "🇯🇵🇰🇷🇩🇪"])
def test_text_is_cut_between_clusters(text: str) -> None:
    characters = [text[i : i + 2] for i in range(0, 6, 2)] if "🇯" in text else list(text)
    assert cut(text, len(text.encode()) - 1) == "".join(characters[:-1])


def test_joiner_joins_emoji_but_not_letters() -> None:
    assert cut("a\u200db", len("a\u200d".encode())) == "a\u200d"


def test_shortened_text_ends_with_an_ellipsis() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdef", 5) == "ab…"
    assert shortened("ab  ef", 5) == "ab…"
    assert shortened(FAMILY * 2, 12) == "…"


@pytest.mark.parametrize(
    ("text", "n_characters", "short"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abc def", 5, "abc…"),
        ("a" + FAMILY * 2, 9, f"a{FAMILY}…"),
    ],
)
def test_text_is_shortened_to_characters_with_the_ellipsis(
    text: str, n_characters: int, short: str
) -> None:
    assert shortened_to(text, n_characters) == short


@given(st.text(), st.integers(0, 40))
def test_cut_text_is_a_prefix_that_fits(text: str, n_bytes: int) -> None:
    kept = cut(text, n_bytes)
    assert text.startswith(kept)
    assert len(kept.encode()) <= n_bytes
    assert len(shortened(text, n_bytes).encode()) <= max(n_bytes, 3)
