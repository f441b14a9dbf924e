"""The tempo in the name of a sound's file."""

from __future__ import annotations

import pytest

from backend.app.analysis.sources.loops import FASTEST_BPM, SLOWEST_BPM
from backend.app.services.library.sound_measure import named_tempo_bpm


@pytest.mark.parametrize(
    ("name", "tempo_bpm"),
    [
        ("Break_124bpm.wav", 124.0),
        ("Break 98.5 BPM.wav", 98.5),
        ("bpm-90 pad.wav", 90.0),
        ("Break_124.wav", None),
        ("take 1124bpm.wav", None),
        (f"{SLOWEST_BPM:.0f}bpm.wav", SLOWEST_BPM),
        (f"{FASTEST_BPM:.0f}bpm.wav", FASTEST_BPM),
        (f"{SLOWEST_BPM - 1:.0f}bpm.wav", None),
        (f"{FASTEST_BPM + 1:.0f}bpm.wav", None),
    ],
)
def test_plausible_tempo_in_a_file_name_counts(name: str, tempo_bpm: float | None) -> None:
    assert named_tempo_bpm(name) == tempo_bpm
