"""Placeholders that a language model writes for a mix's names and figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import category

from ..graphemes import shortened_to
from ..languages import length
from ..template_context import MixFacts

MAX_TRACKS = 80  # about 3,000 tokens; enough to describe a set of 500 tracks
_NAME_CHARS = 120
_PLACEHOLDER = re.compile(r"\{\s*([^\W\d_]+)\s*(\d{0,4})\s*\}")


def placeholder_values(facts: MixFacts) -> dict[str, str]:
    """Map placeholders such as ``track 3`` to their values; unknown facts have none."""
    values = {
        "title": facts.title,
        "length": length(facts.language, facts.duration_s) if facts.duration_s >= 1.0 else "",
        "tracks": str(facts.n_tracks or ""),
        "tempo": facts.tempo,
        "genre": facts.genre,
    }
    for number, one in enumerate(facts.chapters[:MAX_TRACKS], 1):
        values |= {f"track {number}": one.track or one.title, f"artist {number}": one.artist}
    return {name: spelt for name, value in values.items() if (spelt := one_line(value))}


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Replace known placeholders by their values; others keep their braces."""
    return _PLACEHOLDER.sub(lambda found: values.get(_name(found), found[0]), text)


def _name(found: re.Match[str]) -> str:
    word, number = found[1].lower(), found[2]
    return f"{word} {int(number)}" if number else word


def one_line(text: str) -> str:
    """Write a name on one line, without control and invisible characters but joiners."""
    kept = (c if category(c)[0] != "C" or c in "\u200c\u200d" else " " for c in text)
    return shortened_to(" ".join("".join(kept).split()), _NAME_CHARS)
