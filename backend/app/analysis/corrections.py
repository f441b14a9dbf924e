"""Apply a user's corrections to an analysis, and recompute what depends on them."""

from __future__ import annotations

import numpy as np

from ..contract.analysis import GridFix, Rhythm, Section, TrackAnalysis
from .groove.corrected import grooves_on
from .rhythm.bar_edges import Floats, bar_edges_s
from .rhythm.grid_search import PART_BARS
from .rhythm.grid_stretches import GridPart, find_stretches, mean_confidence, part_bounds
from .structure.cues import find_cues
from .structure.sections import sections_at

MANUAL_CONFIDENCE = 1.0  # confidence of a key or grid that a user entered


def apply_correction(analysis: TrackAnalysis, fix: GridFix) -> TrackAnalysis:
    """Apply a correction; recompute energy, sections, cues and grooves on the new
    beat grid.

    ``analysis`` must be the uncorrected one: corrections replace each other.
    """
    rhythm = _corrected_rhythm(analysis, fix)
    energy = _energy_on(rhythm, analysis)
    sections = _sections_on(rhythm, analysis, energy)
    cue_ins, cue_outs = find_cues(
        rhythm,
        sections,
        energy,
        analysis.vocals,
        analysis.music_start_s,
        analysis.music_end_s,
    )
    harmony = analysis.harmony
    if fix.key:
        entered = {"key": fix.key, "confidence": MANUAL_CONFIDENCE, "sections": []}
        harmony = harmony.model_copy(update=entered)
    return analysis.model_copy(
        update={
            "rhythm": rhythm,
            "harmony": harmony,
            "energy": energy,
            "sections": sections,
            "cue_ins": cue_ins,
            "cue_outs": cue_outs,
            "grooves": grooves_on(rhythm, analysis.rhythm, analysis.grooves),
            "manual": fix,
        }
    )


def _corrected_rhythm(analysis: TrackAnalysis, fix: GridFix) -> Rhythm:
    measured = analysis.rhythm
    if fix.model_copy(update={"key": None}) == GridFix():
        return measured
    rhythm = _double_tempo(measured) if fix.tempo == "double" else measured
    rhythm = _halve_tempo(measured) if fix.tempo == "half" else rhythm
    if fix.tempo_bpm is not None:
        rhythm = _steady_grid(rhythm, fix.tempo_bpm, analysis)
    rhythm = _shift_beats(rhythm, fix.shift_beats, analysis.duration_s)
    if fix.downbeat_s is not None or fix.beats_per_bar is not None:
        rhythm = _set_bars(rhythm, fix.downbeat_s, fix.beats_per_bar or rhythm.beats_per_bar)
    rhythm = _keep_phrase_start(rhythm, measured)
    has_stretches = measured.stretches and len(rhythm.beats_s) > 1
    return _with_stretches(rhythm, measured, fix) if has_stretches else rhythm


def _with_stretches(rhythm: Rhythm, measured: Rhythm, fix: GridFix) -> Rhythm:
    """Divide the corrected grid into stretches.

    Beats that a user moved are certain, and so are bars that the user counted, or all of it if
    confirmed.
    """
    beats_s = np.asarray(rhythm.beats_s)
    moved = fix.tempo != "as_heard" or fix.tempo_bpm is not None or fix.shift_beats != 0.0
    counted = fix.downbeat_s is not None or fix.beats_per_bar is not None
    parts = []
    for first, last in part_bounds(beats_s, PART_BARS * rhythm.beats_per_bar):
        end_s = beats_s[min(last, len(beats_s) - 1)]
        before = measured.stretches_between(float(beats_s[first]), float(end_s))
        beats = (
            MANUAL_CONFIDENCE if moved or fix.confirmed else min(one.confidence for one in before)
        )
        bars = min(one.downbeat_confidence for one in before)
        bars = MANUAL_CONFIDENCE if counted or fix.confirmed else bars
        parts.append(GridPart(first, last, beats, bars))
    stretches = find_stretches(beats_s, parts)
    means = {
        name: mean_confidence([getattr(one, name) for one in stretches], stretches)
        for name in ("confidence", "downbeat_confidence")
    }
    return rhythm.model_copy(update={"stretches": stretches, **means})


def _double_tempo(rhythm: Rhythm) -> Rhythm:
    """Insert a beat between any two beats, so that each bar becomes two."""
    beats = np.asarray(rhythm.beats_s)
    if len(beats) < 2:
        return rhythm
    doubled = np.empty(2 * len(beats) - 1)
    doubled[::2], doubled[1::2] = beats, (beats[1:] + beats[:-1]) / 2.0
    return _with_bars(rhythm, doubled, 2 * _anchor(rhythm), tempo_bpm=2.0 * rhythm.tempo_bpm)


