"""Compute a join candidate's figures before it is rendered."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract.analysis import Cue
from ..deck import Grid
from ..pair import Pair
from .candidates import MATCHED, OVERLAPPING, Candidate
from .inside import Inside
from .left_out import NOTHING_LEFT_OUT, LeftOut, left_out_of
from .stem_swap import handover_of, shares_within

_NEAR_S = 0.1  # rounding may put a cue or a section this far from its bar


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
    half_phrases: int = 0  # number of tracks that are left or entered in the middle of a phrase


def facts_of(candidate: Candidate, pair: Pair) -> Facts:
    """Compute a candidate's figures."""
    out, into = pair.outgoing.analysis, pair.incoming.analysis
    matched = candidate.kind in MATCHED
    beats, bars = _confidences(candidate, pair)
    return Facts(
        stretch_percent=100.0 * (candidate.tempo_ratio - 1.0) if matched else None,
        key_distance=pair.key_distance(candidate.place, in_semitones=candidate.pitch_semitones),
        harmony_overlap_s=_harmony_overlap(candidate, pair),
        vocal_overlap_s=_vocal_overlap(candidate, pair),
        voice_cut_off=_cut_off(candidate, pair),
        loudness_step_lu=_loudness_step_lu(candidate, pair),
        out_on_phrase=_on_phrase(pair.out_grid, candidate.out_bar),
        in_on_phrase=_on_phrase(pair.in_grid, candidate.in_bar),
        half_phrases=_on_half(pair.out_grid, candidate.out_bar)
        + _on_half(pair.in_grid, candidate.in_bar),
        trimmed_out_s=max(pair.outgoing.music_end_s - candidate.out_end_s, 0.0),
        trimmed_in_s=max(candidate.in_s - pair.incoming.music_start_s, 0.0),
        out_score=_score(out.cue_outs if out else [], candidate.out_s),
        in_score=_score(into.cue_ins if into else [], candidate.in_s),
        lands_on_section=into is not None
        and any(abs(part.start_s - candidate.in_end_s) < _NEAR_S for part in into.sections),
        beat_confidence=beats,
        confidence=min(beats, bars),
        left_out=left_out_of(candidate, pair),
    )


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


def _harmony_overlap(candidate: Candidate, pair: Pair) -> float:
    """Seconds of the overlap in which both tracks play notes or chords.

    A matched overlap maps one track's time onto the other's in proportion.
    """
    out, into = pair.outgoing.analysis, pair.incoming.analysis
    outgoing = out.harmony.toneless if out else []
    incoming = into.harmony.toneless if into else []
    without = shares_within(outgoing, candidate.out_s, candidate.out_end_s)
    without += shares_within(incoming, candidate.in_s, candidate.in_end_s)
    reached, tonal = 0.0, 1.0
    for start, end in sorted(without):
        tonal -= max(end - max(start, reached), 0.0)
        reached = max(reached, end)
    return candidate.overlap_s * max(tonal, 0.0)


def _vocal_overlap(candidate: Candidate, pair: Pair) -> float:
    """Seconds of the overlap in which both tracks have vocals."""
    out, into = pair.outgoing.analysis, pair.incoming.analysis
    # in a stem swap one voice is muted while the other plays
    silent = candidate.kind == "stem_swap"
    if silent or candidate.kind not in OVERLAPPING or out is None or into is None:
        return 0.0
    outgoing = shares_within(out.vocals, candidate.out_s, candidate.out_end_s)
    incoming = shares_within(into.vocals, candidate.in_s, candidate.in_end_s)
    shares = [max(min(a[1], b[1]) - max(a[0], b[0]), 0.0) for a in outgoing for b in incoming]
    return candidate.overlap_s * sum(shares)


def _cut_off(candidate: Candidate, pair: Pair) -> bool:
    """Whether the outgoing track stops during a sung phrase.

    A stop within half a second of the phrase's ends does not count.
    """
    if candidate.kind == "stem_swap":
        return handover_of(candidate, pair).cut
    out, at = pair.outgoing.analysis, candidate.out_end_s
    return out is not None and any(v.start_s < at - 0.5 and v.end_s > at + 0.5 for v in out.vocals)


def _on_phrase(grid: Grid | None, bar: int | None) -> bool | None:
    if grid is None or bar is None or not grid.analysis.rhythm.metre_is_known:
        return None
    return grid.on_phrase(bar)


def _on_half(grid: Grid | None, bar: int | None) -> bool:
    return grid is not None and bar is not None and grid.on_half_phrase(bar)


def _score(cues: list[Cue], at_s: float) -> float:
    """Score of the cue point at a position; 0.2 if there is no cue point."""
    return max((cue.score for cue in cues if abs(cue.at_s - at_s) < _NEAR_S), default=0.2)


def _confidences(candidate: Candidate, pair: Pair) -> tuple[float, float]:
    """Return the lower confidences of both tracks, in beats and in bars, where the join lies."""
    if pair.out_grid is None or pair.in_grid is None:
        return 0.0, 0.0
    out = pair.out_grid.confidences(candidate.out_s, candidate.out_end_s)
    into = pair.in_grid.confidences(candidate.in_s, candidate.in_end_s)
    return min(out[0], into[0]), min(out[1], into[1])
