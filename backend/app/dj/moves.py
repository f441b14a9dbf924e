"""What each kind of join does to the two clips: fades, filters, echoes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..dsp.samples import SAMPLE_RATE, samples
from .candidates import GAP_S, Candidate
from .planner import CUT_FADE
from .stem_swap import Handover, entering, leaving
from .timeline import Clip, Echo, Effect

BASS_HZ, BASS_DB = 120.0, -26.0
"""A shelf with its knee here takes 21 dB at 80 Hz, where kick and bass line are, and less than 1 dB
at 300 Hz: a bass that far down is gone beside the other track's."""

HIGHS_HZ, HIGHS_DB = 13_000.0, -12.0
"""Two sets of hats at once hiss; half of one is enough."""

SWEEP_HZ = (40.0, 1500.0)
"""From below everything to where a kick is a tick."""

ECHO_FEEDBACK = 0.55
"""Five dB less each time: eight repeats are 40 dB down."""

FADE_SHARE = 0.75
"""Each fade takes three quarters of a blend: with one bass at a time the middle of a blend of two
house tracks is then within 0.6 LU of either; longer fades leave a hole, shorter ones a hill."""

PRE_ROLL = round(0.010 * SAMPLE_RATE)
"""A downbeat's attack begins before the beat is felt: a cut comes in 10 ms early."""

_GAP_FADE = round(0.05 * SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a join lies in the mix, in samples: its overlap, and what of it is bars.

    ``bars`` are the outgoing track's downbeats from ``start`` to ``end``, both included;
    ``handover`` is where the singers of a stem swap change, ``lengths`` are the tracks'.
    """

    start: int
    end: int
    bars: tuple[int, ...] = ()
    handover: Handover | None = None
    lengths: tuple[int, int] = (0, 0)


def leave(clip: Clip, candidate: Candidate, place: Place) -> Clip:
    """The outgoing clip, cut to its end, with all that happens to it there."""
    return _LEAVE[candidate.kind](replace(clip, length=place.end - clip.start), candidate, place)


def enter(clip: Clip, candidate: Candidate, place: Place) -> Clip:
    """The incoming clip, which begins at ``place.start``, with all that happens to it there."""
    return _ENTER[candidate.kind](clip, candidate, place)


def _swap(place: Place) -> tuple[int, int]:
    """Where the basses change places: the middle eighth of the blend, two to eight bars."""
    bars = len(place.bars) - 1
    width = min(max(bars // 8, 2), 8)
    first = (bars - width) // 2
    return place.bars[first], place.bars[first + width]


def _traded(clip: Clip, place: Place, *, gives: bool) -> tuple[Effect, ...]:
    """Bass and highs of one side of a blend: closed outside its turn.

    One closes while the other opens. Closed before it opens, a bar passes without any bass, and the
    floor falls by 4 LU.
    """
    begin, stop = _swap(place)
    if gives:
        shares = ((begin, 0.0), (stop, 1.0))
        start, end = begin, place.end
    else:
        shares = ((begin, 1.0), (stop, 0.0))
        start, end = clip.start, stop
    return (
        Effect("low_shelf", start, end - start, shares, BASS_HZ, gain_db=BASS_DB),
        Effect("high_shelf", start, end - start, shares, HIGHS_HZ, gain_db=HIGHS_DB),
    )


def _leave_blend(clip: Clip, candidate: Candidate, place: Place) -> Clip:
    faded = round(FADE_SHARE * (place.end - place.start))
    traded = _traded(clip, place, gives=True) if candidate.bass_swap else ()
    effects = (*clip.effects, *traded)
    return replace(clip, fade_out=faded, effects=effects)


def _enter_blend(clip: Clip, candidate: Candidate, place: Place) -> Clip:
    faded = round(FADE_SHARE * (place.end - place.start))
    traded = _traded(clip, place, gives=False) if candidate.bass_swap else ()
    effects = (*traded, *clip.effects)
    return replace(clip, fade_in=faded, effects=effects)


def _leave_stem_swap(clip: Clip, _: Candidate, place: Place) -> Clip:
    assert place.handover is not None
    return leaving(clip, place.bars, place.handover, place.lengths[0])


def _enter_stem_swap(clip: Clip, _: Candidate, place: Place) -> Clip:
    assert place.handover is not None
    return entering(clip, place.bars, place.handover, place.lengths[1])


def _leave_sweep(clip: Clip, _: Candidate, place: Place) -> Clip:
    length = place.end - place.start
    opened = place.start + length // (4 * max(len(place.bars) - 1, 1))  # over the first beat
    shares = ((place.start, 0.0), (opened, 1.0), (place.end, 1.0))
    sweep = Effect("high_pass", place.start, length, shares, *SWEEP_HZ)
    return replace(clip, fade_out=length // 2, effects=(*clip.effects, sweep))


def _enter_sweep(clip: Clip, _: Candidate, place: Place) -> Clip:
    """The bass comes in once the sweep has taken the other one away: after a quarter."""
    length = place.end - place.start
    shares = ((place.start + length // 4, 1.0), (place.start + length // 2, 0.0))
    held = Effect("low_shelf", place.start, length // 2, shares, BASS_HZ, gain_db=BASS_DB)
    return replace(clip, fade_in=length // 2, effects=(held, *clip.effects))


def _leave_echo(clip: Clip, candidate: Candidate, place: Place) -> Clip:
    beat = round((place.end - place.start) / (candidate.bars * 4))
    echo = Echo(place.start, send=beat, delay=beat, feedback=ECHO_FEEDBACK)
    return replace(clip, echo=echo, fade_out=place.end - place.start)


def _leave_cut(clip: Clip, _: Candidate, __: Place) -> Clip:
    return replace(clip, fade_out=min(CUT_FADE, clip.length))


def _enter_cut(clip: Clip, _: Candidate, __: Place) -> Clip:
    early = min(PRE_ROLL, clip.source_start, clip.start)
    return replace(
        clip,
        start=clip.start - early,
        source_start=clip.source_start - early,
        length=clip.length + early,
        fade_in=CUT_FADE,
    )


def _leave_fade(clip: Clip, _: Candidate, place: Place) -> Clip:
    return replace(clip, fade_out=place.end - place.start)


def _enter_fade(clip: Clip, _: Candidate, place: Place) -> Clip:
    return replace(clip, fade_in=place.end - place.start)


def _leave_gap(clip: Clip, _: Candidate, __: Place) -> Clip:
    return replace(clip, fade_out=min(_GAP_FADE, clip.length))


def _enter_gap(clip: Clip, _: Candidate, __: Place) -> Clip:
    gap = samples(GAP_S)
    return replace(clip, start=clip.start + gap, fade_in=CUT_FADE)


_LEAVE = {
    "blend": _leave_blend,
    "stem_swap": _leave_stem_swap,
    "sweep": _leave_sweep,
    "echo": _leave_echo,
    "cut": _leave_cut,
    "fade": _leave_fade,
    "gap": _leave_gap,
}
_ENTER = {
    "blend": _enter_blend,
    "stem_swap": _enter_stem_swap,
    "sweep": _enter_sweep,
    "echo": _enter_cut,
    "cut": _enter_cut,
    "fade": _enter_fade,
    "gap": _enter_gap,
}
