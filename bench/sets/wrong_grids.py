"""Make analyses wrong in ways that an analyser may be wrong, to see whether joins are noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from backend.app.contract.analysis import Rhythm, TrackAnalysis
from backend.app.dj.deck import DeckTrack

Beats = npt.NDArray[np.float64]


def half_a_beat_late(rhythm: Rhythm) -> Rhythm:
    """Move every beat by half a beat."""
    beats = np.array(rhythm.beats_s)
    return _with_beats(rhythm, beats + 0.5 * _steps(beats))


def one_beat_late(rhythm: Rhythm) -> Rhythm:
    """Move every downbeat by one beat."""
    later = [beat + 1 for beat in rhythm.downbeats if beat + 1 < len(rhythm.beats_s)]
    return rhythm.model_copy(update={"downbeats": later})


def faster(rhythm: Rhythm, percent: float = 1.0) -> Rhythm:
    """Put the beats closer together, with the right first beat."""
    beats, speed = np.array(rhythm.beats_s), 1.0 + percent / 100.0
    quick = beats[0] + (beats - beats[0]) / speed
    more = np.arange(quick[-1], beats[-1], quick[-1] - quick[-2])[1:]
    changed = _with_beats(rhythm, np.append(quick, more))
    first = rhythm.downbeats[0] % rhythm.beats_per_bar
    downbeats = list(range(first, len(changed.beats_s), rhythm.beats_per_bar))
    update = {"downbeats": downbeats, "tempo_bpm": rhythm.tempo_bpm * speed}
    return changed.model_copy(update=update)


def slower(rhythm: Rhythm) -> Rhythm:
    """Put the beats one percent farther apart, with the right first beat."""
    return faster(rhythm, -1.0)


def right_at_first(rhythm: Rhythm) -> Rhythm:
    """Move the beats of the second half by half a beat."""
    beats = np.array(rhythm.beats_s)
    place = np.linspace(0.0, 1.0, len(beats))
    return _with_beats(rhythm, beats + np.interp(place, (0.4, 0.5), (0.0, 0.5)) * _steps(beats))


WRONG: dict[str, Callable[[Rhythm], Rhythm]] = {
    "half a beat": half_a_beat_late,
    "one beat": one_beat_late,
    "+1 %": faster,
    "-1 %": slower,
    "section": right_at_first,
}
"""``section`` is for outgoing tracks, whose joins lie in their second half."""


def with_rhythm(deck: DeckTrack, change: Callable[[Rhythm], Rhythm]) -> DeckTrack:
    """Copy a track with another rhythm."""
    assert deck.analysis is not None
    return replace(deck, analysis=changed(deck.analysis, change))


def changed(analysis: TrackAnalysis, change: Callable[[Rhythm], Rhythm]) -> TrackAnalysis:
    """Copy an analysis with another rhythm."""
    return analysis.model_copy(update={"rhythm": change(analysis.rhythm)})


def _steps(beats: Beats) -> Beats:
    return np.diff(beats, append=2.0 * beats[-1] - beats[-2])


def _with_beats(rhythm: Rhythm, beats: Beats) -> Rhythm:
    downbeats = [beat for beat in rhythm.downbeats if beat < len(beats)]
    return rhythm.model_copy(update={"beats_s": beats.tolist(), "downbeats": downbeats})
