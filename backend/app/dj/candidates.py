"""Every way in which two neighbours could be joined: kind, length, where out, where in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ..contract.analysis import Cue
from ..contract.dj import KINDS, DjRules, TransitionKind
from .couple import Couple
from .deck import DeckTrack, Grid

LENGTHS = (32, 16, 8, 4)
"""Overlaps in bars of the outgoing track; four bars only where the music has no room for eight."""

ECHO_BARS = 2
"""An echo rings for two bars: past that it is mush under a new song."""

FADE_S = 6.0
"""A fade without common beats: long enough to be no cut, short enough for two rhythms not to be
heard fighting."""

GAP_S = 0.6
"""A breath between two tracks."""

MATCHED: frozenset[TransitionKind] = frozenset({"blend", "stem_swap", "sweep"})
"""Kinds in which both tracks' beats sound together."""

OVERLAPPING: frozenset[TransitionKind] = frozenset({"blend", "stem_swap", "sweep", "fade"})
"""Kinds in which both tracks are heard as music at once."""

LEAST_HEARD_S = 1.0
"""Whatever is asked for, this much of a track is left to be heard."""

_ROUNDED_S = 0.1  # the first beat and the first sound are told apart by no more than this

_MOST_OUTS, _MOST_INS = 6, 5
_FOLDS = (1.0, 2.0, 0.5)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks of a join: None leaves it open. ``out_s`` and ``in_s`` as in a choice."""

    kind: TransitionKind | None = None
    bars: int | None = None
    out_s: float | None = None
    in_s: float | None = None
    pitch_semitones: int | None = None
    bass_swap: bool = True


ANYTHING = Wish()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to join two tracks.

    Attributes
    ----------
    bars : the overlap in bars of the outgoing track
    out_bar, in_bar : indices of the downbeats at which the overlap begins; None without a grid
    out_s, in_s : where it begins in the outgoing track, where the incoming one starts
    out_end_s, in_end_s : what of both has been heard when it ends
    overlap_s : how long both sound, at the outgoing track's tempo
    fold : beats of the incoming track on one beat of the outgoing: 1, 2 (double time) or 0.5
    tempo_ratio : how many times faster than its own tempo the incoming plays in the overlap
    bass_swap : whether a blend trades its basses
    """

    kind: TransitionKind
    bars: int
    out_bar: int | None
    in_bar: int | None
    out_s: float
    in_s: float
    out_end_s: float
    in_end_s: float
    overlap_s: float
    fold: float = 1.0
    tempo_ratio: float = 1.0
    pitch_semitones: int = 0
    bass_swap: bool = True


def candidates_of(couple: Couple, rules: DjRules, wish: Wish = ANYTHING) -> list[Candidate]:
    """All joins that the music leaves room for; a length that is asked for is counted in beats."""
    kinds = [wish.kind] if wish.kind else [k for k in KINDS if not wish.bars or k in MATCHED]
    found = [c for kind in kinds for c in _MAKERS[kind](couple, wish) if _inside(c, couple)]
    return [pitched for c in found for pitched in _pitched(c, couple, rules, wish)]


def _inside(candidate: Candidate, couple: Couple) -> bool:
    """Whether the join lies within the music of both, and leaves some of each to be heard.

    A grid that a person laid may reach into the silence round it.
    """
    out_start, out_end = _music(couple.outgoing)
    in_start, in_end = _music(couple.incoming)
    leaves = out_start + LEAST_HEARD_S <= candidate.out_s and candidate.out_end_s <= out_end
    enters = in_start - _ROUNDED_S <= candidate.in_s
    return leaves and enters and candidate.in_end_s <= in_end - LEAST_HEARD_S


def gap_of(couple: Couple) -> Candidate:
    """The join that always works: one track ends, the next begins."""
    _, out_end = _music(couple.outgoing)
    start, _ = _music(couple.incoming)
    return Candidate("gap", 0, None, None, out_end, start, out_end, start, 0.0)


