from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.publishing.graphemes import cut, shortened

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
def test_what_one_sees_as_one_character_is_never_cut(character: str) -> None:
    text = character * 3
    size = len(character.encode())
    for n_bytes in range(len(text.encode()) + 1):
        assert cut(text, n_bytes) == character * (n_bytes // size)


@pytest.mark.parametrize("text", ["abc", "日本語", "🎧🌃✨", "한국어", "שלום", "🇯🇵🇰🇷🇩🇪"])
def test_between_characters_is_a_border(text: str) -> None:
    characters = [text[i : i + 2] for i in range(0, 6, 2)] if "🇯" in text else list(text)
    assert cut(text, len(text.encode()) - 1) == "".join(characters[:-1])


def test_what_is_left_out_is_told_by_an_ellipsis() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdef", 5) == "ab…"
    assert shortened("ab  ef", 5) == "ab…"
    assert shortened(FAMILY * 2, 12) == "…"


@given(st.text(), st.integers(0, 40))
def test_what_is_cut_is_a_beginning_that_fits(text: str, n_bytes: int) -> None:
    kept = cut(text, n_bytes)
    assert text.startswith(kept)
    assert len(kept.encode()) <= n_bytes
    assert len(shortened(text, n_bytes).encode()) <= max(n_bytes, 3)
