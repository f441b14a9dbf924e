"""Stem swaps: the outgoing voice over the incoming drums and bass, one voice at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from ....contract.analysis import Stretch
from ....contract.dj import DjRules
from ....contract.stems import StemName
from ....dsp.samples import SAMPLE_RATE
from ....media.stem_file_format import stem_file
from ...pair import Pair
from ...timeline import Clip, StemFaders, Timeline
from ..candidates import Candidate

MARGIN = 2 * SAMPLE_RATE  # extra sound on either side, which separators and stretchers need
VOICE_FADE = round(0.1 * SAMPLE_RATE)  # fade between the voices; a longer one sounds like a duet

_QUARTER_SINE = (0.0, 0.383, 0.707, 0.924, 1.0)  # a fade of equal power, as straight lines
_WORD_S = 0.25  # a change this far from both ends of a phrase cuts a word
# share of the overlap after which the voice has played long enough over the other beat
_USUAL = 0.75

Gains = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """The bar of the overlap at which the voices change.

    ``cut`` says whether the change is in the middle of a word.
    """

    bar: int
    cut: bool


def handover_of(candidate: Candidate, pair: Pair) -> Handover:
    """Choose the bar in the overlap's second half at which the fewest words are lost."""
    out, into = pair.outgoing.analysis, pair.incoming.analysis
    outgoing = _shares(out.vocals if out else [], candidate.out_s, candidate.out_end_s)
    incoming = _shares(into.vocals if into else [], candidate.in_s, candidate.in_end_s)
    bars = range(max(candidate.bars // 2, 1), candidate.bars + 1)
    word = _WORD_S / max(candidate.overlap_s, 1e-9)

    def cut(bar: int) -> bool:
        at = bar / candidate.bars
        return any(start < at - word and end > at + word for start, end in (*outgoing, *incoming))

    def cost(bar: int) -> float:
        at = bar / candidate.bars
        lost = sum(max(min(end, 1.0) - max(start, at), 0.0) for start, end in outgoing)
        lost += sum(max(min(end, at) - max(start, 0.0), 0.0) for start, end in incoming)
        return cut(bar) + lost + 0.5 * abs(at - _USUAL)

    best = min(bars, key=cost)
    return Handover(best, cut(best))


def shares_within(ranges: list[Stretch], from_s: float, to_s: float) -> list[tuple[float, float]]:
    """List the ranges between two seconds of a track, as shares of that time."""
    parts = [(max(start, 0.0), min(end, 1.0)) for start, end in _shares(ranges, from_s, to_s)]
    return [(start, end) for start, end in parts if end > start]


def _shares(vocals: list[Stretch], from_s: float, to_s: float) -> list[tuple[float, float]]:
    """List all vocals on an axis that is 0 at one second and 1 at another."""
    length_s = to_s - from_s
    if length_s <= 0.0:
        return []
    return [((v.start_s - from_s) / length_s, (v.end_s - from_s) / length_s) for v in vocals]


def fade_stems(
    clip: Clip, bars: tuple[int, ...], handover: Handover, length: int, *, incoming: bool
) -> Clip:
    """Add stem faders to a clip; the outgoing clip loses its beat first, its voice last.

    ``bars`` are the downbeats of the overlap in samples of the mix, ``length`` is the track's
    length.
    """
    count = len(bars) - 1
    beat = _fader(bars[0], bars[max(count // 8, 1)], rising=incoming)
    harmony = _fader(bars[count // 2], bars[max(3 * count // 4, count // 2 + 1)], rising=incoming)
    change = bars[handover.bar]
    voice = _fader(change - VOICE_FADE, change, rising=incoming)
    lines: dict[StemName, Gains] = {"drums": beat, "bass": beat, "vocals": voice}
    lines |= dict.fromkeys(("other", "guitar", "piano"), harmony)
    first, last = clip.sources_at(np.array([bars[0], bars[-1]], np.float64))
    faders = StemFaders(
        start=bars[0],
        length=bars[-1] - bars[0],
        source=(max(int(first) - MARGIN, 0), min(int(last) + MARGIN, length)),
        faders=tuple(lines.items()),
    )
    return replace(clip, stem_faders=(*clip.stem_faders, faders))


def _fader(begin: int, end: int, *, rising: bool) -> Gains:
    gains = _QUARTER_SINE if rising else _QUARTER_SINE[::-1]
    places = np.linspace(begin, end, len(gains)).round().astype(int)
    return tuple((int(at), gain) for at, gain in zip(places, gains, strict=True))


def stem_clip(clip: Clip, faders: StemFaders, stem: StemName) -> Clip:
    """One stem of a clip as a separate clip, as long as the faders.

    It has the clip's tempo map, but not its fades, filters and gain.
    """
    first, last = (
        round(float(at)) for at in clip.sources_at(np.array([faders.start, faders.end], np.float64))
    )
    inner = [point for point in clip.warp if faders.start < point[1] < faders.end]
    stretched = clip.pitch_semitones != 0 or faders.start < clip.stretched_end
    warp = ((first, faders.start), *inner, (last, faders.end)) if stretched else ()
    return Clip(
        track_id=clip.track_id,
        content_hash=clip.content_hash,
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
    """All stem clips of a clip."""
    return [
        stem_clip(clip, faders, stem) for faders in clip.stem_faders for stem, _ in faders.faders
    ]


def with_separator(timeline: Timeline, maker: str, sources: Collection[StemName]) -> Timeline:
    """Fill in the separator of a timeline's stems; ``sources`` are the parts it can separate."""

    def named(faders: StemFaders) -> StemFaders:
        separated = tuple(line for line in faders.faders if line[0] in sources)
        return replace(faders, maker=maker, faders=separated)

    clips = tuple(
        replace(clip, stem_faders=tuple(map(named, clip.stem_faders))) for clip in timeline.clips
    )
    return replace(timeline, clips=clips)


def without_stem_swaps(rules: DjRules) -> DjRules:
    """The DJ rules for a mix without a separator."""
    kinds = [kind for kind in rules.allowed_kinds if kind != "stem_swap"]
    return rules.model_copy(update={"allowed_kinds": kinds or ["fade"]})
