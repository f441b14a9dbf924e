"""The parts of a track: cut where what plays changes, mostly where phrases begin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..contract.analysis import Rhythm, Section, SectionLabel
from .bars import Floats, bar_edges_s, mean_between, phrase_places
from .centre import CENTRE_RATE
from .tones import Tones

STEP_DB = 6.0  # a band that grows by this much is a player coming in
LIVELY_STEP_DB = 1.0  # a band that moves by this much more from one 46 ms to the next
RANGE_DB = 20.0  # what lies further below a band's loudest bars is masked by the others
LONGEST_BARS = 64
SHORTEST_BARS = 4
# What a cut must gain, in squared steps: least where a phrase begins, more within one.
CUT_AT_PHRASE, CUT_AT_HALF_PHRASE, CUT_ELSEWHERE = 4.0, 8.0, 24.0

FULL_FROM, QUIET_BELOW = 0.8, 0.55  # of the energy of the loudest section
ENDS_SHARE = 0.3  # an intro or outro is no longer than this share of the track


def sections_of(
    tones: Tones, rhythm: Rhythm, energy: list[float], music_start_s: float, music_end_s: float
) -> list[Section]:
    """The sections of a track, one after the other, from the first downbeat to the music's end.

    The cuts are the ones that explain best what is heard bar by bar (the level of each band, and
    how it moves): the squared distance of each bar from its section's mean, plus a price for each
    cut that is lowest at the start of a phrase. Found exactly, by dynamic programming.
    """
    edges_s = bar_edges_s(rhythm)
    if len(edges_s) < 2:
        return [Section(start_s=music_start_s, end_s=music_end_s, label="full", energy=1.0)]
    levels = _bar_levels(tones, edges_s)
    cuts = best_cuts(levels, cut_prices(rhythm))
    if len(cuts) > 1 and len(levels) - cuts[-1] < SHORTEST_BARS:
        cuts.pop()  # the last chord ringing out is no section of its own
    starts_s = [float(edges_s[cut]) for cut in cuts]
    ends_s = [*starts_s[1:], max(music_end_s, starts_s[-1])]
    shares = np.add.reduceat(np.asarray(energy), cuts) / np.diff([*cuts, len(energy)])
    return labelled(starts_s, ends_s, [float(share) for share in shares])


def labelled(starts_s: list[float], ends_s: list[float], energies: list[float]) -> list[Section]:
    """Sections with their names: by energy within, by place at the ends."""
    loudest = max(energies) or 1.0
    total_s = ends_s[-1] - starts_s[0]
    sections = []
    for i, (start_s, end_s, energy) in enumerate(zip(starts_s, ends_s, energies, strict=True)):
        label = _label(energy / loudest)
        may_be_end = label != "full" and end_s - start_s <= ENDS_SHARE * total_s
        if may_be_end and len(energies) > 1 and i in (0, len(energies) - 1):
            label = "intro" if i == 0 else "outro"
        sections.append(Section(start_s=start_s, end_s=end_s, label=label, energy=energy / loudest))
    return sections


def _label(energy: float) -> SectionLabel:
    if energy >= FULL_FROM:
        return "full"
    return "quiet" if energy < QUIET_BELOW else "medium"


def _bar_levels(tones: Tones, edges_s: Floats) -> Floats:
    """What plays in each bar, in steps, ``(n_bars, 2 * n_bands)``.

    The level of each band and of what is wide; and how lively each is, for a hi-hat or an arpeggio
    that joins in changes a band's level less than how often it moves.
    """
    power = np.column_stack([tones.centre.bands, tones.centre.wide]).astype(np.float64)
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
    """What a cut before each bar costs."""
    place = phrase_places(rhythm)
    half = 2 * place == rhythm.phrase_bars
    return np.where(place == 0, CUT_AT_PHRASE, np.where(half, CUT_AT_HALF_PHRASE, CUT_ELSEWHERE))


def best_cuts(levels: Floats, prices: Floats) -> list[int]:
    """The bars at which sections begin, the first of all included.

    Parameters
    ----------
    levels : what is heard in each bar, ``(n_bars, n_bands)``
    prices : what a cut before each bar costs, ``(n_bars,)``
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
    """Where a section that ends before bar ``end`` may begin; the ends may be cut short."""
    latest = end - (SHORTEST_BARS if end < n_bars else 1)
    starts = np.arange(max(0, end - LONGEST_BARS), max(latest, 0) + 1)
    return starts if latest > 0 else np.zeros(1, np.intp)
