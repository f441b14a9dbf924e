"""A re-played stem is found again by its name exactly as long as it would be made the same."""

from __future__ import annotations

import pytest

from backend.app.analysis import performance_ear
from backend.app.contract.restyles import RestyleSettings
from backend.app.services import restyle_keys
from backend.app.services.restyle_keys import restyled_maker

SETTINGS = RestyleSettings()


def maker() -> str:
    return restyled_maker("draft", "5" * 64, SETTINGS)


@pytest.mark.parametrize("where", [performance_ear, restyle_keys])
def test_what_another_ear_or_another_hand_would_play_is_another_stem(where, monkeypatch) -> None:
    before = maker()
    assert maker() == before
    monkeypatch.setattr(where, "VERSION", where.VERSION + 1)
    assert maker() != before


def test_a_stem_kept_at_another_level_is_not_taken_for_this_one(monkeypatch) -> None:
    before = maker()
    monkeypatch.setattr(restyle_keys, "MADE_LEVEL", 0.25)
    assert maker() != before


@pytest.mark.parametrize(
    ("separator", "sound", "settings"),
    [
        ("htdemucs", "5" * 64, SETTINGS),
        ("draft", "6" * 64, SETTINGS),
        ("draft", "5" * 64, RestyleSettings(grain_duration_ms=121.0)),
        ("draft", "5" * 64, RestyleSettings(use_pitch_mapping=False)),
        ("draft", "5" * 64, RestyleSettings(use_envelope=False)),
    ],
)
def test_each_wish_has_a_name_of_its_own(separator, sound, settings) -> None:
    assert restyled_maker(separator, sound, settings) != maker()
