"""Say how far the beats of a join are apart in its sound."""

from __future__ import annotations

from ....contract.dj import BEATS_COHERENT, BEATS_TOGETHER_MS, BEATS_WEAK
from ..reuse.mp3 import JoinFigures


def beats_fault(figures: JoinFigures) -> str:
    """Say what is wrong with the beats of a join; empty if nothing is, or nothing is known."""
    apart_ms, drift_ms = figures.beats_apart_ms, figures.beats_drift_ms
    if apart_ms is None or (figures.beats_coherence or 0.0) < BEATS_COHERENT:
        return ""
    if abs(apart_ms) <= BEATS_TOGETHER_MS:
        return ""
    if drift_ms and abs(drift_ms) > BEATS_TOGETHER_MS:
        return f"beats drift up to {abs(apart_ms):.0f} ms apart in the sound"
    return f"beats {abs(apart_ms):.0f} ms apart in the sound{_in_beats(figures.beats_apart)}"


def beats_unclear(figures: JoinFigures) -> str:
    """Say that the sound does not confirm the beats of a join; empty if it does.

    Weak patterns confirm them if they coincide just where they should.
    """
    if figures.beats_apart_ms is None:
        return ""
    together = abs(figures.beats_apart_ms) <= BEATS_TOGETHER_MS
    coherence = figures.beats_coherence or 0.0
    if coherence >= (BEATS_WEAK if together else BEATS_COHERENT):
        return ""
    return "beats unclear in the sound"


def _in_beats(beats: float | None) -> str:
    """Name the distance if it is half a beat or whole beats."""
    halves = round(2.0 * abs(beats or 0.0))
    if not halves or abs(2.0 * abs(beats or 0.0) - halves) > 0.2:
        return ""
    whole, half = divmod(halves, 2)
    if not whole:
        return " (half a beat)"
    if half:
        return f" ({whole}½ beats)"
    return " (one beat)" if whole == 1 else f" ({whole} beats)"
