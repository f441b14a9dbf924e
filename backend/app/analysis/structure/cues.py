"""Choose cue points at which a track can be mixed in or out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...contract.analysis import Cue, Rhythm, Section, Stretch
from ..rhythm.bar_edges import Floats, bar_edges_s, phrase_places

OVERLAP_BARS = 16  # rated after each cue: two phrases, the most common overlap of DJs
# shares of the music: cue-ins lie before the first, cue-outs after the second
IN_WITHIN, OUT_FROM = 0.4, 0.6
MOST = 8  # number of cues of each kind; a longer list is not useful
LEAST_BARS_AFTER = 8  # bars left after a cue-out; with less, the join is a cut
PLACE_WEIGHT, VOICE_WEIGHT, EDGE_WEIGHT, PHRASE_WEIGHT = 0.35, 0.3, 0.2, 0.15


@dataclass(frozen=True, slots=True)
class _Track:
    """The parts of a track's analysis from which cues are chosen.

    ``edges_s`` are the edges of its bars.
    """

    edges_s: Floats
    on_phrase: list[bool]
    sections: list[Section]
    energy: Floats
    vocals: list[Stretch]
    music_start_s: float
    music_end_s: float

    @property
    def n_bars(self) -> int:
        """Number of bars."""
        return len(self.edges_s) - 1

    def section_at(self, bar: int) -> Section | None:
        """Return the section that begins at this bar, if any."""
        at_s = self.edges_s[bar]
        return next((s for s in self.sections if abs(s.start_s - at_s) < 0.05), None)

    def starts_part(self, bar: int) -> bool:
        """Whether a phrase or a section begins at this bar."""
        return self.on_phrase[bar] or self.section_at(bar) is not None

    def sung_share(self, bar: int) -> float:
        """Share of an overlap that begins at this bar in which there are vocals."""
        start_s = float(self.edges_s[bar])
        end_s = float(self.edges_s[min(bar + OVERLAP_BARS, self.n_bars)])
        sung = sum(max(0.0, min(v.end_s, end_s) - max(v.start_s, start_s)) for v in self.vocals)
        return sung / max(end_s - start_s, 1e-9)

    def progress(self, bar: int) -> float:
        """The bar's position within the music, 0 to 1."""
        length_s = max(self.music_end_s - self.music_start_s, 1e-9)
        return min(max((float(self.edges_s[bar]) - self.music_start_s) / length_s, 0.0), 1.0)

    def energy_drop(self, bar: int) -> float:
        """How much less energy the next four bars have than the last four; 0 for a rise."""
        before, after = self.energy[max(0, bar - 4) : bar], self.energy[bar : bar + 4]
        return max(0.0, float(before.mean() - after.mean())) if len(before) and len(after) else 0.0


def find_cues(
    rhythm: Rhythm,
    sections: list[Section],
    energy: list[float],
    vocals: list[Stretch],
    music_start_s: float,
    music_end_s: float,
) -> tuple[list[Cue], list[Cue]]:
    """Find the best downbeats to mix in at and to mix out from, in order of time.

    Returns at least one of each; without beats these are the start and the end of the music.
    """
    edges_s = bar_edges_s(rhythm)
    if len(edges_s) < 2:
        return [_bare(music_start_s, "the music starts")], [_bare(music_end_s, "the music ends")]
    known = rhythm.metre_is_known
    on_phrase = [known and bool(place == 0) for place in phrase_places(rhythm)]
    track = _Track(
        edges_s, on_phrase, sections, np.asarray(energy), vocals, music_start_s, music_end_s
    )
    parts = [bar for bar in range(track.n_bars) if track.starts_part(bar)]
    ins = [bar for bar in parts if track.progress(bar) <= IN_WITHIN]
    last = track.n_bars - LEAST_BARS_AFTER
    outs = [bar for bar in parts if track.progress(bar) >= OUT_FROM and bar <= last]
    return (
        _best([_cue_in(track, bar) for bar in sorted({0, *ins})]),
        _best([_cue_out(track, bar) for bar in outs or [max(0, last)]]),
    )


def _bare(at_s: float, reason: str) -> Cue:
    return Cue(at_s=at_s, score=0.1, on_phrase=False, reason=reason)


def _best(cues: list[Cue]) -> list[Cue]:
    best = sorted(cues, key=lambda cue: -cue.score)[:MOST]
    return sorted(best, key=lambda cue: cue.at_s)


def _cue_in(track: _Track, bar: int) -> Cue:
    section = track.section_at(bar)
    place = max(1.0 - track.progress(bar) / IN_WITHIN, 0.0)
    edge = float(section is not None or bar == 0)
    reason = "the first downbeat" if bar == 0 else _describe_start(section)
    return _cue(track, bar, place, edge, reason)


def _cue_out(track: _Track, bar: int) -> Cue:
    """Rate a cue-out by falling energy, position and vocals.

    Best where energy falls, late but at least two phrases before the end, without vocals.
    """
    section = track.section_at(bar)
    left = track.n_bars - bar
    falls = track.energy_drop(bar)
    place = min(left, OVERLAP_BARS) / max(left, OVERLAP_BARS)
    edge = 0.5 * (section is not None) + min(2.0 * falls, 0.5)
    reason = _describe_start(section) + (", the energy falls" if falls > 0.1 else "")
    return _cue(track, bar, place, edge, f"{reason}, {left} bars to go")


def _describe_start(section: Section | None) -> str:
    if section is None:
        return "a phrase starts"
    ends = section.label in ("intro", "outro")
    return f"the {section.label} starts" if ends else f"a {section.label} part starts"


def _cue(track: _Track, bar: int, place: float, edge: float, reason: str) -> Cue:
    """Score a cue by its position, following vocals, section edge and phrase."""
    sung, on_phrase = track.sung_share(bar), track.on_phrase[bar]
    score = (
        PLACE_WEIGHT * place
        + VOICE_WEIGHT * (1.0 - sung)
        + EDGE_WEIGHT * edge
        + PHRASE_WEIGHT * on_phrase
    )
    voice = "no voice follows" if sung < 0.05 else f"a voice for {sung:.0%} of what follows"
    return Cue(
        at_s=float(track.edges_s[bar]),
        score=round(score, 3),
        on_phrase=on_phrase,
        reason=f"{reason}, {voice}",
    )
