"""A sound from close: onsets, pitch and waveform, heard once and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.services import sound_detail
from backend.app.services.sound_detail import MOST_PEAKS, facts_of, hear, note_of, peaks_of
from backend.app.store.blobs import ContentStore
from tests.sounds import clicks, noise, silence, sine

from .tracks import put_track


def test_onsets_are_where_hits_begin() -> None:
    heard = hear(clicks(4.1, 0.5))
    # 10 ms: a hop of the ear is 6 ms, and people take 20 ms apart for together
    assert heard.onsets_s == pytest.approx([0.5 * i for i in range(9)], abs=0.01)


@pytest.mark.parametrize(("hz", "note"), [(220.0, "A3"), (82.41, "E2"), (523.25, "C5")])
def test_a_tone_has_its_pitch_and_note(hz: float, note: str) -> None:
    heard = hear(sine(1.0, hz))
    assert heard.pitch_hz == pytest.approx(hz, rel=0.003)  # 5 cents: less than is heard
    assert heard.pitch_note == note
    assert heard.voiced_share > 0.9


def test_noise_has_no_pitch() -> None:
    heard = hear(noise(2.0, seed=3))
    assert (heard.pitch_hz, heard.pitch_note) == (None, None)
    assert heard.voiced_share < 0.05


def test_half_a_sound_with_a_pitch_is_half_voiced() -> None:
    half = np.concatenate([sine(1.0, 330.0), noise(1.0, seed=3)], axis=1)
    assert hear(half).voiced_share == pytest.approx(0.5, abs=0.1)


def test_notes_are_named_from_middle_c() -> None:
    assert [note_of(hz) for hz in (261.63, 440.0, 466.16, 493.0, 27.5)] == [
        "C4",
        "A4",
        "A#4",
        "B4",
        "A0",
    ]


def test_the_waveform_is_as_loud_as_the_sound_where_it_is() -> None:
    sound = np.concatenate([silence(0.5), sine(0.5, 1000.0)], axis=1)
    peaks = peaks_of(sound)
    assert len(peaks) == MOST_PEAKS
    assert max(peaks[:495]) == 0.0
    assert min(peaks[505:]) == pytest.approx(0.501, abs=0.005)  # -6 dBFS
    assert len(peaks_of(sound[:, :7])) == 7


def test_it_is_heard_once_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ContentStore(tmp_path / "storage")
    put_track(store, tmp_path, "a", clicks(2.1, 0.5))
    first = facts_of(store, "a" * 64)
    monkeypatch.setattr(sound_detail, "hear", lambda _sound: pytest.fail("heard twice"))
    assert facts_of(store, "a" * 64) == first
    assert not list((tmp_path / "storage").rglob("*.part"))


def test_what_a_power_cut_left_is_heard_anew(tmp_path: Path) -> None:
    store = ContentStore(tmp_path / "storage")
    put_track(store, tmp_path, "a", clicks(2.1, 0.5))
    first = facts_of(store, "a" * 64)
    (kept,) = store.derived("a" * 64, "x").parent.glob("sound-v*.json")
    kept.write_bytes(kept.read_bytes()[:40])
    assert facts_of(store, "a" * 64) == first
