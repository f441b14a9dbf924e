"""Forecast the loudness inside a join, and choose the fades that leave no hole.

The forecast adds the powers of both tracks, each shaped by fades and filters, like the forecast of
the whole mix (levels/track_gains.py), but of the seconds round one join and in a tenth of a
millisecond: a set has thousands of candidates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...levels.short_term import ASIDE_S, HOPS_PER_S, WINDOW_S
from ...levels.track_gains import STEM_SHARES
from ...pair import Pair
from ..candidates import FADE_SHARE, Candidate
from ..shapes.automation import ECHO_FEEDBACK, swap_bars

Powers = npt.NDArray[np.float64]
Shapes = tuple[Powers, Powers]

BLEND_FADES = (
    (FADE_SHARE, FADE_SHARE),
    (0.5, FADE_SHARE),
    (0.25, FADE_SHARE),
    (FADE_SHARE, 0.5),
    (FADE_SHARE, 0.25),
    (0.5, 0.5),
    (0.25, 0.5),
    (0.5, 0.25),
    (0.25, 0.25),
)
"""Shares of a blend over which the outgoing track fades out and the incoming one fades in, the
usual first. A short fade holds the fader until the other track has something to give."""

LANDING_FADES = ((0.25, FADE_SHARE), (0.125, FADE_SHARE), (0.125, 0.5), (0.125, 0.25))
"""The same for a blend that ends on a drop: the build before it is softer than the outgoing track,
which is therefore held until the last bars."""

FADE_FADES = ((1.0, 1.0), (0.5, 1.0), (1.0, 0.5), (0.5, 0.5), (0.25, 0.5), (0.25, 0.25))
"""The same for a fade."""

UNHEARD_DIP_LU, UNHEARD_BUMP_LU = 1.0, 1.5
"""Fades other than the usual ones are used only against dips or bumps that are heard."""

_MOST_EVENED_LU = 6.0  # two neighbours are moved by up to 3 dB each


@dataclass(frozen=True, slots=True)
class Inside:
    """How far the short-term loudness in a join falls below its quieter side, and rises above the
    louder one, in LU."""

    dip_lu: float
    bump_lu: float


def look_inside(
    candidate: Candidate, pair: Pair, fades: tuple[float, float] | None = None
) -> tuple[Candidate, Inside]:
    """Give a candidate the fades with the smallest hole; forecast what remains of it.

    ``fades`` are those of an earlier mix, which a blend or fade keeps.
    """
    if candidate.kind == "gap":
        return candidate, Inside(0.0, 0.0)
    options = (fades,) if fades and candidate.kind in _FADES else _options(candidate)
    powers = _powers(candidate, pair)
    dips, bumps = _dips_and_bumps(candidate, pair, powers, options)
    costs = np.maximum(dips - UNHEARD_DIP_LU, 0.0) + 0.5 * np.maximum(bumps - UNHEARD_BUMP_LU, 0.0)
    best = int(costs.argmin())
    found = Inside(round(float(dips[best]), 2), round(float(bumps[best]), 2))
    return replace(candidate, fades=options[best]), found


_FADES = {"blend": BLEND_FADES, "fade": FADE_FADES}


def _options(candidate: Candidate) -> tuple[tuple[float, float], ...]:
    """Fades to choose from; those of a blend with a drop depend on where it falls."""
    options = _FADES.get(candidate.kind, (candidate.fades,))
    if candidate.drop_bar is None or candidate.kind != "blend":
        return options
    if candidate.drop_bar == candidate.bars:
        return LANDING_FADES
    before = candidate.drop_bar / candidate.bars
    return tuple(fades for fades in options if fades[0] <= 1.0 - before and fades[1] <= before)


def _dips_and_bumps(
    candidate: Candidate,
    pair: Pair,
    powers: Shapes,
    options: tuple[tuple[float, float], ...],
) -> Shapes:
    """Dips and bumps of a candidate with each of several pairs of fades."""
    before = pair.loudness_before(candidate.out_s)
    after = pair.loudness_after(candidate.in_end_s)
    # gains of whole tracks even out most of the step
    evened_lu = float(np.clip(before - after, -_MOST_EVENED_LU, _MOST_EVENED_LU))
    out_shape, in_shape = _shapes(candidate, pair, len(powers[0]), options)
    total = powers[0] * out_shape + powers[1] * 10.0 ** (evened_lu / 10.0) * in_shape
    hops = round(WINDOW_S * HOPS_PER_S)
    sums = np.zeros((len(total), total.shape[1] + 1))
    np.cumsum(total, axis=1, out=sums[:, 1:])
    levels = 10.0 * np.log10(np.maximum((sums[:, hops:] - sums[:, :-hops]) / hops, 1e-12))
    sides = before, after + evened_lu
    return min(sides) - levels.min(axis=1), levels.max(axis=1) - max(sides)


def _aside_hops() -> int:
    return round((ASIDE_S + WINDOW_S / 2) * HOPS_PER_S)


def _powers(candidate: Candidate, pair: Pair) -> Shapes:
    """Powers of both tracks for each hop, from three seconds before the overlap to three after."""
    aside = _aside_hops()
    inside = max(round(candidate.overlap_s * HOPS_PER_S), 0)
    at_s = np.asarray((np.arange(-aside, inside + aside) + 0.5) / HOPS_PER_S, np.float64)
    stretch = (candidate.in_end_s - candidate.in_s) / max(candidate.overlap_s, 1e-9)
    over_s = np.clip(at_s, 0.0, candidate.overlap_s)
    in_s: Powers = candidate.in_s + over_s * (stretch if inside else 1.0) + (at_s - over_s)
    if candidate.kind == "echo":  # its repeats are those of the last beat
        beat_s = max(candidate.overlap_s / _beats(candidate, pair), 1e-3)
        at_s = np.where(at_s > 0.0, at_s % beat_s - beat_s, at_s)
    return _at(pair.out_power, candidate.out_s + at_s), _at(pair.in_power, in_s)


def _at(powers: Powers, at_s: Powers) -> Powers:
    hops = (at_s * HOPS_PER_S).astype(np.int64)
    inside = (hops >= 0) & (hops < len(powers))
    return np.where(inside, powers[np.clip(hops, 0, len(powers) - 1)], 0.0)


def _shapes(
    candidate: Candidate,
    pair: Pair,
    count: int,
    options: tuple[tuple[float, float], ...],
) -> Shapes:
    """Power gains of both tracks for each hop and each pair of fades, shape (options, hops)."""
    aside = _aside_hops()
    share = (np.arange(-aside, count - aside) + 0.5) / max(count - 2 * aside, 1e-6)
    share = np.clip(share, 0.0, 1.0)
    heard = share < 1.0, share > 0.0
    bass = pair.outgoing.loudness.bass_share, pair.incoming.loudness.bass_share
    fades = np.array(options)[:, :, None]
    match candidate.kind:
        case "blend":
            gone, come = _swap(candidate, share)
            out = _falling(share, fades[:, 0]) * (1.0 - bass[0] * gone)
            into = _rising(share, fades[:, 1]) * (1.0 - bass[1] * come)
        case "sweep":
            out = _falling(share, np.array([[0.5]])) * (1.0 - bass[0] * (share > 0.0))
            late = np.clip((0.5 - share) / 0.25, 0.0, 1.0)
            into = _rising(share, np.array([[0.5]])) * (1.0 - bass[1] * (1.0 - (1.0 - late) ** 2))
        case "fade":
            out, into = _falling(share, fades[:, 0]), _rising(share, fades[:, 1])
        case "stem_swap":
            kept = np.interp(share, (0.0, 0.125, 0.5, 0.75), (1.0, *_left_of_stems()))
            out, into = kept[None], 1.0 - kept[None] + (share >= 1.0)
        case "echo":
            beats = np.floor(share * _beats(candidate, pair)) + 1.0
            repeated = ECHO_FEEDBACK ** (2.0 * beats) * np.cos(0.5 * np.pi * share) ** 2
            out = np.where(share > 0.0, repeated * (1.0 - bass[0]), 1.0)[None]
            into = np.ones((1, count))
        case _:
            out, into = (share <= 0.0).astype(np.float64)[None], np.ones((1, count))
    return out * heard[0], into * heard[1]


def _beats(candidate: Candidate, pair: Pair) -> int:
    return candidate.bars * (pair.out_grid.beats_per_bar if pair.out_grid else 4)


def _left_of_stems() -> tuple[float, float, float]:
    """Power left of the outgoing track after its beat, before and after its harmony has gone."""
    without_beat = 1.0 - STEM_SHARES["drums"] - STEM_SHARES["bass"]
    return without_beat, without_beat, without_beat - STEM_SHARES["other"]


def _falling(share: Powers, fade: Powers) -> Powers:
    """Power of equal-power fade-outs over the last part of an overlap."""
    return _rising(1.0 - share, fade)


def _rising(share: Powers, fade: Powers) -> Powers:
    power: Powers = np.sin(0.5 * np.pi * np.clip(share / fade, 0.0, 1.0)) ** 2
    return power


def _swap(candidate: Candidate, share: Powers) -> Shapes:
    """Share of the bass's power that each track lacks, over a blend."""
    if not candidate.bass_swap:
        return np.zeros(len(share)), np.zeros(len(share))
    begin, stop = swap_bars(candidate.bars, candidate.drop_bar)
    moved = np.clip((share * candidate.bars - begin) / (stop - begin), 0.0, 1.0)
    return 1.0 - (1.0 - moved) ** 2, 1.0 - moved**2
