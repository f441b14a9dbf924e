"""Divide a track into sections where its sound changes, preferably at phrase starts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...contract.analysis import Rhythm, Section, SectionLabel
from ..rhythm.bar_edges import Floats, bar_edges_s, mean_between, phrase_places
from ..stereo_centre import CENTRE_RATE, Centre

STEP_DB = 6.0  # if a band rises by this much, an instrument has come in
LIVELY_STEP_DB = 1.0  # unit of liveliness: growth of a band's mean change between 46 ms frames
RANGE_DB = 20.0  # sounds this far below a band's loudest bars are masked by other bands
LONGEST_BARS = 64
SHORTEST_BARS = 4
# Price of a cut, in squared steps: lowest where a phrase begins, higher within one.
CUT_AT_PHRASE, CUT_AT_HALF_PHRASE, CUT_ELSEWHERE = 4.0, 8.0, 24.0

FULL_FROM, QUIET_BELOW = 0.8, 0.55  # energies relative to the loudest section
ENDS_SHARE = 0.3  # longest intro or outro, as a share of the track


def find_sections(
    centre: Centre, rhythm: Rhythm, energy: list[float], music_start_s: float, music_end_s: float
) -> list[Section]:
    """Find the consecutive sections from the first downbeat to the end of the music.

    The cuts minimise, by dynamic programming, the squared distance of each bar (the level of each
    band, and its changes) from its section's mean, plus a price for each cut that is lowest at the
    start of a phrase.
    """
    edges_s = bar_edges_s(rhythm)
    if len(edges_s) < 2:
        return [Section(start_s=music_start_s, end_s=music_end_s, label="full", energy=1.0)]
    levels = _bar_levels(centre, edges_s)
    cuts = best_cuts(levels, cut_prices(rhythm))
    if len(cuts) > 1 and len(levels) - cuts[-1] < SHORTEST_BARS:
        cuts.pop()  # the last chord's decay belongs to the section before
    return sections_at(cuts, edges_s, energy, music_end_s)


def sections_at(
    cuts: list[int], edges_s: Floats, energy: list[float], music_end_s: float
) -> list[Section]:
    """Build sections that begin at the bars ``cuts``, and label them.

    Labels follow energy; the first and the last section may be intro and outro.
    """
    starts_s = [float(edges_s[cut]) for cut in cuts]
    ends_s = [*starts_s[1:], max(music_end_s, starts_s[-1])]
    shares = np.add.reduceat(np.asarray(energy), cuts) / np.diff([*cuts, len(energy)])
    energies = [float(share) for share in shares]
    loudest = max(energies) or 1.0
    total_s = ends_s[-1] - starts_s[0]
    sections = []
    for i, (start_s, end_s, mean) in enumerate(zip(starts_s, ends_s, energies, strict=True)):
        label = _label(mean / loudest)
        may_be_end = label != "full" and end_s - start_s <= ENDS_SHARE * total_s
        if may_be_end and len(energies) > 1 and i in (0, len(energies) - 1):
            label = "intro" if i == 0 else "outro"
        sections.append(Section(start_s=start_s, end_s=end_s, label=label, energy=mean / loudest))
    return sections


def _label(energy: float) -> SectionLabel:
    if energy >= FULL_FROM:
        return "full"
    return "quiet" if energy < QUIET_BELOW else "medium"


def _bar_levels(centre: Centre, edges_s: Floats) -> Floats:
    """Level and liveliness of each bar, in steps, ``(n_bars, 2 * n_bands)``.

    The level is that of each band and of the side signal; the liveliness is how much each changes
    from frame to frame: a hi-hat or an arpeggio that comes in changes it more than the level.
    """
    power = np.column_stack([centre.bands, centre.wide]).astype(np.float64)
    in_bars = mean_between(power, CENTRE_RATE, edges_s)
    loudest = np.percentile(in_bars, 95, axis=0) + 1e-9
    levels = 10.0 * np.log10(in_bars / loudest + 1e-9)
    moving = 10.0 * np.log10(power / loudest + 10.0 ** (-RANGE_DB / 10.0))
    lively = np.abs(np.diff(moving, axis=0, prepend=moving[:1]))
    lively_in_bars = mean_between(lively, CENTRE_RATE, edges_s)
    return np.concatenate(
        [np.clip(levels, -RANGE_DB, 6.0) / STEP_DB, lively_in_bars / LIVELY_STEP_DB], axis=1
    )


def cut_prices(rhythm: Rhythm) -> Floats:
    """The price of a cut before each bar."""
    place = phrase_places(rhythm)
    half = 2 * place == rhythm.phrase_bars
    return np.where(place == 0, CUT_AT_PHRASE, np.where(half, CUT_AT_HALF_PHRASE, CUT_ELSEWHERE))


def best_cuts(levels: Floats, prices: Floats) -> list[int]:
    """Find the bars at which sections begin, the first bar included.

    Parameters
    ----------
    levels : features of each bar, ``(n_bars, n_features)``
    prices : price of a cut before each bar, ``(n_bars,)``
    """
    n_bars = len(levels)
    total = np.concatenate([np.zeros((1, levels.shape[1])), np.cumsum(levels, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum(np.square(levels).sum(axis=1))])
    cost = np.full(n_bars + 1, np.inf)
    cost[0] = 0.0
    origin = np.zeros(n_bars + 1, np.intp)
    for end in range(1, n_bars + 1):
        starts = _possible_starts(end, n_bars)
        bars = end - starts
        spread = squares[end] - squares[starts]
        spread -= np.square(total[end] - total[starts]).sum(axis=1) / bars
        reached = cost[starts] + np.where(starts > 0, prices[starts], 0.0) + spread
        best = int(np.argmin(reached))
        cost[end], origin[end] = reached[best], starts[best]
    cuts = [n_bars]
    while cuts[-1] > 0:
        cuts.append(int(origin[cuts[-1]]))
    return cuts[:0:-1]


def _possible_starts(end: int, n_bars: int) -> npt.NDArray[np.intp]:
    """List possible starts of a section that ends before bar ``end``.

    The track's last section may be short.
    """
    latest = end - (SHORTEST_BARS if end < n_bars else 1)
    starts = np.arange(max(0, end - LONGEST_BARS), max(latest, 0) + 1)
    return starts if latest > 0 else np.zeros(1, np.intp)
