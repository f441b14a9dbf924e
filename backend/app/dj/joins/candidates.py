"""List the candidates of a join: its kind, length, and positions in both tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, product

from ...contract.analysis import Cue
from ...contract.dj import KINDS, DjRules, TransitionKind
from ...dsp.samples import seconds
from ..deck import DeckTrack, Grid
from ..drop_places import JoinPlace, double_drop_places, landing_places, with_folds
from ..loop import Loop
from ..pair import Pair, Place
from ..usable import LEAST_HEARD_S, Usable
from .soft_starts import held_fades_s

LENGTHS = (32, 16, 8, 4)
"""Overlaps in bars of the outgoing track; four bars only if the music has no room for eight."""

USUAL_LENGTHS: dict[TransitionKind, tuple[int, ...]] = {"stem_swap": (32, 16, 8), "sweep": (8, 4)}
"""Stem swaps need eight bars, since a voice needs time over the other track's beat. Sweeps end
after eight, since a track without its lows then only sounds thin."""

ECHO_BARS = 2  # an echo lasts two bars: a longer one blurs the next song

FADES_S = (3.0, 6.0)
"""Longer than a cut, but too short for a noticeable clash of two unmatched rhythms."""

_FADE_MOVES_S = (0.0, 3.0, 6.0, 10.0)
"""How far fades begin from the tracks' ends: a decaying end or a soft beginning is a hole."""

FADE_SHARE = 0.75
"""Each fade takes three quarters of a blend. With one bass at a time, the middle of a blend of two
house tracks is then within 0.6 LU of either track; longer fades leave a dip, shorter ones a bump.
"""

GAP_S = 0.6  # silence between two tracks

MATCHED: frozenset[TransitionKind] = frozenset({"blend", "stem_swap", "sweep"})
"""Kinds in which both tracks' beats sound together."""

OVERLAPPING: frozenset[TransitionKind] = frozenset({"blend", "stem_swap", "sweep", "fade"})
"""Kinds in which both tracks play at the same time."""


_MOST_OUTS, _MOST_INS = 6, 5
_HALVES = 2  # phrases in whose middle a track may be left or entered, to leave out less of it


@dataclass(frozen=True, slots=True)
class JoinConstraints:
    """The requested properties of a join; None leaves one open. Times are seconds of the tracks.

    ``fades`` are the shares of a blend or fade over which the outgoing track fades out and the
    incoming one fades in; ``fade_s`` is how long a fade lasts.
    """

    kind: TransitionKind | None = None
    bars: int | None = None
    out_s: float | None = None
    in_s: float | None = None
    pitch_semitones: int | None = None
    bass_swap: bool = True
    loops: bool | None = None  # whether the outgoing track is looped
    fades: tuple[float, float] | None = None
    fade_s: float | None = None


