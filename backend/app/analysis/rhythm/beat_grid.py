"""Place the beats exactly: on a straight grid for steady music, else nearly straight.

People hear a steady beat in spite of players' jitter. So beats are not placed on the attacks, but
on the smoothest grid that fits them: one line; a few lines, if the tempo changes at a bar; else a
curve.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..feature_rows import RowSource, spans
from .attacks import sums_around
from .onsets import FINE_RATE, Floats, loud, smooth

# The flux of a 46 ms window rises this long before the window's centre reaches the attack.
FRAME_LEAD_S = 0.009
# Attacks are searched this far from a beat. Clicks are found 1.5 ms early (the rise looks ahead),
# sampled drums 5 ms after the note's start: no constant corrects both.
REACH_S, SPREAD_S = 0.04, 0.02
MOST_PIECES, SHORTEST_PIECE, MOST_CUTS = 4, 16, 600
BEFORE_MS, AFTER_MS = 10, 5
SMOOTHED = 3  # `smooth` averages deviations over this many beats to either side
LONG = 2_000_000  # from this many rows on, half precision saves 40 MB for three hours
SPAN = 300_000  # number of 1 ms rows processed together: five minutes
# Steady beats deviate less than this from one line; people hardly notice less.
STEADY_WITHIN_S, EVEN_WITHIN_S = 0.012, 0.025

# Music begins 40 dB below its loud moments; its last attack rises by a seventh of a usual beat's
# rise.
SILENCE, FAINT, EDGE_S = 1e-4, 0.15, 0.06
# A last chord may ring for some seconds without a beat; longer sound counts as music.
RING_S, RINGING = 4.0, 3e-3


def attacks(fine: RowSource) -> Floats:
    """Measure how steeply the sound rises at each millisecond, ``(n_fine,)``, smoothed.

    The energy of the next 5 ms is compared with that of the last 10 ms, in the signal (where bass
    notes are prominent) and in its difference (where drums are).
    """
    pieces = list(spans(len(fine), SPAN))
    lengths = [stop - start for start, stop in pieces]
    usual = _mean([fine[start:stop].mean(axis=0) for start, stop in pieces], lengths)
    usual_after = _mean([_energies(fine, *piece)[1].mean(axis=0) for piece in pieces], lengths)
    precision: npt.DTypeLike = np.float64 if len(fine) < LONG else np.float32
    rise = np.empty(len(fine), precision)
    for start, stop in pieces:
        first, last = max(start - SMOOTHED, 0), min(stop + SMOOTHED, len(fine))
        sharp = _rise(*_energies(fine, first, last), usual, usual_after)
        rise[start:stop] = smooth(sharp, 1.0)[start - first : stop - first]
    return rise


def _energies(fine: RowSource, start: int, stop: int) -> tuple[Floats, Floats]:
    """Average the energy of the 10 ms before and the 5 ms after each millisecond."""
    first = max(start - BEFORE_MS, 0)
    before, after = sums_around(fine[first : stop + AFTER_MS], BEFORE_MS, AFTER_MS)
    inside = slice(start - first, stop - first)
    return before[inside] / BEFORE_MS, after[inside] / AFTER_MS


def _rise(before: Floats, after: Floats, usual: Floats, usual_after: Floats) -> Floats:
    floor = 1e-4 * usual + 1e-12
    loudness = np.sqrt(after / (usual_after + 1e-12))
    rise = np.maximum(np.log((after + floor) / (before + floor)), 0.0) * np.minimum(loudness, 4.0)
    return np.asarray(rise.sum(axis=1))


def _mean(means: list[Floats], lengths: list[int]) -> Floats:
    """Average means, weighted by the lengths that they stand for."""
    return means[0] if len(means) == 1 else np.average(means, axis=0, weights=lengths)


def place_beats(beats_s: Floats, fine: RowSource, *, even: bool) -> tuple[Floats, bool]:
    """Move approximate beats onto a grid that fits the attacks; drop beats in silence.

    ``even`` means that a pulse of one tempo fitted the onsets well; more deviation is then allowed
    before the grid stops being one line.

    Returns
    -------
    the beats in seconds, ascending, and whether they lie on one straight line
    """
    rise = attacks(fine)
    placed_s, steady = _placed(beats_s, rise, even)
    return _sounding(placed_s, rise, fine), steady


def _placed(beats_s: Floats, rise: Floats, even: bool) -> tuple[Floats, bool]:
    beats_s = beats_s + FRAME_LEAD_S
    beats_s = beats_s + _common_shift(beats_s, rise)
    found_s, weight = _strikes(beats_s, rise)
    index = np.arange(len(beats_s), dtype=float)
    line_s = _line(index, found_s, weight)
    within_s = EVEN_WITHIN_S if even else STEADY_WITHIN_S
    if _is_straight(index, found_s - line_s, weight, within_s):
        return _line(index, *_strikes(line_s, rise)), True
    curve_s, pieces_s = _curve(index, found_s, weight), _pieces(index, found_s, weight)
    # A curve also fits some noise, so lines that fit nearly as well are preferred.
    straight = _stray(found_s - pieces_s, weight) < 1.2 * _stray(found_s - curve_s, weight)
    return (pieces_s if straight else curve_s), False


def _is_straight(index: Floats, off_s: Floats, weight: Floats, within_s: float) -> bool:
    """Whether a line fits the beats; weak attacks, in breaks and fades, weigh little."""
    if len(index) < SHORTEST_PIECE:
        return True
    wander = np.abs(_curve(index, off_s, weight, 12.0))
    return bool(weight[wander > within_s].sum() < 0.03 * weight.sum())


def _common_shift(beats_s: Floats, rise: Floats) -> float:
    """Find the shift of all beats at which they best meet the attacks."""
    reach = int(REACH_S * FINE_RATE)
    profile = smooth(_around(beats_s, rise, reach).mean(axis=0), 2.0)
    return float((int(profile.argmax()) - reach) / FINE_RATE)


def _strikes(beats_s: Floats, rise: Floats) -> tuple[Floats, Floats]:
    """Find the attack nearest to each beat, and how clear it is."""
    reach = int(REACH_S * FINE_RATE)
    offsets = np.arange(-reach, reach + 1) / FINE_RATE
    likely = _around(beats_s, rise, reach) * np.exp(-0.5 * (offsets / SPREAD_S) ** 2)
    best = likely.argmax(axis=1)
    clear = likely[np.arange(len(beats_s)), best]
    whole = np.round(beats_s * FINE_RATE) / FINE_RATE
    return whole + offsets[best], clear / max(float(np.percentile(clear, 90)), 1e-9)


def _around(beats_s: Floats, rise: Floats, reach: int) -> Floats:
    middle = np.clip(np.round(beats_s * FINE_RATE).astype(int), 0, len(rise))
    at = middle[:, None] + np.arange(-reach, reach + 1)
    return np.where((at >= 0) & (at < len(rise)), rise.take(at, mode="clip"), 0.0)


def _line(index: Floats, times_s: Floats, weight: Floats) -> Floats:
    """Fit a straight line, robust to outliers (iteratively reweighted, Tukey's biweight)."""
    trust = weight.copy()
    fitted = times_s
    for _ in range(12):
        w = trust / max(float(trust.sum()), 1e-12)
        i0, t0 = float(w @ index), float(w @ times_s)
        slope = float(w @ ((index - i0) * (times_s - t0))) / max(
            float(w @ (index - i0) ** 2), 1e-12
        )
        fitted = t0 + slope * (index - i0)
        off = times_s - fitted
        scale = max(4.7 * 1.48 * _stray(off, weight), 0.004)
        trust = weight * np.maximum(1.0 - (off / scale) ** 2, 0.0) ** 2
    return fitted


def _stray(off_s: Floats, weight: Floats) -> float:
    """Return the weighted median of the absolute deviations."""
    order = np.argsort(np.abs(off_s))
    total = np.cumsum(weight[order])
    return float(np.abs(off_s)[order][np.searchsorted(total, 0.5 * total[-1])])


def _curve(index: Floats, times_s: Floats, weight: Floats, width: float = 4.0) -> Floats:
    """Fit a local quadratic regression over about ``width`` beats to either side."""
    near = np.arange(-int(3 * width), int(3 * width) + 1)
    kernel = np.exp(-0.5 * (near / width) ** 2)
    base = _line(index, times_s, weight) if len(index) > 8 else times_s
    off = times_s - base
    for _ in range(3):
        moments = [_slid(weight, kernel * near**p) for p in range(5)]
        sums = [_slid(weight * off, kernel * near**p) for p in range(3)]
        normal = np.array([[moments[p + q] for q in range(3)] for p in range(3)])
        normal = normal.transpose(2, 0, 1) + 1e-6 * np.diag([1.0, width**2, width**4])
        fit = np.linalg.solve(normal, np.array(sums).T[:, :, None])[:, 0, 0]
        left = times_s - base - fit
        scale = max(4.7 * 1.48 * _stray(left, weight), 0.004)
        trust = np.maximum(1.0 - (left / scale) ** 2, 0.0) ** 2
        off = fit + trust * left
    return np.asarray(base + fit)


def _slid(values: Floats, kernel: Floats) -> Floats:
    """Sum ``kernel[j] * values[i + j]``, with j from minus to plus half the kernel."""
    half = len(kernel) // 2
    return np.asarray(np.convolve(values, kernel[::-1])[half : half + len(values)])


def _pieces(index: Floats, times_s: Floats, weight: Floats) -> Floats:
    """Fit up to ``MOST_PIECES`` straight lines with the least squared error.

    At most ``MOST_CUTS`` cut positions are tried, so that hours of music fit into memory.
    """
    n = len(index)
    stops = np.unique(np.round(np.linspace(0, n, min(n, MOST_CUTS) + 1)).astype(int))
    sums = [np.concatenate([[0.0], np.cumsum(weight * v)]) for v in _powers(index, times_s)]
    starts, ends = np.meshgrid(stops[:-1], stops[1:], indexing="ij")
    w, x, y, xx, xy, yy = (s[ends] - s[starts] for s in sums)
    w = np.maximum(w, 1e-9)
    spread = np.maximum(xx - x * x / w, 1e-9)
    cost = (yy - y * y / w) - (xy - x * y / w) ** 2 / spread
    cost = np.where(ends - starts >= SHORTEST_PIECE, np.maximum(cost, 0.0), np.inf)
    penalty = 3.0 * np.log(n) * _noise(times_s, weight)
    best, cut = cost[0] + penalty, [np.zeros(len(stops) - 1, int)]
    options = [best[-1]]
    for _ in range(1, MOST_PIECES):
        through = best[:-1, None] + cost[1:, :] + penalty
        cut.append(through.argmin(axis=0) + 1)
        best = through.min(axis=0)
        options.append(best[-1])
    bounds = [len(stops) - 1]
    for last in cut[: int(np.argmin(options)) + 1][::-1]:
        bounds.append(int(last[bounds[-1] - 1]))
    placed = np.empty(n)
    for start, end in pairwise(stops[bounds[::-1]]):
        piece = slice(start, end)
        placed[piece] = _line(index[piece], times_s[piece], weight[piece])
    return placed


def _powers(index: Floats, times_s: Floats) -> tuple[Floats, ...]:
    # Times are centred, so that sums of squares keep their precision.
    slope = (times_s[-1] - times_s[0]) / max(len(index) - 1, 1)
    off = times_s - times_s[0] - slope * index
    x = index - index.mean()
    return np.ones(len(index)), x, off, x * x, x * off, off * off


def _noise(times_s: Floats, weight: Floats) -> float:
    """Estimate the variance of single attacks from second differences, which cancel the tempo."""
    bends = np.diff(times_s, 2)
    return float((1.48 * np.median(np.abs(bends))) ** 2 / 6.0 * np.mean(weight) + 1e-7)


def _levels(fine: RowSource) -> npt.NDArray[np.float32]:
    """Smooth the energy of the signal over 10 ms."""
    level = np.empty(len(fine), np.float32)
    for start, stop in spans(len(fine), SPAN):
        first = max(start - 10 * SMOOTHED, 0)
        energy = fine[first : stop + 10 * SMOOTHED][:, 0].astype(float)
        level[start:stop] = smooth(energy, 10.0)[start - first : stop - first]
    return level


def _last(found: npt.NDArray[np.bool_]) -> int:
    """The index of the last true value, found without listing all of them.

    Such a list takes 90 MB for three hours.
    """
    return len(found) - 1 - int(found[::-1].argmax())


def _sounding(beats_s: Floats, rise: Floats, fine: RowSource) -> Floats:
    """Keep the beats between the start of the music and its last attack."""
    level = _levels(fine)
    usual_level = loud(level, 95.0)
    sounding = level > SILENCE * usual_level
    usual_rise = loud(_around(beats_s, rise, int(REACH_S * FINE_RATE)).max(axis=1), 50.0)
    struck = sounding & (rise > FAINT * usual_rise)
    if not struck.any():
        return beats_s[:0]
    first_s = int(sounding.argmax()) / FINE_RATE
    last_s = _last(struck) / FINE_RATE
    sounds_s = _last(level > RINGING * usual_level) / FINE_RATE
    last_s = sounds_s if sounds_s - last_s > RING_S else last_s
    inside = (beats_s > first_s - EDGE_S) & (beats_s < last_s + EDGE_S)
    return np.asarray(np.maximum(beats_s[inside], 0.0))
