"""Restyled stems as text."""

from __future__ import annotations

import pytest

from backend.app.contract.restyles import RestyledStemView
from frontend.labels import restyle
from tests.frontend.restyle_data import stem


def view(**more: object) -> RestyledStemView:
    return RestyledStemView.model_validate(stem("drums", **more))


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.9, "nearly all"),
        (0.89, "most"),
        (0.75, "most"),
        (0.74, "some"),
        (0.5, "some"),
        (0.0, "few"),
    ],
)
def test_share_of_unchanged_onsets_in_words(share: float, word: str) -> None:
    text = restyle.agreement(view(onset_agreement=share))
    assert text == f"{word.capitalize()} onsets unchanged ({100 * share:.0f} %)"


@pytest.mark.parametrize(
    ("correlation", "text"),
    [
        (0.9, "follows the stem closely"),
        (0.89, "follows the stem roughly"),
        (0.6, "follows the stem roughly"),
        (0.59, "does not follow the stem"),
    ],
)
def test_loudness_follows_the_stem_in_words(correlation: float, text: str) -> None:
    line = restyle.agreement(view(envelope_correlation=correlation))
    assert line == f"Loudness {text} (correlation {correlation:.2f})"


def test_stem_without_measurements_has_no_line() -> None:
    assert restyle.agreement(view()) == ""


REPLAYED = {"sound_id": "s", "sound_name": "Rain", "grains": 2, "sources": 2}


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "Original"),
        ({"volume": 0.8}, "Original, at 80 %"),
        ({"volume": 0.8, "silent": True}, "Silent"),
        (REPLAYED, "Replayed with 2 different grains of Rain, 2 times"),
        ({**REPLAYED, "grains": 1, "sources": 1}, "Replayed with 1 grain of Rain, once"),
        ({**REPLAYED, "sources": 0, "volume": 1.2}, "Replayed with Rain, at 120 %"),
    ],
)
def test_result_in_one_line(more: dict[str, object], text: str) -> None:
    assert restyle.result(view(**more)) == text
