"""What a report says of beats that are apart in the sound."""

from __future__ import annotations

import pytest

from backend.app.services.mixtape.join_checks.beats import beats_fault, beats_unclear
from backend.app.services.mixtape.reuse.mp3 import JoinFigures


def figures(**blind: float) -> JoinFigures:
    """Figures of a join whose beats are right by its own grids."""
    return JoinFigures(beat_error_ms=0.9, beat_error_p95_ms=2.0, bass_both_share=0.1, **blind)


@pytest.mark.parametrize(
    ("apart_ms", "beats", "drift_ms", "said"),
    [
        (-34.0, -0.07, 0.0, ""),
        (-210.4, -0.38, 0.0, "beats 210 ms apart in the sound"),
        (243.0, 0.5, 0.0, "beats 243 ms apart in the sound (half a beat)"),
        (-500.0, -1.02, 0.0, "beats 500 ms apart in the sound (one beat)"),
        (750.0, 1.5, 0.0, "beats 750 ms apart in the sound (1½ beats)"),
        (160.0, 0.32, 320.0, "beats drift up to 160 ms apart in the sound"),
    ],
)
def test_distance_is_said_in_plain_words(
    apart_ms: float, beats: float, drift_ms: float, said: str
) -> None:
    found = figures(
        beats_apart_ms=apart_ms, beats_apart=beats, beats_drift_ms=drift_ms, beats_coherence=0.6
    )
    assert beats_fault(found) == said


def test_incoherent_or_unmeasured_beats_are_no_fault() -> None:
    assert beats_fault(figures()) == ""
    assert beats_fault(figures(beats_apart_ms=243.0, beats_coherence=0.2)) == ""


@pytest.mark.parametrize(
    ("apart_ms", "coherence", "unclear"),
    [(9.0, 0.16, False), (9.0, 0.14, True), (99.0, 0.29, True), (99.0, 0.31, False)],
)
def test_weak_patterns_confirm_only_the_planned_beats(
    apart_ms: float, coherence: float, unclear: bool
) -> None:
    found = beats_unclear(figures(beats_apart_ms=apart_ms, beats_coherence=coherence))
    assert found == ("beats unclear in the sound" if unclear else "")
    assert beats_unclear(figures()) == ""
