"""Tempo, grid, key and corrections as text."""

from __future__ import annotations

import pytest

from backend.app.contract.analysis import GridFix, GridStretch, Harmony, Subdivision
from frontend.labels import tempo_and_key
from tests.dj.grooves import groove
from tests.frontend.scripted_api import analysis


@pytest.mark.parametrize(
    ("key", "camelot"),
    [
        ("C major", "8B"),
        ("A minor", "8A"),
        ("G major", "9B"),
        ("F major", "7B"),
        ("E major", "12B"),
        ("B major", "1B"),
        ("Ab minor", "1A"),
        ("C# minor", "12A"),
    ],
)
def test_keys_have_their_camelot_code(key: str, camelot: str) -> None:
    assert tempo_and_key.camelot(key) == camelot


def test_unknown_key_is_a_question_mark() -> None:
    assert tempo_and_key.code(None) == "?"
    assert tempo_and_key.code(Harmony(key=None, confidence=0.0)) == "?"


@pytest.mark.parametrize(
    ("change", "tempo", "grid"),
    [
        ({"confidence": 0.5}, "124.0", "124.0 BPM, steady, first bar at 0.50 s"),
        ({"confidence": 0.49}, "124.0?", "124.0? BPM, steady, first bar at 0.50 s"),
        ({"steady": False, "downbeats": []}, "124.0", "124.0 BPM, drifting"),
        ({"beats_s": [], "downbeats": []}, "?", "No beat found"),
    ],
)
def test_uncertain_tempo_has_a_question_mark(
    change: dict[str, object], tempo: str, grid: str
) -> None:
    track = analysis(124.0)
    track = track.model_copy(update={"rhythm": track.rhythm.model_copy(update=change)})
    assert tempo_and_key.tempo(track.rhythm) == tempo
    assert tempo_and_key.grid(track) == grid


@pytest.mark.parametrize(
    ("fix", "text"),
    [
        (GridFix(), "No corrections yet."),
        (GridFix(tempo="half"), "Your corrections: beats halved."),
        (GridFix(shift_beats=0.5), "Your corrections: moved half a beat later."),
        (GridFix(shift_beats=-1.0), "Your corrections: moved one beat earlier."),
        (GridFix(downbeat_s=0.0), "Your corrections: downbeat moved."),
        (
            GridFix(tempo="double", tempo_bpm=124.5, key="A minor"),
            "Your corrections: beats doubled, tempo set to 124.50 BPM, key A minor.",
        ),
        (GridFix(confirmed=True), "Your corrections: beats confirmed."),
    ],
)
def test_corrections_in_one_line(fix: GridFix, text: str) -> None:
    assert tempo_and_key.corrections(fix) == text


@pytest.mark.parametrize(
    ("confidences", "text", "tempo"),
    [
        ((0.9, 0.8), "", "124.0"),
        ((0.9, 0.74), "Beats unsure from 1:30 to 3:00: check them.", "124.0?"),
        ((0.6, 0.7), "Beats unsure: check them.", "124.0?"),
    ],
)
def test_unsure_parts_are_named(confidences: tuple[float, ...], text: str, tempo: str) -> None:
    stretches = [
        GridStretch(
            start_s=90.0 * index,
            end_s=90.0 * (index + 1),
            tempo_bpm=124.0,
            steady=True,
            confidence=confidence,
            downbeat_confidence=0.5,
        )
        for index, confidence in enumerate(confidences)
    ]
    rhythm = analysis(124.0).rhythm.model_copy(update={"stretches": stretches})
    assert tempo_and_key.unsure_beats(rhythm) == text
    assert tempo_and_key.tempo(rhythm) == tempo


@pytest.mark.parametrize(
    ("eighths", "sixteenths", "words"),
    [
        (0.5, None, "straight"),
        (0.66, None, "swung eighths"),
        (0.5, 0.64, "swung sixteenths"),
        (None, None, ""),
    ],
)
def test_grid_names_the_swing_of_the_longest_part(eighths, sixteenths, words) -> None:
    longest = groove(eighths=eighths, sixteenths=sixteenths, span_s=(10.0, 90.0))
    other = longest.model_copy(
        update={"end_s": 20.0, "eighths": Subdivision(at=0.66, strength=0.5)}
    )
    track = analysis(124.0).model_copy(update={"grooves": [other, longest]})
    assert tempo_and_key.swing(track) == words
    grid = f"124.0 BPM, steady, {words}, first bar" if words else "124.0 BPM, steady, first bar"
    assert tempo_and_key.grid(track).startswith(grid)
    assert tempo_and_key.swing(analysis(124.0)) == ""
