"""Score detected beats and bars on the stretches on which two other analysers agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .reference import AgreedStretch, Positions, Times

CLOSE_S, CLOSER_S = 0.050, 0.035
LEVELS = (1 / 3, 1 / 2, 2 / 3, 3 / 4, 1.0, 4 / 3, 3 / 2, 2.0, 3.0)
"""Tempo ratios of the detected beats to the reference that are named; the nearest is taken."""
ERROR_SHARE = 0.1  # a track has an error where more than a tenth of its beats have it


@dataclass(frozen=True, slots=True)
class Heard:
    """Beats and bars detected in a track, with the confidence in each beat and in its bar.

    ``bar_positions`` numbers the beats of a bar from 0; all arrays have one value a beat.
    """

    beats_s: Times
    bar_positions: Positions
    beats_per_bar: int
    beat_confidence: Times
    bar_confidence: Times
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class BeatVerdicts:
    """What was found at each of the compared beats of a stretch, one value a beat.

    The sparser grid's beats are compared, so that half or double time counts as right if its beats
    fall on beats. ``bar_known`` marks the beats whose bar can be compared: same metre, same tempo,
    consistent reference; ``bar_right`` those of them with the same number in the bar.
    """

    times_s: Times
    close: npt.NDArray[np.bool_]
    closer: npt.NDArray[np.bool_]
    half_off: npt.NDArray[np.bool_]
    bar_known: npt.NDArray[np.bool_]
    bar_right: npt.NDArray[np.bool_]
    beat_confidence: Times
    bar_confidence: Times
    level: float


@dataclass(frozen=True, slots=True)
class TrackScore:
    """Shares of a track's agreed beats; None where nothing can be compared.

    ``half_off`` counts beats found half a beat beside, ``bar_off`` those with another number in the
    bar. ``*_confidence`` are means; ``confidence_in_errors`` is the mean beat confidence where
    beats are not close, ``confidence_in_bar_errors`` the mean bar confidence where bars differ.
    """

    beats: int
    close: float | None
    closer: float | None
    half_off: float | None
    bar_off: float | None
    level: float | None
    beat_confidence: float | None
    bar_confidence: float | None
    confidence_in_errors: float | None
    confidence_in_bar_errors: float | None
    cpu_s: float

    @property
    def has_half_beat_error(self) -> bool:
        """Whether more than a tenth of the beats lie half a beat beside."""
        return self.half_off is not None and self.half_off > ERROR_SHARE

    @property
    def has_one_beat_error(self) -> bool:
        """Whether more than a tenth of the beats have another number in the bar."""
        return self.bar_off is not None and self.bar_off > ERROR_SHARE


def verdicts(stretch: AgreedStretch, heard: Heard) -> BeatVerdicts:
    """Compare the beats of a stretch; none is close if no beats were detected in it."""
    truth = stretch.beats_s
    inside = np.flatnonzero(
        (heard.beats_s > truth[0] - CLOSE_S) & (heard.beats_s < truth[-1] + CLOSE_S)
    )
    if len(inside) < 2:
        return _missed(truth)
    ratio = float(np.median(np.diff(truth)) / np.median(np.diff(heard.beats_s[inside])))
    level = min(LEVELS, key=lambda one: abs(np.log(ratio / one)))
    off_beats = (truth[1:] + truth[:-1]) / 2.0
    if level < 1.0:
        times_s = heard.beats_s[inside]
        distance, half = _distance(times_s, truth), _distance(times_s, off_beats)
        nearest = inside
    else:
        times_s = truth
        distance = _distance(truth, heard.beats_s)
        half = _distance(np.append(off_beats, off_beats[-1]), heard.beats_s)
        nearest = _nearest(truth, heard.beats_s)
    close = distance <= CLOSE_S
    known, right = _bars(stretch, heard, nearest, close, level)
    return BeatVerdicts(
        times_s=times_s,
        close=close,
        closer=distance <= CLOSER_S,
        half_off=~close & (half <= CLOSE_S),
        bar_known=known,
        bar_right=right,
        beat_confidence=heard.beat_confidence[nearest],
        bar_confidence=heard.bar_confidence[nearest],
        level=level,
    )


def _missed(truth: Times) -> BeatVerdicts:
    """Return the verdicts on a stretch in which no beats were detected, at confidence 0."""
    no, zero = np.zeros(len(truth), bool), np.zeros(len(truth))
    return BeatVerdicts(truth, no, no, no, no, no, zero, zero, level=0.0)


def _bars(
    stretch: AgreedStretch,
    heard: Heard,
    nearest: npt.NDArray[np.int64],
    close: npt.NDArray[np.bool_],
    level: float,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Mark beats whose place in the bar can be compared, and those at the same place."""
    nothing = np.zeros(len(close), bool)
    if level != 1.0 or heard.beats_per_bar != stretch.metre:
        return nothing, nothing
    known = close & (stretch.bar_positions >= 0)
    return known, known & (heard.bar_positions[nearest] == stretch.bar_positions)


def _nearest(times_s: Times, among_s: Times) -> npt.NDArray[np.int64]:
    """Return the index of the nearest of ``among_s`` for each time."""
    return np.asarray(np.abs(times_s[:, None] - among_s[None, :]).argmin(axis=1))


def _distance(times_s: Times, among_s: Times) -> Times:
    return np.asarray(np.abs(times_s - among_s[_nearest(times_s, among_s)]))


def score(stretches: Sequence[AgreedStretch], heard: Heard) -> TrackScore:
    """Score a track over all its agreed stretches."""
    found = [verdicts(stretch, heard) for stretch in stretches]
    close = _joined([one.close for one in found])
    known, right = (_joined([getattr(one, n) for one in found]) for n in ("bar_known", "bar_right"))
    beat = _joined([one.beat_confidence for one in found])
    bar = _joined([one.bar_confidence for one in found])
    return TrackScore(
        beats=len(close),
        close=_mean(close),
        closer=_mean(_joined([one.closer for one in found])),
        half_off=_mean(_joined([one.half_off for one in found])),
        bar_off=_mean(1.0 - right[known > 0.0]),
        level=found[0].level if found else None,
        beat_confidence=_mean(beat),
        bar_confidence=_mean(bar),
        confidence_in_errors=_mean(beat[close == 0.0]),
        confidence_in_bar_errors=_mean(bar[(known > 0.0) & (right == 0.0)]),
        cpu_s=heard.cpu_s,
    )


def _joined(parts: Sequence[npt.NDArray[np.bool_] | Times]) -> Times:
    return np.concatenate(parts).astype(float) if parts else np.zeros(0)


def _mean(values: Times) -> float | None:
    return float(np.mean(values)) if len(values) else None
