"""The length of a mashup: the bars of a phrase, and parts that grow or shrink to fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...contract.mashups import SectionName, Vibe
from .vibe_arrangements import ARRANGEMENTS, Part

PHRASES_BARS = (8, 4, 2)  # bars of a phrase; fewer than eight only if the songs have no room
SHORTEST_S, LONGEST_S = 150.0, 300.0  # a mashup lasts two and a half to five minutes
MAX_REPEATS = 2.0  # average plays of each bar of the instruments: more sounds like a loop

_GROWS: tuple[SectionName, ...] = ("drop", "verse", "break")
_SHRINKS: tuple[SectionName, ...] = ("break", "verse", "drop", "intro", "outro")


def arrangement_of(vibe: Vibe, *, bar_s: float, band_bars: int) -> tuple[int, tuple[Part, ...]]:
    """Choose the bars of a phrase, and the parts.

    ``band_bars`` is the number of bars of the instruments, each of ``bar_s``.
    """
    parts = ARRANGEMENTS[vibe]
    most = MAX_REPEATS * band_bars
    phrase = next((n for n in PHRASES_BARS if n * _phrases(parts) <= most), PHRASES_BARS[-1])
    longest = min(LONGEST_S, most * bar_s)
    parts = _grown(parts, phrase * bar_s, longest)
    return phrase, _shrunk(parts, phrase * bar_s, longest)


def _phrases(parts: Sequence[Part]) -> int:
    return sum(part.phrases for part in parts)


def _grown(parts: tuple[Part, ...], phrase_s: float, longest_s: float) -> tuple[Part, ...]:
    """Lengthen drops, verses and breaks in turn until the arrangement is long enough."""
    turn = 0
    while _phrases(parts) * phrase_s < SHORTEST_S:
        if (_phrases(parts) + 1) * phrase_s > longest_s:
            break
        growing = [i for i, part in enumerate(parts) if part.label in _GROWS]
        parts = _with_phrases(parts, growing[turn % len(growing)], 1)
        turn += 1
    return parts


def _shrunk(parts: tuple[Part, ...], phrase_s: float, longest_s: float) -> tuple[Part, ...]:
    """Shorten parts of several phrases, then remove parts of the second half."""
    while _phrases(parts) * phrase_s > longest_s and len(parts) > 4:
        long = [i for i, part in enumerate(parts) if part.phrases > 1 and part.label in _SHRINKS]
        if long:
            at = min(long, key=lambda i: _SHRINKS.index(parts[i].label))
            parts = _with_phrases(parts, at, -1)
        else:
            spare = [i for i, part in enumerate(parts) if part.half == 1 and part.label != "outro"]
            if not spare:
                break
            parts = tuple(part for i, part in enumerate(parts) if i != spare[0])
    return parts


def _with_phrases(parts: tuple[Part, ...], at: int, added: int) -> tuple[Part, ...]:
    changed = replace(parts[at], phrases=parts[at].phrases + added)
    return (*parts[:at], changed, *parts[at + 1 :])
