"""Stem swaps: the outgoing track's voice over the incoming one's drums and bass, one singer at a
time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from ..contract.analysis import Stretch
from ..contract.dj import DjRules
from ..contract.stems import StemName
from ..dsp.samples import SAMPLE_RATE, samples
from ..media.made_form import stem_file
from .candidates import Candidate
from .couple import Couple
from .timeline import Clip, StemFaders, Timeline

MARGIN = 2 * SAMPLE_RATE
"""What is separated round what is heard: separators and stretchers go by what lies round it."""

VOICE_FADE = round(0.1 * SAMPLE_RATE)
"""How long one singer takes to go and the next to come: longer, it sounds like a duet."""

_QUARTER_SINE = (0.0, 0.383, 0.707, 0.924, 1.0)  # equal power, as straight lines
_WORD_S = 0.25  # nearer than this to a voice, one is in the middle of a word
_USUAL = 0.75  # of the overlap: the voice is heard over the other beat for long enough by then

Gains = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """The bar of the overlap at which the singers change; ``cut``: one of them in mid-word."""

    bar: int
    cut: bool


def handover_of(candidate: Candidate, couple: Couple) -> Handover:
    """The bar of the overlap's second half at which the fewest words are lost."""
    out, into = couple.outgoing.analysis, couple.incoming.analysis
    theirs = _shares(out.vocals if out else [], candidate.out_s, candidate.out_end_s)
    ours = _shares(into.vocals if into else [], candidate.in_s, candidate.in_end_s)
    bars = range(max(candidate.bars // 2, 1), candidate.bars + 1)
    word = _WORD_S / max(candidate.overlap_s, 1e-9)

    def cut(bar: int) -> bool:
        at = bar / candidate.bars
        return any(start < at - word and end > at + word for start, end in (*theirs, *ours))

    def cost(bar: int) -> float:
        at = bar / candidate.bars
        lost = sum(max(min(end, 1.0) - max(start, at), 0.0) for start, end in theirs)
        lost += sum(max(min(end, at) - max(start, 0.0), 0.0) for start, end in ours)
        return cut(bar) + lost + 0.5 * abs(at - _USUAL)

    best = min(bars, key=cost)
    return Handover(best, cut(best))


def voiced(vocals: list[Stretch], from_s: float, to_s: float) -> list[tuple[float, float]]:
    """Where somebody sings between two seconds of a track, as shares of that time."""
    parts = [(max(start, 0.0), min(end, 1.0)) for start, end in _shares(vocals, from_s, to_s)]
    return [(start, end) for start, end in parts if end > start]


def _shares(vocals: list[Stretch], from_s: float, to_s: float) -> list[tuple[float, float]]:
    """All that is sung, on an axis that is 0 at one second and 1 at the other."""
    length_s = to_s - from_s
    if length_s <= 0.0:
        return []
    return [((v.start_s - from_s) / length_s, (v.end_s - from_s) / length_s) for v in vocals]


def leaving(clip: Clip, bars: tuple[int, ...], handover: Handover, length: int) -> Clip:
    """The outgoing clip, which ends with the swap: its beat goes first, its voice last.

    ``bars`` are the downbeats of the overlap in samples of the mix, ``length`` is the track's.
    """
    return _with_faders(clip, bars, handover, length, rising=False)


def entering(clip: Clip, bars: tuple[int, ...], handover: Handover, length: int) -> Clip:
    """The incoming clip, which begins with the swap."""
    return _with_faders(clip, bars, handover, length, rising=True)


def _with_faders(
    clip: Clip, bars: tuple[int, ...], handover: Handover, length: int, *, rising: bool
) -> Clip:
    count = len(bars) - 1
    beat = _moving(bars[0], bars[max(count // 8, 1)], rising=rising)
    harmony = _moving(bars[count // 2], bars[max(3 * count // 4, count // 2 + 1)], rising=rising)
    sung = bars[handover.bar]
    voice = _moving(sung - VOICE_FADE, sung, rising=rising)
    lines: dict[StemName, Gains] = {"drums": beat, "bass": beat, "vocals": voice}
    lines |= dict.fromkeys(("other", "guitar", "piano"), harmony)
    heard = clip.sources_at(np.array([bars[0], bars[-1]], np.float64))
    faders = StemFaders(
        start=bars[0],
        length=bars[-1] - bars[0],
        source=(
            max(int(heard[0]) - MARGIN, 0),
            min(int(heard[1]) + MARGIN, length),
        ),
        faders=tuple(lines.items()),
    )
    return replace(clip, stem_faders=(*clip.stem_faders, faders))


def _moving(begin: int, end: int, *, rising: bool) -> Gains:
    gains = _QUARTER_SINE if rising else _QUARTER_SINE[::-1]
    places = np.linspace(begin, end, len(gains)).round().astype(int)
    return tuple((int(at), gain) for at, gain in zip(places, gains, strict=True))


def stem_clip(clip: Clip, faders: StemFaders, stem: StemName) -> Clip:
    """One stem of a clip as a clip of its own, as long as its faders are in force.

    It follows the same map of tempo, and has none of the clip's fades, filters and gains.
    """
    first, last = (
        round(float(at)) for at in clip.sources_at(np.array([faders.start, faders.end], np.float64))
    )
    inner = [point for point in clip.warp if faders.start < point[1] < faders.end]
    bent = clip.pitch_semitones != 0 or faders.start < clip.stretched_end
    warp = ((first, faders.start), *inner, (last, faders.end)) if bent else ()
    return Clip(
        track_id=clip.track_id,
        content=clip.content,
        title=clip.title,
        artist=clip.artist,
        start=faders.start,
        length=faders.length,
        source_start=first,
        warp=warp,
        pitch_semitones=clip.pitch_semitones,
        role="stem",
        stem=stem,
        made=stem_file(faders.maker, stem, faders.source),
    )


def stem_clips(clip: Clip) -> list[Clip]:
    """Every stem that is heard of a clip."""
    return [
        stem_clip(clip, faders, stem) for faders in clip.stem_faders for stem, _ in faders.faders
    ]


def made_by(timeline: Timeline, maker: str, sources: Collection[StemName]) -> Timeline:
    """The timeline with the stems of one separator, which tells ``sources`` apart."""

    def named(faders: StemFaders) -> StemFaders:
        told = tuple(line for line in faders.faders if line[0] in sources)
        return replace(faders, maker=maker, faders=told)

    clips = tuple(
        replace(clip, stem_faders=tuple(map(named, clip.stem_faders))) for clip in timeline.clips
    )
    return replace(timeline, clips=clips)


def without_stem_swaps(rules: DjRules) -> DjRules:
    """The rules for a mix in which nobody takes tracks apart."""
    kinds = [kind for kind in rules.allowed_kinds if kind != "stem_swap"]
    return rules.model_copy(update={"allowed_kinds": kinds or ["fade"]})


def least_seconds(timeline: Timeline) -> float:
    """How many seconds of tracks have to be taken apart."""
    stretches = {
        (clip.content, faders.source) for clip in timeline.clips for faders in clip.stem_faders
    }
    return sum(last - first for _, (first, last) in stretches) / samples(1.0)
