"""Text cut where a reader sees a border: between characters, never inside of one.

What one sees as one character may be several code points: a letter and its accents, a family joined
of four emoji, a flag of two letters, a syllable of Hangul.
"""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_VIRAMA = 9  # the combining class of what joins the consonants of Indic scripts
# Letters that belong to the one before: the vowels AM of Thai and Lao, marks of half-width kana
_TRAILING = "\u0e33\u0eb3\uff9e\uff9f"


def cut(text: str, n_bytes: int) -> str:
    """The beginning of ``text`` that fits into ``n_bytes`` of UTF-8, in whole characters.

    Borders are those of Unicode's extended grapheme clusters (UAX #29), drawn by categories, which
    is all that Python knows of characters: never inside a cluster, and now and then not between
    two (a letter behind a joiner or a virama stays with it).
    """
    encoded = text.encode(errors="replace")
    if len(encoded) <= n_bytes:
        return text
    return text[: _border(text, len(encoded[: max(0, n_bytes)].decode(errors="ignore")))]


def shortened_to(text: str, n_characters: int) -> str:
    """``text``, or as much of it as ``n_characters`` code points hold with an ellipsis behind."""
    if len(text) <= n_characters:
        return text
    return text[: _border(text, n_characters - 1)].rstrip() + "…"


def shortened(text: str, n_bytes: int) -> str:
    """``text``, or as much of it as fits with an ellipsis behind; at least that ellipsis."""
    if len(text.encode(errors="replace")) <= n_bytes:
        return text
    return cut(text, n_bytes - len("…".encode())).rstrip() + "…"


def _border(text: str, at: int) -> int:
    """The last border up to there."""
    while 0 < at < len(text) and not _is_border(text, at):
        at -= 1
    return at


def _is_border(text: str, at: int) -> bool:
    """Whether a character ends before ``text[at]``."""
    before, after = text[at - 1], text[at]
    if _continues(after) or before == _JOINER or unicodedata.combining(before) == _VIRAMA:
        return False
    if before == "\r" and after == "\n":
        return False
    if _is_flag_letter(before) and _is_flag_letter(after):
        return _flag_letters_before(text, at) % 2 == 0
    return not _same_syllable(before, after)


def _continues(character: str) -> bool:
    """Whether it belongs to the character before it: marks, joiners, skin tones, tags."""
    return (
        unicodedata.category(character)[0] == "M"
        or character in _TRAILING
        or character in "\u200c\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_letters_before(text: str, at: int) -> int:
    count = 0
    while count < at and _is_flag_letter(text[at - count - 1]):
        count += 1
    return count


def _same_syllable(before: str, after: str) -> bool:
    """Whether two letters of Hangul are parts of one: heads come first, then vowels and tails."""
    if "\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb":
        return _is_head(before) or "\u1160" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7fb"
    return _is_head(before) and (_is_head(after) or "\uac00" <= after <= "\ud7a3")


def _is_head(letter: str) -> bool:
    return "\u1100" <= letter <= "\u115f" or "\ua960" <= letter <= "\ua97c"
