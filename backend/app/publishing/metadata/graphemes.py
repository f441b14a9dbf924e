"""Shorten text between grapheme clusters, the characters that readers see (UAX #29).

A cluster may be several code points: a letter with accents, a family of four joined emoji, a flag
of two letters, a syllable of Hangul.
"""

from __future__ import annotations

import regex

_CLUSTER = regex.compile(r"\X")


def cut(text: str, n_bytes: int) -> str:
    """Cut ``text`` to ``n_bytes`` of UTF-8 without cutting a cluster."""
    encoded = text.encode(errors="replace")
    if len(encoded) <= n_bytes:
        return text
    return text[: _border(text, len(encoded[: max(0, n_bytes)].decode(errors="ignore")))]


def shortened_to(text: str, n_characters: int) -> str:
    """Shorten ``text`` to ``n_characters`` code points, including an ellipsis."""
    if len(text) <= n_characters:
        return text
    return text[: _border(text, n_characters - 1)].rstrip() + "…"


def shortened(text: str, n_bytes: int) -> str:
    """Shorten ``text`` to ``n_bytes``, including an ellipsis; at least the ellipsis."""
    if len(text.encode(errors="replace")) <= n_bytes:
        return text
    return cut(text, n_bytes - len("…".encode())).rstrip() + "…"


def _border(text: str, at: int) -> int:
    """Return the last cluster boundary at or before ``at``.

    A boundary depends on the text before it and on one code point after it.
    """
    clusters: list[str] = _CLUSTER.findall(text, 0, at + 1)
    return at + 1 - len(clusters[-1])
