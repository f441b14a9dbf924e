"""The arrangement of each vibe: which parts follow each other, who plays in them, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..contract.mashups import SectionName, Vibe
from .mashup_cast import Role

Sung = Literal["verse", "hook"]
Move = Literal["opening", "rising", "thinned", "closing"]

PHRASES_BARS = (8, 4, 2)
"""Bars of a phrase; shorter ones only where the songs have no room for eight."""

SHORTEST_S, LONGEST_S = 150.0, 300.0
"""Two and a half to five minutes."""

MOST_HEARD = 2.0
"""How often the instruments' own bars may come by, on average: past that it is a loop."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the arrangement.

    Attributes
    ----------
    phrases : how long it is
    plays : who is heard
    sung : which of the voice's phrases; None where nobody sings
    moves : what is done to whom
    act : 0: the leading pair's half, 1: the guests'
    why : what it is there for
    """

    label: SectionName
    phrases: int
    plays: tuple[Role, ...]
    sung: Sung | None
    moves: tuple[tuple[Role, Move], ...]
    act: int
    why: str


def _intro(phrases: int, *plays: Role) -> Part:
    moves: tuple[tuple[Role, Move], ...] = (("harmony", "opening"), ("drums", "thinned"))
    return Part("intro", phrases, plays, None, moves, 0, "the filter opens on what is to come")


def _verse(phrases: int, *plays: Role, act: int = 0) -> Part:
    why = "the rest keeps out of its way"
    return Part("verse", phrases, plays, "verse", (), act, why)


def _build(phrases: int, *plays: Role, sung: Sung | None = "verse", act: int = 0) -> Part:
    moves: tuple[tuple[Role, Move], ...] = (("drums", "rising"), ("harmony", "rising"))
    why = "the lows drain away until the drop brings them back"
    return Part("build", phrases, plays, sung, moves, act, why)


def _drop(phrases: int, *plays: Role, act: int = 0) -> Part:
    why = "everybody plays, with the hook on top"
    return Part("drop", phrases, plays, "hook", (), act, why)


def _break(phrases: int, *plays: Role, act: int = 1) -> Part:
    return Part("break", phrases, plays, "verse", (), act, "the beat rests, the voice stands free")


def _outro(phrases: int, *plays: Role, act: int = 1) -> Part:
    moves: tuple[tuple[Role, Move], ...] = (("harmony", "closing"), ("drums", "closing"))
    return Part("outro", phrases, plays, None, moves, act, "it ends as it began")


_ALL: tuple[Role, ...] = ("drums", "bass", "harmony", "voice")

FORMS: dict[Vibe, tuple[Part, ...]] = {
    "energetic": (
        _intro(1, "drums", "harmony"),
        _verse(1, "drums", "bass", "voice"),
        _build(1, "drums", "harmony", "voice"),
        _drop(2, *_ALL),
        _break(1, "harmony", "voice"),
        _build(1, "drums", "harmony", sung=None, act=1),
        _drop(2, *_ALL, act=1),
        _outro(1, "drums", "bass", "harmony"),
    ),
    "upbeat": (
        _intro(1, "drums", "harmony"),
        _verse(2, "drums", "bass", "voice"),
        _build(1, "drums", "harmony", "voice"),
        _drop(2, *_ALL),
        _break(1, "harmony", "voice"),
        _build(1, "drums", "harmony", "voice", act=1),
        _drop(2, *_ALL, act=1),
        _outro(1, "drums", "bass", "harmony"),
    ),
    "dark": (
        _intro(2, "bass", "harmony"),
        _verse(2, "drums", "bass", "voice"),
        _build(1, "drums", "harmony", "voice"),
        _drop(2, *_ALL),
        _break(2, "bass", "voice"),
        _build(1, "drums", "harmony", sung=None, act=1),
        _drop(2, *_ALL, act=1),
        _outro(1, "bass", "harmony"),
    ),
    "chill": (
        _intro(1, "harmony"),
        _verse(2, "drums", "harmony", "voice"),
        _build(1, "drums", "harmony", "voice"),
        _drop(2, *_ALL),
        _break(2, "harmony", "voice"),
        _drop(2, *_ALL, act=1),
        _outro(2, "bass", "harmony"),
    ),
}

_GROWS: tuple[SectionName, ...] = ("drop", "verse", "break")
_SHRINKS: tuple[SectionName, ...] = ("break", "verse", "drop", "intro", "outro")


def form_of(vibe: Vibe, *, bar_s: float, band_bars: int) -> tuple[int, tuple[Part, ...]]:
    """The bars of a phrase, and the parts, as long as is sensible.

    Parameters
    ----------
    bar_s : how long a bar lasts
    band_bars : how many bars the instruments have to give
    """
    parts = FORMS[vibe]
    most = MOST_HEARD * band_bars
    phrase = next((n for n in PHRASES_BARS if n * _phrases(parts) <= most), PHRASES_BARS[-1])
    longest = min(LONGEST_S, most * bar_s)
    parts = _grown(parts, phrase * bar_s, longest)
    return phrase, _shrunk(parts, phrase * bar_s, longest)


def _phrases(parts: Sequence[Part]) -> int:
    return sum(part.phrases for part in parts)


def _grown(parts: tuple[Part, ...], phrase_s: float, longest_s: float) -> tuple[Part, ...]:
    """A phrase more where most happens, in turn, until it is long enough."""
    turn = 0
    while _phrases(parts) * phrase_s < SHORTEST_S:
        if (_phrases(parts) + 1) * phrase_s > longest_s:
            break
        growing = [i for i, part in enumerate(parts) if part.label in _GROWS]
        at = growing[turn % len(growing)]
        parts = _with_phrases(parts, at, parts[at].phrases + 1)
        turn += 1
    return parts


def _shrunk(parts: tuple[Part, ...], phrase_s: float, longest_s: float) -> tuple[Part, ...]:
    """A phrase less of what is longer than one; then parts of the second half less."""
    while _phrases(parts) * phrase_s > longest_s and len(parts) > 4:
        long = [i for i, part in enumerate(parts) if part.phrases > 1 and part.label in _SHRINKS]
        if long:
            at = min(long, key=lambda i: _SHRINKS.index(parts[i].label))
            parts = _with_phrases(parts, at, parts[at].phrases - 1)
        else:
            spare = [i for i, part in enumerate(parts) if part.act == 1 and part.label != "outro"]
            if not spare:
                break
            parts = tuple(part for i, part in enumerate(parts) if i != spare[0])
    return parts


def _with_phrases(parts: tuple[Part, ...], at: int, phrases: int) -> tuple[Part, ...]:
    changed = replace(parts[at], phrases=phrases)
    return (*parts[:at], changed, *parts[at + 1 :])
