"""What a person puts right of an analysis, and what follows from it."""

from __future__ import annotations

import numpy as np

from ..contract.analysis import GridFix, Harmony, Rhythm, Section, TrackAnalysis
from .bars import Floats, bar_edges_s
from .cues import cues_of
from .sections import labelled

HEARD_BY_A_PERSON = 1.0


def with_fix(analysis: TrackAnalysis, fix: GridFix) -> TrackAnalysis:
    """The analysis with a fix applied to it, and with all that depends on the grid redone.

    ``analysis`` is what was heard, without any fix: fixes do not add up.
    """
    rhythm = _fixed_rhythm(analysis, fix)
    energy = _energy_on(rhythm, analysis)
    sections = _sections_on(rhythm, analysis, energy)
    cue_ins, cue_outs = cues_of(
        rhythm,
        sections,
        energy,
        analysis.vocals,
        analysis.music_start_s,
        analysis.music_end_s,
    )
    key = Harmony(key=fix.key, confidence=HEARD_BY_A_PERSON) if fix.key else analysis.harmony
    return analysis.model_copy(
        update={
            "rhythm": rhythm,
            "harmony": key,
            "energy": energy,
            "sections": sections,
            "cue_ins": cue_ins,
            "cue_outs": cue_outs,
            "manual": fix,
        }
    )


def _fixed_rhythm(analysis: TrackAnalysis, fix: GridFix) -> Rhythm:
    heard = analysis.rhythm
    rhythm = _doubled(heard) if fix.tempo == "double" else heard
    rhythm = _halved(heard) if fix.tempo == "half" else rhythm
    if fix.tempo_bpm is not None:
        rhythm = _laid(rhythm, fix.tempo_bpm, analysis)
    rhythm = _shifted(rhythm, fix.shift_beats, analysis.duration_s)
    if fix.downbeat_s is not None or fix.beats_per_bar is not None:
        rhythm = _barred(rhythm, fix.downbeat_s, fix.beats_per_bar or rhythm.beats_per_bar)
    return _phrased_as(rhythm, heard)


def _doubled(rhythm: Rhythm) -> Rhythm:
    """A beat between any two; each bar becomes two."""
    beats = np.asarray(rhythm.beats_s)
    if len(beats) < 2:
        return rhythm
    doubled = np.empty(2 * len(beats) - 1)
    doubled[::2], doubled[1::2] = beats, (beats[1:] + beats[:-1]) / 2.0
    return _with_bars(rhythm, doubled, 2 * _anchor(rhythm), tempo_bpm=2.0 * rhythm.tempo_bpm)


