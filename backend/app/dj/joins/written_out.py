"""Tracks with their loop written out, so that joins are planned as if it were music of theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ...analysis.levels.loudness import PEAK_HOP, LoudnessProfile
from ...contract.analysis import GridStretch, Groove, Rhythm, Section, Stretch, TrackAnalysis
from ...dsp.loudness import HOP
from ...dsp.samples import seconds
from ..deck import DeckTrack, Grid
from ..loop import Loop
from ..pair import Pair

FloatT = TypeVar("FloatT", np.float32, np.float64)
TimedT = TypeVar("TimedT", GridStretch, Groove, Section, Stretch)


def written_out(pair: Pair, loop: Loop | None) -> Pair:
    """The pair with the outgoing track's loop written out; the same pair without a loop."""
    grid = pair.out_grid
    if loop is None or grid is None:
        return pair
    return Pair(_deck(pair.outgoing, grid, loop), pair.incoming)


def _deck(track: DeckTrack, grid: Grid, loop: Loop) -> DeckTrack:
    """The track up to its loop's last repeat; what follows is left out."""
    length = loop.end + loop.added
    profile = LoudnessProfile(
        _hops(track.loudness.energies, HOP, loop, length),
        _hops(track.loudness.peaks, PEAK_HOP, loop, length),
        track.loudness.bass_share,
    )
    analysis = _analysis(grid, loop, seconds(length))
    return replace(track, length=length, loudness=profile, analysis=analysis)


def _hops(values: npt.NDArray[FloatT], hop: int, loop: Loop, length: int) -> npt.NDArray[FloatT]:
    """Values for each hop of the track with its loop written out."""
    middles = np.asarray((np.arange(length // hop) + 0.5) * hop, np.float64)
    return values[np.clip(loop.sources_at(middles) // hop, 0, len(values) - 1).astype(np.int64)]


def _analysis(grid: Grid, loop: Loop, end_s: float) -> TrackAnalysis:
    known, loop_end_s = grid.analysis, seconds(loop.end)
    repeats = Section(start_s=loop_end_s, end_s=end_s, label="outro", energy=_energy(known))
    toneless = known.harmony.toneless
    own = _between(toneless, 0.0, loop_end_s)
    looped = _between(toneless, seconds(loop.start), loop_end_s)
    numbers = range(1, loop.times + 1)
    again = [_later(one, seconds(n * loop.length)) for n in numbers for one in looped]
    harmony = known.harmony.model_copy(update={"toneless": [*own, *again]})
    return known.model_copy(
        update={
            "duration_s": end_s,
            "music_end_s": end_s,
            "rhythm": _rhythm(grid, loop, end_s),
            "harmony": harmony,
            "sections": [*_between(known.sections, 0.0, loop_end_s), repeats],
            "vocals": _between(known.vocals, 0.0, loop_end_s),
            "grooves": _going_on(_between(known.grooves, 0.0, loop_end_s), end_s),
            "cue_outs": [cue for cue in known.cue_outs if cue.at_s < loop_end_s],
        }
    )


def _energy(known: TrackAnalysis) -> float:
    return known.sections[-1].energy if known.sections else 0.0


def _rhythm(grid: Grid, loop: Loop, end_s: float) -> Rhythm:
    rhythm, beats_per_bar = grid.analysis.rhythm, grid.beats_per_bar
    bounds_s = seconds(loop.start), seconds(loop.end)
    first, last = (int(np.abs(grid.beats_s - at_s).argmin()) for at_s in bounds_s)
    repeated = rhythm.beats_s[first + 1 : last + 1]
    again = [at + seconds(n * loop.length) for n in range(1, loop.times + 1) for at in repeated]
    more = range(last + beats_per_bar, last + len(again) + 1, beats_per_bar)
    return rhythm.model_copy(
        update={
            "beats_s": [*rhythm.beats_s[: last + 1], *again],
            "downbeats": [*(at for at in rhythm.downbeats if at <= last), *more],
            "stretches": _going_on(_between(rhythm.stretches, 0.0, seconds(loop.end)), end_s),
        }
    )


def _between(parts: list[TimedT], from_s: float, to_s: float) -> list[TimedT]:
    """The parts between two seconds, cut there."""
    return [
        one.model_copy(update={"start_s": max(one.start_s, from_s), "end_s": min(one.end_s, to_s)})
        for one in parts
        if one.start_s < to_s and one.end_s > from_s
    ]


def _later(one: Stretch, by_s: float) -> Stretch:
    return Stretch(start_s=one.start_s + by_s, end_s=one.end_s + by_s)


def _going_on(parts: list[TimedT], end_s: float) -> list[TimedT]:
    """The parts, of which the last one goes on to a second."""
    last = [one.model_copy(update={"end_s": end_s}) for one in parts[-1:]]
    return parts[:-1] + last
