"""Tempo maps: how an incoming track follows the outgoing one's beats, and goes home after."""

from __future__ import annotations

import numpy as np

from ..dsp.samples import SAMPLE_RATE
from .candidates import Candidate
from .deck import Grid, Times

Warp = tuple[tuple[int, int], ...]

STEADY_DEVIATION_S = 0.001
"""Where beats lie within a millisecond of a straight line, the line is the map."""

NO_STRETCH = 5e-5
"""A tempo nearer than this drifts 3 ms in a minute: the track is copied as it is."""

_STEPS = {1.0: (1, 1), 2.0: (1, 2), 0.5: (2, 1)}  # beats of the outgoing, of the incoming


def follow(
    candidate: Candidate, out: Grid, into: Grid, *, mix_start_s: float, return_bars: int
) -> Warp:
    """The warp of the incoming clip: its beats on the outgoing's, then home over some bars.

    Parameters
    ----------
    mix_start_s : where the overlap begins in the mix, in seconds
    return_bars : bars of the incoming track over which its own tempo comes back; 0: at once

    Returns
    -------
    Pairs of samples (track, mix), ascending; empty where the tempos are the same anyway.
    """
    sources, mixes = _overlap(candidate, out, into)
    mixes = mixes - mixes[0] + mix_start_s
    ratio = (sources[-1] - sources[0]) / (mixes[-1] - mixes[0])
    straight = len(sources) == 2
    if straight and abs(ratio - 1.0) < NO_STRETCH:
        return ()
    home_sources, home_mixes = _way_home(
        sources, mixes, into=into, ratio=_closing_ratio(sources, mixes), return_bars=return_bars
    )
    return _samples(np.append(sources, home_sources), np.append(mixes, home_mixes))


def _overlap(candidate: Candidate, out: Grid, into: Grid) -> tuple[Times, Times]:
    """Matching beats of both tracks, in seconds of each; two points where both run straight."""
    assert candidate.out_bar is not None and candidate.in_bar is not None
    beats = candidate.bars * out.beats_per_bar
    out_step, in_step = _STEPS[candidate.fold]
    out_first, in_first = out.downbeats[candidate.out_bar], into.downbeats[candidate.in_bar]
    count = beats // out_step
    mixes = out.beats_s[out_first : out_first + beats + 1 : out_step]
    sources = into.beats_s[in_first : in_first + count * in_step + 1 : in_step]
    n = min(len(mixes), len(sources))
    mixes, sources = mixes[:n], sources[:n]
    if _straight(mixes) and _straight(sources):
        return sources[[0, -1]], mixes[[0, -1]]
    return sources, mixes


def _straight(times: Times) -> bool:
    line = np.linspace(times[0], times[-1], len(times))
    return bool(np.abs(times - line).max() < STEADY_DEVIATION_S)


def _closing_ratio(sources: Times, mixes: Times) -> float:
    """The ratio in the last bar or so of the overlap."""
    back = min(5, len(sources))
    return float((sources[-1] - sources[-back]) / (mixes[-1] - mixes[-back]))


def _way_home(
    sources: Times, mixes: Times, *, into: Grid, ratio: float, return_bars: int
) -> tuple[Times, Times]:
    """One point a beat: the tempo moves in a straight line from ``ratio`` to 1."""
    beats = return_bars * into.beats_per_bar
    later = into.beats_s[into.beats_s > sources[-1] + 1e-6][:beats]
    if not len(later):
        return np.zeros(0), np.zeros(0)
    durations = np.diff(later, prepend=sources[-1])
    share = (np.arange(len(later)) + 0.5) / len(later)
    ratios = ratio + (1.0 - ratio) * share
    return later, mixes[-1] + np.cumsum(durations / ratios)


def _samples(sources: Times, mixes: Times) -> Warp:
    pairs = zip(np.rint(sources * SAMPLE_RATE), np.rint(mixes * SAMPLE_RATE), strict=True)
    return tuple((int(source), int(mix)) for source, mix in pairs)