def _halved(rhythm: Rhythm) -> Rhythm:
    """Every other beat; two bars become one, the first of a phrase the first of the two."""
    anchor = _anchor(rhythm)
    beats = np.asarray(rhythm.beats_s)[anchor % 2 :: 2]
    return _with_bars(rhythm, beats, anchor // 2, tempo_bpm=rhythm.tempo_bpm / 2.0)


def _anchor(rhythm: Rhythm) -> int:
    """The beat that begins a phrase, or the first one that begins a bar."""
    if not rhythm.downbeats:
        return 0
    return rhythm.downbeats[
        rhythm.phrase_start if rhythm.phrase_start < len(rhythm.downbeats) else 0
    ]


def _laid(rhythm: Rhythm, tempo_bpm: float, analysis: TrackAnalysis) -> Rhythm:
    """A steady grid through the first downbeat, over all of the track."""
    anchor_s = analysis.music_start_s
    if rhythm.downbeats:
        anchor_s = rhythm.beats_s[rhythm.downbeats[0]]
    elif rhythm.beats_s:
        anchor_s = rhythm.beats_s[0]
    period_s = 60.0 / tempo_bpm
    before = int(anchor_s / period_s + 1e-9)
    after = int(max(analysis.duration_s - anchor_s, 0.0) / period_s + 1e-9)
    beats = anchor_s + np.arange(-before, after + 1) * period_s
    laid = _with_bars(rhythm, np.maximum(beats, 0.0), before, tempo_bpm=tempo_bpm)
    return laid.model_copy(update={"steady": True, "confidence": HEARD_BY_A_PERSON})


def _shifted(rhythm: Rhythm, shift_beats: float, duration_s: float) -> Rhythm:
    """All beats moved by a share of the beats they lie between; what leaves the track is gone."""
    beats = np.asarray(rhythm.beats_s)
    if shift_beats == 0.0 or len(beats) < 2:
        return rhythm
    at = np.arange(len(beats)) + shift_beats
    moved = np.interp(at, np.arange(len(beats)), beats)
    # Past the ends the grid goes on as it does next to them.
    moved = np.where(at < 0, beats[0] + at * (beats[1] - beats[0]), moved)
    past = at - (len(beats) - 1)
    moved = np.where(past > 0, beats[-1] + past * (beats[-1] - beats[-2]), moved)
    inside = np.flatnonzero((moved >= 0.0) & (moved <= duration_s))
    if not len(inside):
        return rhythm
    gone = int(inside[0])
    downbeats = [d - gone for d in rhythm.downbeats if gone <= d <= inside[-1]]
    return rhythm.model_copy(update={"beats_s": moved[inside].tolist(), "downbeats": downbeats})


def _barred(rhythm: Rhythm, downbeat_s: float | None, beats_per_bar: int) -> Rhythm:
    """Bars of so many beats through the beat nearest to ``downbeat_s``, or the first downbeat."""
    beats = np.asarray(rhythm.beats_s)
    first = rhythm.downbeats[0] if rhythm.downbeats else 0
    if downbeat_s is not None and len(beats):
        first = int(np.argmin(np.abs(beats - downbeat_s)))
    barred = rhythm.model_copy(
        update={"beats_per_bar": beats_per_bar, "downbeat_confidence": HEARD_BY_A_PERSON}
    )
    return _with_bars(barred, beats, first, tempo_bpm=rhythm.tempo_bpm)


def _with_bars(rhythm: Rhythm, beats: Floats, downbeat: int, *, tempo_bpm: float) -> Rhythm:
    """These beats, with bars counted both ways from one downbeat."""
    first = downbeat % rhythm.beats_per_bar
    return rhythm.model_copy(
        update={
            "tempo_bpm": tempo_bpm,
            "beats_s": beats.tolist(),
            "downbeats": list(range(first, len(beats), rhythm.beats_per_bar)),
        }
    )


def _phrased_as(rhythm: Rhythm, heard: Rhythm) -> Rhythm:
    """Phrases from the downbeat nearest to where one began as heard."""
    if not (rhythm.downbeats and heard.downbeats):
        return rhythm.model_copy(update={"phrase_start": 0})
    start_s = heard.beats_s[heard.downbeats[min(heard.phrase_start, len(heard.downbeats) - 1)]]
    starts_s = np.asarray(rhythm.beats_s)[rhythm.downbeats]
    return rhythm.model_copy(
        update={"phrase_start": int(np.argmin(np.abs(starts_s - start_s))) % rhythm.phrase_bars}
    )


def _energy_on(rhythm: Rhythm, analysis: TrackAnalysis) -> list[float]:
    """The energy of the new bars: the mean of what was heard while they last."""
    old_s, new_s = bar_edges_s(analysis.rhythm), bar_edges_s(rhythm)
    if len(new_s) < 2:
        return []
    if len(old_s) < 2 or not analysis.energy:
        return [1.0] * (len(new_s) - 1)
    total = np.concatenate([[0.0], np.cumsum(np.asarray(analysis.energy) * np.diff(old_s))])
    within = np.diff(np.interp(new_s, old_s, total))
    covered = np.diff(np.clip(new_s, old_s[0], old_s[-1]))
    nearest = np.searchsorted(old_s[1:-1], new_s[:-1], side="right")
    held = np.asarray(analysis.energy)[nearest]
    energy = np.where(covered > 1e-6, within / np.maximum(covered, 1e-6), held)
    return [round(float(value), 4) for value in np.clip(energy, 0.0, 1.0)]


def _sections_on(rhythm: Rhythm, analysis: TrackAnalysis, energy: list[float]) -> list[Section]:
    """The sections as heard, with their starts moved to the nearest downbeats."""
    edges_s = bar_edges_s(rhythm)
    if len(edges_s) < 2:
        return analysis.sections
    starts_s = [section.start_s for section in analysis.sections]
    nearest = {int(np.argmin(np.abs(edges_s[:-1] - start_s))) for start_s in starts_s}
    cuts = sorted({0, *nearest})
    starts = [float(edges_s[cut]) for cut in cuts]
    ends = [*starts[1:], max(analysis.music_end_s, starts[-1])]
    shares = np.add.reduceat(np.asarray(energy), cuts) / np.diff([*cuts, len(energy)])
    return labelled(starts, ends, [float(share) for share in shares])
