"""Windows of eight bars of songs with known bars, as examples for the fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backend.app.analysis.rhythm.bar_path import (
    VOTING_BARS,
    bar_cues,
    bar_profiles,
    evidence,
)
from backend.app.analysis.rhythm.downbeats import beat_features
from backend.app.analysis.rhythm.onsets import Onsets, RhythmSpectra

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

UNKNOWN, ON_BEAT = -1, -2
"""Places of half beats of which nothing is known, or only that they are beats."""
LEAST_LABELLED = 12  # a window needs this many known beats
AGREEING = 0.9  # and this share of them must agree on where bars begin


@dataclass(frozen=True, slots=True)
class BarWindow:
    """Evidence of a window for each offset of bars, and the offsets that may be right.

    Two or more offsets may be right where only the beats are known.
    """

    song: str
    group: str
    evidence: Floats = field(repr=False)  # (2 * metre, n_cues)
    allowed: Bools = field(repr=False)  # (2 * metre,)


@dataclass(frozen=True, slots=True)
class LabelledSong:
    """Half beats of a song, with each one's place in its bar in half beats.

    ``places`` are :data:`UNKNOWN` or :data:`ON_BEAT` where a place is not known.
    """

    name: str
    group: str
    halves_s: Floats = field(repr=False)
    places: Places = field(repr=False)
    metre: int


def windows_of(song: LabelledSong, spectra: RhythmSpectra, relative: Onsets) -> Iterator[BarWindow]:
    """Cut a song into windows whose bars, or at least beats, are known."""
    features = beat_features(spectra, relative, song.halves_s)
    cues = bar_cues(features, song.metre)
    by_bar = evidence(bar_profiles(cues, song.metre), song.metre)
    for first in range(0, max(len(by_bar) - VOTING_BARS // 2, 1), VOTING_BARS):
        last = first + VOTING_BARS
        allowed = _allowed(song, first, min(last, len(by_bar)))
        if allowed is not None:
            yield BarWindow(song.name, song.group, by_bar[first:last].mean(axis=0), allowed)


def _allowed(song: LabelledSong, first_bar: int, last_bar: int) -> Bools | None:
    """Return the offsets at which bars may begin; None if too little is known."""
    bar = 2 * song.metre
    at = np.arange(first_bar * bar, last_bar * bar)
    place = song.places[at]
    beats = at[(place == ON_BEAT) | ((place >= 0) & (place % 2 == 0))]
    parity = np.bincount(beats % 2, minlength=2)
    if parity.sum() < LEAST_LABELLED or parity.max() < AGREEING * parity.sum():
        return None
    allowed = np.arange(bar) % 2 == parity.argmax()
    offsets = np.bincount((at - place)[place >= 0] % bar, minlength=bar)
    if offsets.sum() >= LEAST_LABELLED and offsets.max() >= AGREEING * offsets.sum():
        allowed &= np.arange(bar) == offsets.argmax()
    return np.asarray(allowed)
