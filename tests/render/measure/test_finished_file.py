"""Finished files are measured completely, as the standard requires."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.errors import ToolFailed
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.render.measure.finished_file import BINS_PER_S, measure_file
from tests.sounds import SR, noise, sine

FFMPEG = find_ffmpeg(None)


def written(path: Path, sound: np.ndarray) -> Path:
    soundfile.write(path, sound.T, SR, subtype="PCM_24")
    return path


def test_known_tone_measures_as_the_standard_requires(tmp_path: Path) -> None:
    tone = sine(20.0, 1000, peak_db=-23.0)
    done: list[int] = []
    found = measure_file(written(tmp_path / "a.wav", tone), ffmpeg=FFMPEG, progress=done.append)
    assert found.n_samples == tone.shape[1] == done[-1]
    # EBU Tech 3341: +-0.1 LU; the true peak of a 1 kHz sine is its amplitude.
    assert found.loudness_lufs == pytest.approx(-23.0, abs=0.1)
    assert found.true_peak_dbtp == pytest.approx(-23.0, abs=0.05)


def test_true_peak_between_two_blocks_is_found(tmp_path: Path) -> None:
    quiet = noise(4.0, seed=1, rms_db=-40)
    at = 15 * SR // BINS_PER_S  # the end of a decoder block
    quiet[:, at - 3 : at + 3] += sine(1.0, SR / 4, peak_db=-1.0, phase=np.pi / 4)[:, :6]
    path = written(tmp_path / "a.wav", quiet)
    measured = measure_file(path, ffmpeg=FFMPEG, progress=lambda _: None)
    whole = written(tmp_path / "b.wav", quiet[:, at - 1000 : at + 1000])
    expected = measure_file(whole, ffmpeg=FFMPEG, progress=lambda _: None)
    assert measured.true_peak_dbtp == pytest.approx(expected.true_peak_dbtp, abs=0.01)


def test_waveform_has_a_peak_for_every_bin(tmp_path: Path) -> None:
    sound = np.concatenate([sine(1.0, 500, peak_db=-6), sine(1.0, 500, peak_db=-20)], axis=1)
    path = written(tmp_path / "a.wav", sound)
    peaks = measure_file(path, ffmpeg=FFMPEG, progress=lambda _: None).peaks
    assert len(peaks) == 2 * BINS_PER_S
    assert peaks[:BINS_PER_S] == pytest.approx(0.501, abs=0.005)
    assert peaks[BINS_PER_S:] == pytest.approx(0.1, abs=0.001)


def test_file_without_sound_raises(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"no sound at all" * 1000)
    with pytest.raises(ToolFailed):
        measure_file(tmp_path / "a.mp3", ffmpeg=FFMPEG, progress=lambda _: None)
