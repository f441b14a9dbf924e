"""Judge a join by its figures: what is wrong, and how bad it sounds."""

from __future__ import annotations

from dataclasses import dataclass

from ....dj.joins.candidates import OVERLAPPING
from ....dj.joins.choose import Choice
from ....dj.joins.rules import CLASH_STEPS, MAX_CLASH_S
from ....dj.joins.trials import Trial
from ....render.measure.join_levels import JoinLevels
from ..reuse.mp3 import JoinFigures
from .beats import beats_fault, beats_unclear

_OFF_BEAT = 100.0  # worse than anything else
_PER_LU = 0.7
"""Penalty of each LU beyond a limit. Against the scoring rules' penalties: an echo in place of a
blend costs about 2, so a hole must be 3 LU deeper than allowed before it is worth one."""


@dataclass(frozen=True, slots=True)
class FaultLimits:
    """Limits beyond which a join fails.

    Attributes
    ----------
    dip_lu : short-term loudness below the quieter side: a hole
    bump_lu : short-term loudness above the louder side
    bass_both_share : share of the overlap with both basses; blends with a swap have 0.07 on average
    voices_s : two voices at once, unless the DJ rules allow more
    """

    dip_lu: float = 3.0
    bump_lu: float = 3.0
    bass_both_share: float = 0.15
    voices_s: float = 1.0


def trial_of(
    choice: Choice,
    figures: JoinFigures | None,
    levels: JoinLevels | None,
    voices_s: float,
    limits: FaultLimits,
) -> Trial:
    """Judge a rendered join: by the scoring rules' penalty, and by its sound.

    ``voices_s`` is how long two voices are heard at once.
    """
    beats = off_beat(figures) if figures else ""
    faults = [
        (beats, _OFF_BEAT),
        *_level_faults(levels, limits),
        _bass_fault(choice, figures, limits),
        _voices(choice, voices_s, limits),
        _clash(choice),
    ]
    text = beats or ", ".join(fault for fault, _ in faults if fault)
    severity = choice.rated.penalty + sum(penalty for fault, penalty in faults if fault)
    return Trial(choice.candidate, text, severity + _roughness(figures, levels), bool(beats))


def off_beat(figures: JoinFigures) -> str:
    """Say that the beats are apart, or that the sound does not confirm them; else empty."""
    return beats_fault(figures) or beats_unclear(figures)


def _roughness(figures: JoinFigures | None, levels: JoinLevels | None) -> float:
    """Penalty of figures within their limits: it tells joins apart that all pass."""
    uneven = max(levels.dip_lu, 0.0) + max(levels.bump_lu, 0.0) if levels else 0.0
    return 0.1 * uneven + (figures.bass_both_share if figures else 0.0)


def _level_faults(levels: JoinLevels | None, limits: FaultLimits) -> list[tuple[str, float]]:
    if levels is None:
        return []
    dip, bump = levels.dip_lu - limits.dip_lu, levels.bump_lu - limits.bump_lu
    return [
        (f"loudness dips by {levels.dip_lu:.1f} LU" if dip > 0 else "", _PER_LU * dip),
        (f"loudness rises by {levels.bump_lu:.1f} LU" if bump > 0 else "", _PER_LU * bump),
    ]


def _bass_fault(
    choice: Choice, figures: JoinFigures | None, limits: FaultLimits
) -> tuple[str, float]:
    if figures is None or choice.candidate.kind == "stem_swap":
        return "", 0.0
    share = figures.bass_both_share
    said = f"both basses play for {100 * share:.0f} % of it"
    excess = share - limits.bass_both_share
    return (said if excess > 0.0 else ""), 5.0 * excess


def _voices(choice: Choice, voices_s: float, limits: FaultLimits) -> tuple[str, float]:
    excess = voices_s - max(limits.voices_s, choice.rated.rules.max_vocal_overlap_s)
    said = f"two voices at once for {voices_s:.1f} s"
    return (said if excess > 0.0 else ""), 0.5 * excess


def _clash(choice: Choice) -> tuple[str, float]:
    """A clash that the scoring rules would veto; a user or an earlier mix may ask for one."""
    distance = choice.facts.key_distance
    if distance is None or choice.candidate.kind not in OVERLAPPING:
        return "", 0.0
    clashes = distance >= CLASH_STEPS and choice.facts.harmony_overlap_s > MAX_CLASH_S
    return (f"keys {distance} steps apart" if clashes else ""), 1.0
