"""Details of a sound: onsets, pitch, waveform and cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.services.library import sound_detail
from backend.app.services.library.sound_detail import (
    MAX_PEAKS,
    analyse_sound,
    note_of,
    peaks_of,
    sound_facts,
)
from backend.app.store.files.blobs import ContentStore
from tests.sounds import clicks, noise, silence, sine

from ..stored_tracks import put_track


def test_onsets_are_found_at_hits() -> None:
    facts = analyse_sound(clicks(4.1, 0.5))
    # 10 ms: the analysis hops by 6 ms; people notice 20 ms
    assert facts.onsets_s == pytest.approx([0.5 * i for i in range(9)], abs=0.01)


@pytest.mark.parametrize(("hz", "note"), [(220.0, "A3"), (82.41, "E2"), (523.25, "C5")])
def test_tone_has_pitch_and_note(hz: float, note: str) -> None:
    facts = analyse_sound(sine(1.0, hz))
    assert facts.pitch_hz == pytest.approx(hz, rel=0.003)  # 5 cents, below what people notice
    assert facts.pitch_note == note
    assert facts.voiced_share > 0.9


def test_noise_has_no_pitch() -> None:
    facts = analyse_sound(noise(2.0, seed=3))
    assert (facts.pitch_hz, facts.pitch_note) == (None, None)
    assert facts.voiced_share < 0.05


def test_voiced_share_of_half_a_tone_is_half() -> None:
    half = np.concatenate([sine(1.0, 330.0), noise(1.0, seed=3)], axis=1)
    assert analyse_sound(half).voiced_share == pytest.approx(0.5, abs=0.1)


def test_notes_have_octaves() -> None:
    assert [note_of(hz) for hz in (261.63, 440.0, 466.16, 493.0, 27.5)] == [
        "C4",
        "A4",
        "A#4",
        "B4",
        "A0",
    ]


def test_waveform_shows_peaks() -> None:
    sound = np.concatenate([silence(0.5), sine(0.5, 1000.0)], axis=1)
    peaks = peaks_of(sound)
    assert len(peaks) == MAX_PEAKS
    assert max(peaks[:495]) == 0.0
    assert min(peaks[505:]) == pytest.approx(0.501, abs=0.005)  # -6 dBFS
    assert len(peaks_of(sound[:, :7])) == 7


def test_facts_are_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ContentStore(tmp_path / "storage")
    put_track(store, tmp_path, "a", clicks(2.1, 0.5))
    first = sound_facts(store, "a" * 64)
    monkeypatch.setattr(sound_detail, "analyse_sound", lambda _sound: pytest.fail("analysed twice"))
    assert sound_facts(store, "a" * 64) == first
    assert not list((tmp_path / "storage").rglob("*.part"))


def test_truncated_cache_is_analysed_again(tmp_path: Path) -> None:
    store = ContentStore(tmp_path / "storage")
    put_track(store, tmp_path, "a", clicks(2.1, 0.5))
    first = sound_facts(store, "a" * 64)
    (cached,) = store.derived("a" * 64, "x").parent.glob("sound-v*.json")
    cached.write_bytes(cached.read_bytes()[:40])
    assert sound_facts(store, "a" * 64) == first
