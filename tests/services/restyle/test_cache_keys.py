"""Cache keys of replayed stems change with everything that shapes the stems."""

from __future__ import annotations

import pytest

from backend.app.analysis.sources import performance
from backend.app.contract.restyles import RestyleSettings
from backend.app.services.restyle import cache_keys
from backend.app.services.restyle.cache_keys import restyle_key

SETTINGS = RestyleSettings()


def default_key() -> str:
    return restyle_key("draft", "5" * 64, SETTINGS)


@pytest.mark.parametrize("where", [performance, cache_keys])
def test_versions_change_the_key(where, monkeypatch) -> None:
    before = default_key()
    assert default_key() == before
    monkeypatch.setattr(where, "VERSION", where.VERSION + 1)
    assert default_key() != before


def test_storage_level_changes_the_key(monkeypatch) -> None:
    before = default_key()
    monkeypatch.setattr(cache_keys, "DERIVED_LEVEL", 0.25)
    assert default_key() != before


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
def test_separator_sound_and_settings_change_the_key(separator, sound, settings) -> None:
    assert restyle_key(separator, sound, settings) != default_key()