def _halve_tempo(rhythm: Rhythm) -> Rhythm:
    """Keep every other beat; two bars become one, beginning with a phrase's first bar."""
    anchor = _anchor(rhythm)
    beats = np.asarray(rhythm.beats_s)[anchor % 2 :: 2]
    return _with_bars(rhythm, beats, anchor // 2, tempo_bpm=rhythm.tempo_bpm / 2.0)


def _anchor(rhythm: Rhythm) -> int:
    """Return the index of a beat that begins a phrase, else of the first downbeat."""
    if not rhythm.downbeats:
        return 0
    return rhythm.downbeats[
        rhythm.phrase_start if rhythm.phrase_start < len(rhythm.downbeats) else 0
    ]


def _steady_grid(rhythm: Rhythm, tempo_bpm: float, analysis: TrackAnalysis) -> Rhythm:
    """Lay a steady beat grid through the first downbeat, over the whole track."""
    anchor_s = analysis.music_start_s
    if rhythm.downbeats:
        anchor_s = rhythm.beats_s[rhythm.downbeats[0]]
    elif rhythm.beats_s:
        anchor_s = rhythm.beats_s[0]
    period_s = 60.0 / tempo_bpm
    before = int(anchor_s / period_s + 1e-9)
    after = int(max(analysis.duration_s - anchor_s, 0.0) / period_s + 1e-9)
    beats = anchor_s + np.arange(-before, after + 1) * period_s
    steady = _with_bars(rhythm, np.maximum(beats, 0.0), before, tempo_bpm=tempo_bpm)
    return steady.model_copy(update={"steady": True, "confidence": MANUAL_CONFIDENCE})


def _shift_beats(rhythm: Rhythm, shift_beats: float, duration_s: float) -> Rhythm:
    """Move all beats by a fraction of a beat; remove those outside the track."""
    beats = np.asarray(rhythm.beats_s)
    if shift_beats == 0.0 or len(beats) < 2:
        return rhythm
    at = np.arange(len(beats)) + shift_beats
    moved = np.interp(at, np.arange(len(beats)), beats)
    # Beyond the ends, the grid continues with its first or last interval.
    moved = np.where(at < 0, beats[0] + at * (beats[1] - beats[0]), moved)
    past = at - (len(beats) - 1)
    moved = np.where(past > 0, beats[-1] + past * (beats[-1] - beats[-2]), moved)
    inside = np.flatnonzero((moved >= 0.0) & (moved <= duration_s))
    if not len(inside):
        return rhythm
    dropped = int(inside[0])
    downbeats = [d - dropped for d in rhythm.downbeats if dropped <= d <= inside[-1]]
    return rhythm.model_copy(update={"beats_s": moved[inside].tolist(), "downbeats": downbeats})


def _set_bars(rhythm: Rhythm, downbeat_s: float | None, beats_per_bar: int) -> Rhythm:
    """Count bars from the beat nearest to ``downbeat_s``, or from the first downbeat."""
    beats = np.asarray(rhythm.beats_s)
    first = rhythm.downbeats[0] if rhythm.downbeats else 0
    if downbeat_s is not None and len(beats):
        first = int(np.argmin(np.abs(beats - downbeat_s)))
    barred = rhythm.model_copy(
        update={"beats_per_bar": beats_per_bar, "downbeat_confidence": MANUAL_CONFIDENCE}
    )
    return _with_bars(barred, beats, first, tempo_bpm=rhythm.tempo_bpm)


def _with_bars(rhythm: Rhythm, beats: Floats, downbeat: int, *, tempo_bpm: float) -> Rhythm:
    """Set the beats, with bars counted in both directions from one downbeat."""
    first = downbeat % rhythm.beats_per_bar
    return rhythm.model_copy(
        update={
            "tempo_bpm": tempo_bpm,
            "beats_s": beats.tolist(),
            "downbeats": list(range(first, len(beats), rhythm.beats_per_bar)),
        }
    )


def _keep_phrase_start(rhythm: Rhythm, measured: Rhythm) -> Rhythm:
    """Begin phrases at the downbeat nearest to a measured phrase start."""
    if not (rhythm.downbeats and measured.downbeats):
        return rhythm.model_copy(update={"phrase_start": 0})
    first = min(measured.phrase_start, len(measured.downbeats) - 1)
    start_s = measured.beats_s[measured.downbeats[first]]
    starts_s = np.asarray(rhythm.beats_s)[rhythm.downbeats]
    return rhythm.model_copy(
        update={"phrase_start": int(np.argmin(np.abs(starts_s - start_s))) % rhythm.phrase_bars}
    )


def _energy_on(rhythm: Rhythm, analysis: TrackAnalysis) -> list[float]:
    """Average the measured energy over each new bar."""
    old_s, new_s = bar_edges_s(analysis.rhythm), bar_edges_s(rhythm)
    if len(new_s) < 2:
        return []
    if len(old_s) < 2 or not analysis.energy:
        return [1.0] * (len(new_s) - 1)
    total = np.concatenate([[0.0], np.cumsum(np.asarray(analysis.energy) * np.diff(old_s))])
    within = np.diff(np.interp(new_s, old_s, total))
    covered = np.diff(np.clip(new_s, old_s[0], old_s[-1]))
    nearest = np.searchsorted(old_s[1:-1], new_s[:-1], side="right")
    outside = np.asarray(analysis.energy)[nearest]
    energy = np.where(covered > 1e-6, within / np.maximum(covered, 1e-6), outside)
    return [round(float(value), 4) for value in np.clip(energy, 0.0, 1.0)]


def _sections_on(rhythm: Rhythm, analysis: TrackAnalysis, energy: list[float]) -> list[Section]:
    """Move the starts of the measured sections to the nearest downbeats."""
    edges_s = bar_edges_s(rhythm)
    if len(edges_s) < 2:
        return analysis.sections
    starts_s = [section.start_s for section in analysis.sections]
    nearest = {int(np.argmin(np.abs(edges_s[:-1] - start_s))) for start_s in starts_s}
    return sections_at(sorted({0, *nearest}), edges_s, energy, analysis.music_end_s)
