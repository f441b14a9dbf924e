"""Compute a join candidate's figures before it is rendered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ...pair import Pair
from ...pair_grooves import GrooveFit
from ..candidates import MATCHED, OVERLAPPING, Candidate
from ..shapes.stem_swap import handover_of
from .inside import Inside
from .left_out import NOTHING_LEFT_OUT, LeftOut, left_out_of
from .track_facts import Lookup, TrackFacts, lookup_of

DropFalls = Literal["at_end", "on_drop", "elsewhere"]
"""Where the incoming track's first drop falls: at the end of a beat-matched overlap, on a drop of
the outgoing track, or elsewhere."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures that the scoring rules use; None if a figure does not apply."""

    stretch_percent: float | None  # how much faster the incoming track must play in the overlap
    key_distance: int | None  # Camelot steps between the keys after any pitch shift
    harmony_overlap_s: float  # how long both tracks play notes or chords together
    vocal_overlap_s: float  # how long two voices sound together
    voice_cut_off: bool  # whether the outgoing track stops during vocals
    loudness_step_lu: float  # loudness 10 s after less 10 s before, both tracks levelled equally
    # whether the overlap begins with a phrase; None if the metre is unknown
    out_on_phrase: bool | None
    in_on_phrase: bool | None
    trimmed_out_s: float  # seconds of music that the join leaves out
    trimmed_in_s: float
    out_score: float  # of the cue point, 0 to 1
    in_score: float
    lands_on_section: bool  # whether a section of the incoming track begins where the overlap ends
    # the lower of the two tracks' confidences, in the parts that the join uses
    beat_confidence: float
    confidence: float  # in beat and bar
    left_out: LeftOut = NOTHING_LEFT_OUT
    inside: Inside | None = None  # None until it is looked at
    # how the drums interlock; None if only one track has drums, or one plays in double time
    groove: GrooveFit | None = None
    half_phrases: int = 0  # number of tracks that are left or entered in the middle of a phrase
    drop: DropFalls | None = None  # where the incoming track's first drop falls; None without one


def facts_of(candidate: Candidate, pair: Pair) -> Facts:
    """Compute a candidate's figures."""
    return PairFacts(pair).of(candidate)


@dataclass(frozen=True)
class PairFacts:
    """Computes the figures of a pair's candidates, which share their stretches of both tracks."""

    pair: Pair

    def of(self, candidate: Candidate) -> Facts:
        """Compute a candidate's figures."""
        pair, matched = self.pair, candidate.kind in MATCHED
        out = self._outgoing(candidate.out_s, candidate.out_end_s, candidate.out_bar)
        into = self._incoming(candidate.in_s, candidate.in_end_s, candidate.in_bar)
        beats, bars = _confidences(out, into, pair)
        drop = _drop_falls(candidate, pair)
        return Facts(
            stretch_percent=100.0 * (candidate.tempo_ratio - 1.0) if matched else None,
            key_distance=pair.key_distance(candidate.place, in_semitones=candidate.pitch_semitones),
            harmony_overlap_s=_harmony_overlap(candidate, out, into),
            vocal_overlap_s=_vocal_overlap(candidate, out, into),
            voice_cut_off=_cut_off(candidate, out, pair),
            loudness_step_lu=_loudness_step_lu(candidate, pair),
            out_on_phrase=out.on_phrase,
            in_on_phrase=into.on_phrase,
            half_phrases=out.half_phrase + into.half_phrase,
            trimmed_out_s=max(pair.outgoing.music_end_s - candidate.out_end_s, 0.0),
            trimmed_in_s=max(candidate.in_s - pair.incoming.music_start_s, 0.0),
            out_score=out.score,
            in_score=into.score,
            lands_on_section=into.section_begins or drop == "on_drop",
            beat_confidence=beats,
            confidence=min(beats, bars),
            left_out=left_out_of(candidate, pair),
            groove=_groove_fit(candidate, pair),
            drop=drop,
        )

    @cached_property
    def _outgoing(self) -> Lookup:
        return lookup_of(self.pair.outgoing, self.pair.out_grid, outgoing=True)

    @cached_property
    def _incoming(self) -> Lookup:
        return lookup_of(self.pair.incoming, self.pair.in_grid, outgoing=False)


def _drop_falls(candidate: Candidate, pair: Pair) -> DropFalls | None:
    if not pair.in_drops:
        return None
    if candidate.drop_bar is None:
        return "elsewhere"
    return "at_end" if candidate.drop_bar == candidate.bars else "on_drop"


def _groove_fit(candidate: Candidate, pair: Pair) -> GrooveFit | None:
    """Compare the drums that play together; in a stem swap only one track's do."""
    if candidate.kind not in ("blend", "sweep") or candidate.fold != 1.0 or pair.grooves is None:
        return None
    return pair.grooves.fit(candidate.place.outgoing_s, candidate.place.incoming_s)


def _loudness_step_lu(candidate: Candidate, pair: Pair) -> float:
    """Change of loudness at the join, in LU; for an echo the larger of two.

    An echo has a change where it begins and one where it ends. The incoming track plays at full
    level from the echo's beginning, so that a quiet intro is a step down even if it is over when
    the echo ends.
    """
    from_s = [candidate.in_end_s]
    if candidate.kind == "echo":
        from_s.append(candidate.in_s)
    before = pair.loudness_before(candidate.out_s)
    return max((pair.loudness_after(at_s) - before for at_s in from_s), key=abs)


def _harmony_overlap(candidate: Candidate, out: TrackFacts, into: TrackFacts) -> float:
    """Seconds of the overlap in which both tracks play notes or chords.

    A matched overlap maps one track's time onto the other's in proportion.
    """
    reached, tonal = 0.0, 1.0
    for start, end in sorted(out.toneless + into.toneless):
        tonal -= max(end - max(start, reached), 0.0)
        reached = max(reached, end)
    return candidate.overlap_s * max(tonal, 0.0)


def _vocal_overlap(candidate: Candidate, out: TrackFacts, into: TrackFacts) -> float:
    """Seconds of the overlap in which both tracks have vocals."""
    # in a stem swap one voice is muted while the other plays
    if candidate.kind == "stem_swap" or candidate.kind not in OVERLAPPING:
        return 0.0
    shares = [max(min(a[1], b[1]) - max(a[0], b[0]), 0.0) for a in out.sung for b in into.sung]
    return candidate.overlap_s * sum(shares)


def _cut_off(candidate: Candidate, out: TrackFacts, pair: Pair) -> bool:
    """Whether the outgoing track stops during a sung phrase.

    A stop within half a second of the phrase's ends does not count.
    """
    if candidate.kind == "stem_swap":
        return handover_of(candidate, pair).cut
    return out.voice_cut_off


def _confidences(out: TrackFacts, into: TrackFacts, pair: Pair) -> tuple[float, float]:
    """Return the lower confidences of both tracks, in beats and in bars, where the join lies."""
    if pair.out_grid is None or pair.in_grid is None:
        return 0.0, 0.0
    beats, bars = zip(out.confidences, into.confidences, strict=True)
    return min(beats), min(bars)
