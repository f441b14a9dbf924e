"""Sounds as text, and the search for them."""

from __future__ import annotations

import pytest

from backend.app.contract.sounds import SoundKind
from frontend.labels import sounds
from tests.frontend.views.test_sound_library import sound


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.95, "throughout"),
        (0.94, "for 94 % of the sound"),
        (0.2, "for 20 % of the sound"),
        (0.19, "briefly"),
    ],
)
def test_pitched_share_in_words(share: float, text: str) -> None:
    assert sounds.voiced(share) == text


@pytest.mark.parametrize(
    ("kind", "more", "text"),
    [
        ("style", {}, "Style · 2.5 s"),
        ("vocal", {}, "Vocal · 2.5 s · one hit"),
        ("percussion", {"tempo_bpm": 124.0, "beats": 4}, "2.5 s · 124.0 BPM, loop of 4 beats"),
        ("instrument", {"key": "A minor"}, "2.5 s · one hit · 8A · A minor"),
    ],
)
def test_facts_are_those_that_the_sound_has(
    kind: SoundKind, more: dict[str, object], text: str
) -> None:
    assert sounds.facts(sound(1, kind, **more)).endswith(text)


def test_search_finds_names_with_every_word_in_any_case() -> None:
    rain, rainy = sound(1, name="Heavy RAIN"), sound(2, "vocal", name="Rain drops")
    assert sounds.search([rain, rainy], None, "rain heavy") == [rain]
    assert sounds.search([rain, rainy], None, "rain") == [rain, rainy]
    assert sounds.search([rain, rainy], "vocal", "rain") == [rainy]
    assert sounds.search([rain, rainy], None, " ") == [rain, rainy]
