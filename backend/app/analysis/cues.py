"""Where a track can be mixed in, and where out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contract.analysis import Cue, Rhythm, Section, Stretch
from .bars import Floats, bar_edges_s, phrase_places

OVERLAP_BARS = 16  # what a cue looks ahead: two phrases, the commonest overlap of DJs
IN_WITHIN, OUT_FROM = 0.4, 0.6  # of the music: earlier ones to mix in, later ones to mix out
MOST = 8  # more than these nobody looks through
LEAST_BARS_AFTER = 8  # behind a cue-out; a shorter overlap is a cut
PLACE_WEIGHT, VOICE_WEIGHT, EDGE_WEIGHT, PHRASE_WEIGHT = 0.35, 0.3, 0.2, 0.15


@dataclass(frozen=True, slots=True)
class _Track:
    """What cues are chosen from."""

    edges_s: Floats
    on_phrase: list[bool]
    sections: list[Section]
    energy: Floats
    vocals: list[Stretch]
    music_start_s: float
    music_end_s: float

    def section_at(self, at_s: float) -> Section | None:
        """The section that begins at a downbeat."""
        return next((s for s in self.sections if abs(s.start_s - at_s) < 0.05), None)

    def sung_share(self, start_s: float, end_s: float) -> float:
        """How much of a stretch has a voice in it."""
        sung = sum(max(0.0, min(v.end_s, end_s) - max(v.start_s, start_s)) for v in self.vocals)
        return sung / max(end_s - start_s, 1e-9)

    def ahead_s(self, bar: int) -> float:
        """Where an overlap from this bar on is over."""
        return float(self.edges_s[min(bar + OVERLAP_BARS, len(self.edges_s) - 1)])

    def progress(self, at_s: float) -> float:
        """How far into the music, 0 to 1."""
        length_s = max(self.music_end_s - self.music_start_s, 1e-9)
        return min(max((at_s - self.music_start_s) / length_s, 0.0), 1.0)


def cues_of(
    rhythm: Rhythm,
    sections: list[Section],
    energy: list[float],
    vocals: list[Stretch],
    music_start_s: float,
    music_end_s: float,
) -> tuple[list[Cue], list[Cue]]:
    """Downbeats to mix in at and to mix out from, in the order of time.

    There is at least one of each; without beats they are where the music starts and ends.
    """
    edges_s = bar_edges_s(rhythm)
    if len(edges_s) < 2:
        return [_bare(music_start_s, "the music starts")], [_bare(music_end_s, "the music ends")]
    on_phrase = [bool(place == 0) for place in phrase_places(rhythm)]
    track = _Track(
        edges_s, on_phrase, sections, np.asarray(energy), vocals, music_start_s, music_end_s
    )
    bars = range(len(edges_s) - 1)
    ins = [_cue_in(track, bar) for bar in bars if bar == 0 or _may_open(track, bar)]
    outs = [_cue_out(track, bar) for bar in bars if _may_close(track, bar)]
    return _best(ins), _best(outs or [_cue_out(track, max(0, len(bars) - LEAST_BARS_AFTER))])


def _bare(at_s: float, reason: str) -> Cue:
    return Cue(at_s=at_s, score=0.1, on_phrase=False, reason=reason)


def _best(cues: list[Cue]) -> list[Cue]:
    best = sorted(cues, key=lambda cue: -cue.score)[:MOST]
    return sorted(best, key=lambda cue: cue.at_s)


def _may_open(track: _Track, bar: int) -> bool:
    at_s = float(track.edges_s[bar])
    marked = track.on_phrase[bar] or track.section_at(at_s) is not None
    return marked and track.progress(at_s) <= IN_WITHIN


def _may_close(track: _Track, bar: int) -> bool:
    at_s = float(track.edges_s[bar])
    marked = track.on_phrase[bar] or track.section_at(at_s) is not None
    left = len(track.edges_s) - 1 - bar
    return marked and track.progress(at_s) >= OUT_FROM and left >= LEAST_BARS_AFTER


def _cue_in(track: _Track, bar: int) -> Cue:
    at_s = float(track.edges_s[bar])
    section = track.section_at(at_s)
    sung = track.sung_share(at_s, track.ahead_s(bar))
    early = 1.0 - track.progress(at_s) / IN_WITHIN
    score = (
        PLACE_WEIGHT * max(early, 0.0)
        + VOICE_WEIGHT * (1.0 - sung)
        + EDGE_WEIGHT * (section is not None or bar == 0)
        + PHRASE_WEIGHT * track.on_phrase[bar]
    )
    words = "the first downbeat" if bar == 0 else _what_starts(section)
    return _cue(at_s, score, track.on_phrase[bar], words, sung)


def _cue_out(track: _Track, bar: int) -> Cue:
    """Best where energy falls, late but with two phrases to go, and no voice to talk over."""
    at_s = float(track.edges_s[bar])
    section = track.section_at(at_s)
    sung = track.sung_share(at_s, track.ahead_s(bar))
    left = len(track.edges_s) - 1 - bar
    falls = _fall(track.energy, bar)
    score = (
        PLACE_WEIGHT * (min(left, OVERLAP_BARS) / max(left, OVERLAP_BARS))
        + VOICE_WEIGHT * (1.0 - sung)
        + EDGE_WEIGHT * (0.5 * (section is not None) + min(2.0 * falls, 0.5))
        + PHRASE_WEIGHT * track.on_phrase[bar]
    )
    words = _what_starts(section)
    if falls > 0.1:
        words += ", the energy falls"
    return _cue(at_s, score, track.on_phrase[bar], f"{words}, {left} bars to go", sung)


def _fall(energy: Floats, bar: int) -> float:
    """By how much the four bars from here on are calmer than the four before."""
    before, after = energy[max(0, bar - 4) : bar], energy[bar : bar + 4]
    return max(0.0, float(before.mean() - after.mean())) if len(before) and len(after) else 0.0


def _what_starts(section: Section | None) -> str:
    if section is None:
        return "a phrase starts"
    ends = section.label in ("intro", "outro")
    return f"the {section.label} starts" if ends else f"a {section.label} part starts"


def _cue(at_s: float, score: float, on_phrase: bool, words: str, sung: float) -> Cue:
    voice = "no voice follows" if sung < 0.05 else f"a voice for {sung:.0%} of what follows"
    return Cue(at_s=at_s, score=round(score, 3), on_phrase=on_phrase, reason=f"{words}, {voice}")