def fold_of(out_bpm: float, in_bpm: float) -> float:
    """Beats of the incoming on one beat of the outgoing that need the least stretch."""
    return min(_FOLDS, key=lambda fold: abs(np.log2(out_bpm * fold / in_bpm)))


def _matched(kind: TransitionKind, couple: Couple, wish: Wish) -> Iterator[Candidate]:
    out, into = couple.out_grid, couple.in_grid
    if out is None or into is None or out.beats_per_bar != into.beats_per_bar:
        return
    fold = fold_of(out.tempo_bpm, into.tempo_bpm)
    lengths = LENGTHS if wish.bars is None else (wish.bars,)
    for bars, out_bar, in_bar in product(lengths, _outs(couple, wish), _ins(couple, wish)):
        in_bars = bars * fold
        if not bars or in_bars != int(in_bars):
            continue
        out_end, in_end = out_bar + bars, in_bar + int(in_bars)
        if out_end < len(out.bars_s) and in_end < len(into.bars_s):
            overlap_s = float(out.bars_s[out_end] - out.bars_s[out_bar])
            covered_s = float(into.bars_s[in_end] - into.bars_s[in_bar])
            yield Candidate(
                kind,
                bars,
                out_bar,
                in_bar,
                float(out.bars_s[out_bar]),
                float(into.bars_s[in_bar]),
                float(out.bars_s[out_end]),
                float(into.bars_s[in_end]),
                overlap_s,
                fold,
                covered_s / overlap_s,
                bass_swap=wish.bass_swap,
            )


def _blends(couple: Couple, wish: Wish) -> Iterator[Candidate]:
    return _matched("blend", couple, wish)


def _stem_swaps(couple: Couple, wish: Wish) -> Iterator[Candidate]:
    # Under eight bars the voice has no time to be heard over the other track's beat.
    return (c for c in _matched("stem_swap", couple, wish) if c.bars >= 8 or wish.bars)


def _sweeps(couple: Couple, wish: Wish) -> Iterator[Candidate]:
    # Past eight bars a track without its lows is only thin.
    return (c for c in _matched("sweep", couple, wish) if c.bars <= 8 or wish.bars)


def _instant(kind: TransitionKind, couple: Couple, wish: Wish) -> Iterator[Candidate]:
    """Joins on one downbeat: the outgoing stops where the incoming starts."""
    out, into = couple.out_grid, couple.in_grid
    if out is None:
        return
    start, _ = _music(couple.incoming)
    bars = ECHO_BARS if kind == "echo" else 0
    ins: list[tuple[int | None, float]] = [(None, start)]
    if into:
        ins = [(bar, float(into.bars_s[bar])) for bar in _ins(couple, wish)]
    for out_bar in _outs(couple, wish):
        at = float(out.bars_s[out_bar])
        overlap_s = bars * _bar_before_s(out, out_bar)
        for in_bar, in_s in ins:
            yield Candidate(kind, bars, out_bar, in_bar, at, in_s, at, in_s + overlap_s, overlap_s)


def _bar_before_s(grid: Grid, bar: int) -> float:
    """How long the bar before this one lasts: what a tempo that changes is at this place."""
    last = max(bar, 1)
    return float(grid.bars_s[last] - grid.bars_s[last - 1])


def _echoes(couple: Couple, wish: Wish) -> Iterator[Candidate]:
    return _instant("echo", couple, wish)


def _cuts(couple: Couple, wish: Wish) -> Iterator[Candidate]:
    return _instant("cut", couple, wish)


def _fades(couple: Couple, wish: Wish) -> Iterator[Candidate]:
    out_start, out_end = _music(couple.outgoing)
    in_start, in_end = _music(couple.incoming)
    overlap_s = min(FADE_S, (out_end - out_start) / 3.0, (in_end - in_start) / 3.0)
    latest_out = out_end - overlap_s
    out_s = latest_out if wish.out_s is None else min(max(wish.out_s, out_start), latest_out)
    in_s = in_start if wish.in_s is None else min(wish.in_s, in_end - overlap_s)
    yield Candidate(
        "fade", 0, None, None, out_s, in_s, out_s + overlap_s, in_s + overlap_s, overlap_s
    )


