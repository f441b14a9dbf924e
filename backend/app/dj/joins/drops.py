"""Prefer joins in which the incoming track's drop falls where it is effective."""

from __future__ import annotations

from .verdicts import FINE, Case, Verdict

SURE_OF_DROPS = 0.85
"""Confidence in beats and bars of both tracks for a double drop: it is then on the beat in seven
of ten cases at least, and two full tracks a beat apart are the worst of all joins."""
DROP_KEY_STEPS = 2  # beyond, two full tracks share four notes of seven or fewer
DROP_ELSEWHERE = 0.7
"""Penalty where the incoming track's drop does not fall on the end of the join: just more than half
or twice the preferred length (0.6), since many drops come after eight bars."""


def drops_fall_together(case: Case) -> Verdict:
    """Prefer joins that end on the incoming track's drop, or in which two drops fall together.

    A double drop is both tracks at full level: it needs sure beats, related keys and one voice.
    """
    facts = case.facts
    if facts.drop == "elsewhere":
        return Verdict(DROP_ELSEWHERE, reason="the drop does not fall on the end of the join")
    if facts.drop != "on_drop":
        return FINE
    if min(facts.beat_confidence, facts.confidence) < SURE_OF_DROPS:
        reason = "the beats or bars are too unsure for a double drop"
    elif facts.key_distance is None or facts.key_distance > DROP_KEY_STEPS:
        reason = "the keys are unknown or too far apart for a double drop"
    elif facts.vocal_overlap_s > 0.0:
        reason = "two voices would sing in a double drop"
    else:
        return FINE
    return Verdict(veto=True, reason=reason, binding=True)