UNCONSTRAINED = JoinConstraints()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to join two tracks; positions are seconds of each track."""

    kind: TransitionKind
    bars: int  # number of bars of the outgoing track
    out_bar: int | None  # index of the downbeat at which the overlap begins; None without a grid
    in_bar: int | None
    out_s: float  # where the overlap begins in the outgoing track
    in_s: float
    out_end_s: float  # where it ends in the outgoing track
    in_end_s: float
    overlap_s: float  # how long both tracks play, at the outgoing track's tempo
    fold: float = 1.0  # beats of the incoming track per beat of the outgoing: 1, 2 or 0.5
    tempo_ratio: float = 1.0  # the incoming track's tempo in the overlap relative to its own
    pitch_semitones: int = 0
    bass_swap: bool = True  # whether a blend swaps the basses
    drop_bar: int | None = None  # bar of the overlap on which the incoming track's first drop falls
    # shares of the overlap over which the outgoing track fades out and the incoming one fades in
    fades: tuple[float, float] = (FADE_SHARE, FADE_SHARE)
    # a loop of the outgoing track, whose positions then count its repeats
    loop: Loop | None = None

    @property
    def leaves_s(self) -> float:
        """Where the outgoing track is left for good, in seconds of it."""
        return min(self.out_end_s, seconds(self.loop.end)) if self.loop else self.out_end_s

    @property
    def own_tempo_from_s(self) -> float:
        """Where the outgoing track has to be back at its own tempo, in seconds of it."""
        return min(self.out_s, seconds(self.loop.start)) if self.loop else self.out_s

    @property
    def place(self) -> Place:
        """The stretches of both tracks that the join uses."""
        return Place((self.out_s, self.out_end_s), (self.in_s, self.in_end_s))


def candidates_of(
    pair: Pair, rules: DjRules, fixed: JoinConstraints = UNCONSTRAINED
) -> list[Candidate]:
    """List all joins that fit into the music; a requested length in bars needs matched beats.

    Of kinds that the DJ rules forbid, one join stands for all.
    """
    kinds = [fixed.kind] if fixed.kind else [k for k in KINDS if not fixed.bars or k in MATCHED]
    found: list[Candidate] = []
    usable = Usable.of(pair)
    for kind in kinds:
        fitting = (c for c in _MAKERS[kind](pair, fixed) if usable.holds(c.place))
        found += fitting if fixed.kind or kind in rules.allowed_kinds else islice(fitting, 1)
    return [pitched for c in found for pitched in _pitched(c, pair, rules, fixed)]


def gap_of(pair: Pair) -> Candidate:
    """The join that is always possible: one track ends, then the next begins."""
    out_end, start = pair.outgoing.music_end_s, pair.incoming.music_start_s
    return Candidate("gap", 0, None, None, out_end, start, out_end, start, 0.0)


def _matched(kind: TransitionKind, pair: Pair, fixed: JoinConstraints) -> Iterator[Candidate]:
    out, into = pair.out_grid, pair.in_grid
    if out is None or into is None or out.beats_per_bar != into.beats_per_bar:
        return
    outs, ins = _outs(pair, fixed), _ins(pair, fixed)
    lengths = USUAL_LENGTHS.get(kind, LENGTHS) if fixed.bars is None else (fixed.bars,)
    places: list[JoinPlace] = [(*place, None) for place in product(lengths, outs, ins)]
    if fixed.in_s is None:
        places += landing_places(pair, outs, ins, lengths)
        if kind == "blend" and fixed.bass_swap and fixed.out_s is None and fixed.bars is None:
            places += double_drop_places(pair)
    for (bars, out_bar, in_bar, drop_bar), fold in with_folds(pair, places):
        in_bars = bars * fold
        if not bars or in_bars != int(in_bars) or (fold != 1.0 and drop_bar not in (None, bars)):
            continue
        out_end, in_end = out_bar + bars, in_bar + int(in_bars)
        if out.is_regular(out_bar, out_end) and into.is_regular(in_bar, in_end):
            out_s, out_end_s = float(out.bars_s[out_bar]), float(out.bars_s[out_end])
            in_s, in_end_s = float(into.bars_s[in_bar]), float(into.bars_s[in_end])
            overlap_s = out_end_s - out_s
            at = (out_s, in_s, out_end_s, in_end_s, overlap_s)
            ratio = (in_end_s - in_s) / overlap_s
            swap = fixed.bass_swap
            grid = (kind, bars, out_bar, in_bar)
            yield Candidate(*grid, *at, fold, ratio, bass_swap=swap, drop_bar=drop_bar)


def _instant(kind: TransitionKind, pair: Pair, fixed: JoinConstraints) -> Iterator[Candidate]:
    """List joins on one downbeat: the outgoing track stops where the incoming one starts."""
    out, into = pair.out_grid, pair.in_grid
    if out is None:
        return
    bars = ECHO_BARS if kind == "echo" else 0
    ins: list[tuple[int | None, float]] = [(None, pair.incoming.music_start_s)]
    if into:
        ins = [(bar, float(into.bars_s[bar])) for bar in _ins(pair, fixed)]
    for out_bar in _outs(pair, fixed):
        at = float(out.bars_s[out_bar])
        overlap_s = bars * _bar_before_s(out, out_bar)
        for in_bar, in_s in ins:
            yield Candidate(kind, bars, out_bar, in_bar, at, in_s, at, in_s + overlap_s, overlap_s)


def _bar_before_s(grid: Grid, bar: int) -> float:
    """Length of the bar before a bar, for tracks whose tempo changes."""
    last = max(bar, 1)
    return float(grid.bars_s[last] - grid.bars_s[last - 1])


def _fades(pair: Pair, fixed: JoinConstraints) -> Iterator[Candidate]:
    """List fades at the end of the outgoing track and the beginning of the incoming one.

    Some begin a little earlier or later, where the music has not faded yet or has begun already.
    """
    (out_start, out_end), (in_start, in_end) = pair.outgoing.music_s, pair.incoming.music_s
    longest_s = min((out_end - out_start) / 3.0, (in_end - in_start) / 3.0)
    lengths_s = {*FADES_S, *held_fades_s(pair, _FADE_MOVES_S)}
    if fixed.fade_s is not None:
        lengths_s = {fixed.fade_s}
    for overlap_s in sorted({min(length_s, longest_s) for length_s in lengths_s}):
        latest_out = out_end - overlap_s
        outs = [max(latest_out - by, out_start) for by in _FADE_MOVES_S]
        ins = [in_start + by for by in _FADE_MOVES_S]
        if fixed.out_s is not None:
            outs = [min(max(fixed.out_s, out_start), latest_out)]
        if fixed.in_s is not None:
            ins = [min(fixed.in_s, in_end - overlap_s)]
        for out_s, in_s in product(outs, ins):
            at = (out_s, in_s, out_s + overlap_s, in_s + overlap_s, overlap_s)
            yield Candidate("fade", 0, None, None, *at, fades=(1.0, 1.0))


def _gaps(pair: Pair, fixed: JoinConstraints) -> Iterator[Candidate]:
    gap = gap_of(pair)
    out_s, in_s = gap.out_s, gap.in_s
    if fixed.out_s is not None:
        out_s = min(max(fixed.out_s, pair.outgoing.music_start_s), gap.out_s)
    if fixed.in_s is not None:
        in_s = min(fixed.in_s, max(pair.incoming.music_end_s - LEAST_HEARD_S, gap.in_s))
    yield replace(gap, out_s=out_s, out_end_s=out_s, in_s=in_s, in_end_s=in_s)


_MAKERS: dict[TransitionKind, Callable[[Pair, JoinConstraints], Iterator[Candidate]]] = {
    "blend": partial(_matched, "blend"),
    "stem_swap": partial(_matched, "stem_swap"),
    "sweep": partial(_matched, "sweep"),
    "echo": partial(_instant, "echo"),
    "cut": partial(_instant, "cut"),
    "fade": _fades,
    "gap": _gaps,
}


def _outs(pair: Pair, fixed: JoinConstraints) -> list[int]:
    """List bars at which the outgoing track can be left.

    These are its cue-outs, and the last phrases of its second half.
    """
    grid = pair.out_grid
    if grid is None:
        return []
    if fixed.out_s is not None:
        return [grid.nearest_bar(fixed.out_s)]
    middle_s = _middle_s(pair.outgoing)
    late = [bar for bar, at in enumerate(grid.bars_s.tolist()) if at >= middle_s]
    phrases = [bar for bar in late if grid.on_phrase(bar)][-_MOST_OUTS:]
    phrases += [bar for bar in late if grid.on_half_phrase(bar)][-_HALVES:]
    return _with_cues(phrases, grid, grid.analysis.cue_outs, _MOST_OUTS)


def _ins(pair: Pair, fixed: JoinConstraints) -> list[int]:
    """List bars at which the incoming track can enter.

    These are its cue-ins, and the first phrases of its first half.
    """
    grid = pair.in_grid
    if grid is None:
        return []
    if fixed.in_s is not None:
        return [grid.nearest_bar(fixed.in_s)]
    middle_s = _middle_s(pair.incoming)
    early = [bar for bar, at in enumerate(grid.bars_s.tolist()) if at < middle_s]
    phrases = [bar for bar in early if grid.on_phrase(bar)][:_MOST_INS]
    phrases += [bar for bar in early if grid.on_half_phrase(bar)][:_HALVES]
    return _with_cues(phrases, grid, grid.analysis.cue_ins, _MOST_INS)


def _middle_s(track: DeckTrack) -> float:
    return (track.music_start_s + track.music_end_s) / 2.0


def _with_cues(phrases: list[int], grid: Grid, cues: list[Cue], most: int) -> list[int]:
    best = sorted(cues, key=lambda cue: -cue.score)[:most]
    return sorted({*phrases, *(grid.nearest_bar(cue.at_s) for cue in best)})


def _pitched(
    candidate: Candidate, pair: Pair, rules: DjRules, fixed: JoinConstraints
) -> Iterator[Candidate]:
    """The candidate, and versions of it with pitch shifts if the keys clash."""
    if fixed.pitch_semitones is not None:
        most = rules.max_pitch_semitones
        within = max(-most, min(most, fixed.pitch_semitones))
        yield replace(candidate, pitch_semitones=within)
        return
    yield candidate
    if candidate.kind in OVERLAPPING and (pair.key_distance(candidate.place) or 0) >= 2:
        for by in range(1, rules.max_pitch_semitones + 1):
            for semitones in (by, -by):
                moved = pair.key_distance(candidate.place, in_semitones=semitones)
                if moved in (0, 1):
                    yield replace(candidate, pitch_semitones=semitones)