def _gaps(couple: Couple, wish: Wish) -> Iterator[Candidate]:
    gap = gap_of(couple)
    out_start, _ = _music(couple.outgoing)
    _, in_end = _music(couple.incoming)
    out_s = gap.out_s if wish.out_s is None else min(max(wish.out_s, out_start), gap.out_s)
    in_s = gap.in_s if wish.in_s is None else min(wish.in_s, max(in_end - LEAST_HEARD_S, gap.in_s))
    yield replace(gap, out_s=out_s, out_end_s=out_s, in_s=in_s, in_end_s=in_s)


_MAKERS = {
    "blend": _blends,
    "stem_swap": _stem_swaps,
    "sweep": _sweeps,
    "echo": _echoes,
    "cut": _cuts,
    "fade": _fades,
    "gap": _gaps,
}


def _music(track: DeckTrack) -> tuple[float, float]:
    heard = track.analysis
    return (heard.music_start_s, heard.music_end_s) if heard else (0.0, track.duration_s)


def _outs(couple: Couple, wish: Wish) -> list[int]:
    """Bars to leave at: the outgoing's cue-outs and the last phrases of its second half."""
    grid, heard = couple.out_grid, couple.outgoing.analysis
    if grid is None or heard is None:
        return []
    if wish.out_s is not None:
        return [_nearest_bar(grid, wish.out_s)]
    half = (heard.music_start_s + heard.music_end_s) / 2.0
    late = [bar for bar, at in enumerate(grid.bars_s) if at >= half]
    phrases = [bar for bar in late if grid.on_phrase(bar)][-_MOST_OUTS:]
    cues = [_nearest_bar(grid, cue.at_s) for cue in _best(heard.cue_outs, _MOST_OUTS)]
    return sorted({*phrases, *cues})


def _ins(couple: Couple, wish: Wish) -> list[int]:
    """Bars to come in at: the incoming's cue-ins and the first phrases of its first half."""
    grid, heard = couple.in_grid, couple.incoming.analysis
    if grid is None or heard is None:
        return []
    if wish.in_s is not None:
        return [_nearest_bar(grid, wish.in_s)]
    half = (heard.music_start_s + heard.music_end_s) / 2.0
    early = [bar for bar, at in enumerate(grid.bars_s) if at < half]
    phrases = [bar for bar in early if grid.on_phrase(bar)][:_MOST_INS]
    cues = [_nearest_bar(grid, cue.at_s) for cue in _best(heard.cue_ins, _MOST_INS)]
    return sorted({*phrases, *cues})


def _best(cues: list[Cue], n: int) -> list[Cue]:
    return sorted(cues, key=lambda cue: -cue.score)[:n]


def _nearest_bar(grid: Grid, at_s: float) -> int:
    return int(np.abs(grid.bars_s - at_s).argmin())


def _pitched(
    candidate: Candidate, couple: Couple, rules: DjRules, wish: Wish
) -> Iterator[Candidate]:
    """The candidate as it is, and moved by up to what the rules allow where keys clash."""
    if wish.pitch_semitones is not None:
        most = rules.max_pitch_semitones
        wished = max(-most, min(most, wish.pitch_semitones))
        yield replace(candidate, pitch_semitones=wished)
        return
    yield candidate
    out = couple.out_grid.key if couple.out_grid else None
    into = couple.in_grid.key if couple.in_grid else None
    if candidate.kind not in OVERLAPPING or out is None or into is None:
        return
    if out.distance(into) >= 2:
        for by in range(1, rules.max_pitch_semitones + 1):
            for semitones in (by, -by):
                if out.distance(into.moved(semitones)) <= 1:
                    yield replace(candidate, pitch_semitones=semitones)
