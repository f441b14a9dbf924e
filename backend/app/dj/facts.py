"""What can be said of a candidate before a sample is rendered."""

from __future__ import annotations

from dataclasses import dataclass

from ..contract.analysis import Cue, Stretch
from .candidates import MATCHED, OVERLAPPING, Candidate
from .couple import Couple
from .deck import Grid
from .stem_swap import handover_of, voiced

_NEAR_S = 0.1  # a cue or a section lies on the bar that it was found at, give or take its rounding


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures that the judges look at; None where one has no meaning.

    Attributes
    ----------
    stretch_percent : how much faster the incoming plays in the overlap
    key_distance : Camelot steps between what sounds together; of pitched sound, after the pitch
    vocal_overlap_s : how long two voices sound together
    voice_cut_off : whether the outgoing stops while somebody sings
    loudness_step_lu : ten seconds after less ten seconds before, both tracks at equal loudness
    out_on_phrase, in_on_phrase : whether the overlap begins with a phrase of each
    trimmed_out_s, trimmed_in_s : what of the music is left out
    out_score, in_score : how good the places are as such, 0 to 1
    lands_on_section : whether a section of the incoming begins where the overlap ends
    confidence : the lesser of the two tracks' confidences in beat and bar
    """

    stretch_percent: float | None
    key_distance: int | None
    vocal_overlap_s: float
    voice_cut_off: bool
    loudness_step_lu: float
    out_on_phrase: bool | None
    in_on_phrase: bool | None
    trimmed_out_s: float
    trimmed_in_s: float
    out_score: float
    in_score: float
    lands_on_section: bool
    confidence: float


def facts_of(candidate: Candidate, couple: Couple) -> Facts:
    """Look at a candidate."""
    out, into = couple.outgoing.analysis, couple.incoming.analysis
    matched = candidate.kind in MATCHED
    music_end = out.music_end_s if out else couple.outgoing.duration_s
    music_start = into.music_start_s if into else 0.0
    return Facts(
        stretch_percent=100.0 * (candidate.tempo_ratio - 1.0) if matched else None,
        key_distance=key_distance(candidate, couple, 0),
        vocal_overlap_s=_vocal_overlap(candidate, couple),
        voice_cut_off=_cut_off(candidate, couple),
        loudness_step_lu=_loudness_step_lu(candidate, couple),
        out_on_phrase=_on_phrase(couple.out_grid, candidate.out_bar),
        in_on_phrase=_on_phrase(couple.in_grid, candidate.in_bar),
        trimmed_out_s=max(music_end - candidate.out_end_s, 0.0),
        trimmed_in_s=max(candidate.in_s - music_start, 0.0),
        out_score=_score(out.cue_outs if out else [], candidate.out_s),
        in_score=_score(into.cue_ins if into else [], candidate.in_s),
        lands_on_section=into is not None
        and any(abs(part.start_s - candidate.in_end_s) < _NEAR_S for part in into.sections),
        confidence=min(_confidence(couple.out_grid), _confidence(couple.in_grid)),
    )


def _loudness_step_lu(candidate: Candidate, couple: Couple) -> float:
    """After an echo, the larger of two: the incoming track is heard in full while it still rings.

    A quiet intro would be a step down there, even if it is over when the echo is.
    """
    heard_from_s = [candidate.in_end_s]
    if candidate.kind == "echo":
        heard_from_s.append(candidate.in_s)
    before = couple.out_loudness.before(candidate.out_s)
    steps = [couple.in_loudness.after(at_s) - before for at_s in heard_from_s]
    return max(steps, key=abs)


def key_distance(candidate: Candidate, couple: Couple, out_pitch: int) -> int | None:
    """Camelot steps between the two; None where a key is unknown.

    ``out_pitch`` is how far the outgoing track has been moved already, in semitones.
    """
    out = couple.out_grid.key if couple.out_grid else None
    into = couple.in_grid.key if couple.in_grid else None
    if out is None or into is None:
        return None
    return out.moved(out_pitch).distance(into.moved(candidate.pitch_semitones))


def _vocal_overlap(candidate: Candidate, couple: Couple) -> float:
    """Seconds of the overlap in which both sing, on the overlap's own axis from 0."""
    out, into = couple.outgoing.analysis, couple.incoming.analysis
    if candidate.kind not in OVERLAPPING or out is None or into is None:
        return 0.0
    if candidate.kind == "stem_swap":  # one voice is muted while the other is heard
        return 0.0
    theirs = voiced(out.vocals, candidate.out_s, candidate.out_end_s)
    ours = voiced(into.vocals, candidate.in_s, candidate.in_end_s)
    shares = [max(min(a[1], b[1]) - max(a[0], b[0]), 0.0) for a in theirs for b in ours]
    return candidate.overlap_s * sum(shares)


def _cut_off(candidate: Candidate, couple: Couple) -> bool:
    if candidate.kind == "stem_swap":
        return handover_of(candidate, couple).cut
    out = couple.outgoing.analysis
    return _sings(out.vocals if out else [], candidate)


def _sings(vocals: list[Stretch], candidate: Candidate) -> bool:
    """Whether somebody is in mid-phrase, half a second either way, where the outgoing stops."""
    at = candidate.out_end_s
    return any(v.start_s < at - 0.5 and v.end_s > at + 0.5 for v in vocals)


def _on_phrase(grid: Grid | None, bar: int | None) -> bool | None:
    return None if grid is None or bar is None else grid.on_phrase(bar)


def _score(cues: list[Cue], at_s: float) -> float:
    """The score of the cue at a place; a place that is none counts for little."""
    return max((cue.score for cue in cues if abs(cue.at_s - at_s) < _NEAR_S), default=0.2)


def _confidence(grid: Grid | None) -> float:
    if grid is None:
        return 0.0
    return min(grid.analysis.rhythm.confidence, grid.analysis.rhythm.downbeat_confidence)
