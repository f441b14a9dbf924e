"""Automate the two clips of a join: fades, filters, echoes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ....dsp.samples import SAMPLE_RATE, samples
from ...timeline import Clip, Echo, Effect
from ..candidates import GAP_S, Candidate
from .plain_crossfades import CUT_FADE
from .stem_swap import Handover, fade_stems

BASS_HZ, BASS_DB = 200.0, -26.0
"""Low shelf that removes a bass: 24 dB less at 80 Hz, 17 dB at 150 Hz, where a bass guitar still
has its power, 7 dB at 300 Hz. With a corner at 120 Hz both basses were heard for a fifth of a
blend, with 200 Hz for a fourteenth."""

HIGHS_HZ, HIGHS_DB = 13_000.0, -12.0  # two tracks' hi-hats together hiss; half of one is enough
SWEEP_HZ = (40.0, 1500.0)  # from below everything to where a kick drum is only a tick
ECHO_FEEDBACK = 0.55  # each repeat is 5 dB quieter: eight repeats are 40 dB down

# a cut comes this early, because attacks begin before the beat is felt
PRE_ROLL = round(0.010 * SAMPLE_RATE)

_GAP_FADE = round(0.05 * SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Where a join lies in the mix, in samples.

    ``bars`` are the outgoing track's downbeats from ``start`` to ``end``, both included;
    ``handover`` is where the voices of a stem swap change, ``lengths`` are the tracks'.
    """

    start: int
    end: int
    bars: tuple[int, ...] = ()
    beats_per_bar: int = 4
    handover: Handover | None = None
    lengths: tuple[int, int] = (0, 0)

    @property
    def length(self) -> int:
        """The overlap's length in samples."""
        return self.end - self.start


def leave(clip: Clip, candidate: Candidate, overlap: Overlap) -> Clip:
    """Cut the outgoing clip to the join's end, and automate it."""
    clip = replace(clip, length=overlap.end - clip.start)
    match candidate.kind:
        case "blend":
            swapped = _bass_swap(clip, candidate, overlap, outgoing=True)
            faded = round(candidate.fades[0] * overlap.length)
            return replace(clip, fade_out=faded, effects=(*clip.effects, *swapped))
        case "stem_swap":
            assert overlap.handover is not None
            length = overlap.lengths[0]
            return fade_stems(clip, overlap.bars, overlap.handover, length, incoming=False)
        case "sweep":
            effects = (*clip.effects, _sweep(overlap))
            return replace(clip, fade_out=overlap.length // 2, effects=effects)
        case "echo":
            beat = round(overlap.length / (candidate.bars * overlap.beats_per_bar))
            echo = Echo(overlap.start, send=beat, delay=beat, feedback=ECHO_FEEDBACK)
            return replace(clip, echo=echo, fade_out=overlap.length)
        case "cut":
            return replace(clip, fade_out=min(CUT_FADE, clip.length))
        case "fade":
            return replace(clip, fade_out=round(candidate.fades[0] * overlap.length))
        case "gap":
            return replace(clip, fade_out=min(_GAP_FADE, clip.length))


def enter(clip: Clip, candidate: Candidate, overlap: Overlap) -> Clip:
    """Automate the incoming clip, which begins at the overlap's start."""
    match candidate.kind:
        case "blend":
            swapped = _bass_swap(clip, candidate, overlap, outgoing=False)
            faded = round(candidate.fades[1] * overlap.length)
            return replace(clip, fade_in=faded, effects=(*swapped, *clip.effects))
        case "stem_swap":
            assert overlap.handover is not None
            length = overlap.lengths[1]
            return fade_stems(clip, overlap.bars, overlap.handover, length, incoming=True)
        case "sweep":
            effects = (_late_bass(overlap), *clip.effects)
            return replace(clip, fade_in=overlap.length // 2, effects=effects)
        case "echo" | "cut":
            early = min(PRE_ROLL, clip.source_start, clip.start)
            start, source_start = clip.start - early, clip.source_start - early
            clip = replace(clip, start=start, source_start=source_start)
            return replace(clip, length=clip.length + early, fade_in=CUT_FADE)
        case "fade":
            return replace(clip, fade_in=round(candidate.fades[1] * overlap.length))
        case "gap":
            return replace(clip, start=clip.start + samples(GAP_S), fade_in=CUT_FADE)


def swap_bars(bars: int, drop_bar: int | None) -> tuple[int, int]:
    """The bars of a blend between which the basses are swapped.

    These are the middle eighth, one to four bars. If the incoming track drops in or after the
    blend, it is the bar before the drop: until then its own bass is thin, and a hole without the
    other; from then on it is complete.
    """
    if drop_bar is not None:
        return drop_bar - 1, drop_bar
    width = min(max(bars // 8, 1), 4)
    return (bars - width) // 2, (bars + width) // 2


def _bass_swap(
    clip: Clip, candidate: Candidate, overlap: Overlap, *, outgoing: bool
) -> tuple[Effect, ...]:
    """Shelves that remove one clip's bass and highs while the other clip has them.

    One bass fades out while the other fades in: one after the other would leave a bar without any
    bass, 4 LU quieter.
    """
    if not candidate.bass_swap:
        return ()
    first, last = swap_bars(len(overlap.bars) - 1, candidate.drop_bar)
    begin, stop = overlap.bars[first], overlap.bars[last]
    if outgoing:
        shares = ((begin, 0.0), (stop, 1.0))
        start, end = begin, overlap.end
    else:
        shares = ((begin, 1.0), (stop, 0.0))
        start, end = clip.start, stop
    return (
        Effect("low_shelf", start, end - start, shares, BASS_HZ, gain_db=BASS_DB),
        Effect("high_shelf", start, end - start, shares, HIGHS_HZ, gain_db=HIGHS_DB),
    )


def _sweep(overlap: Overlap) -> Effect:
    """High-pass of the outgoing clip, faded in over the first beat."""
    beats = overlap.beats_per_bar * max(len(overlap.bars) - 1, 1)
    opened = overlap.start + overlap.length // beats
    shares = ((overlap.start, 0.0), (opened, 1.0), (overlap.end, 1.0))
    return Effect("high_pass", overlap.start, overlap.length, shares, *SWEEP_HZ)


def _late_bass(overlap: Overlap) -> Effect:
    """Low shelf that keeps the incoming clip's bass out of the first quarter.

    By then the outgoing clip's high-pass has removed the other bass.
    """
    start, length = overlap.start, overlap.length
    shares = ((start + length // 4, 1.0), (start + length // 2, 0.0))
    return Effect("low_shelf", start, length // 2, shares, BASS_HZ, gain_db=BASS_DB)
