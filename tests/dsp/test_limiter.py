from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from backend.app.dsp.limiter import BLOCK, TILE, Block, limit
from backend.app.dsp.samples import Samples
from backend.app.dsp.true_peak import HALF_TAPS, oversampled_magnitude
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from tests.sounds import SR, clicks, noise, peak_db, rms_db, silence, sine

CEILING_DB = -1.0


def limited(sound: Samples, ceiling_db: float = CEILING_DB) -> Samples:
    n_blocks = -(-sound.shape[1] // BLOCK)
    padded = np.zeros((2, (n_blocks + 3) * BLOCK), np.float32)
    padded[:, BLOCK : BLOCK + sound.shape[1]] = sound
    blocks = (Block(part) for part in np.split(padded, n_blocks + 3, axis=1))
    return np.concatenate(list(limit(blocks, ceiling_db)), axis=1)[:, : sound.shape[1]]


def true_peak_db(sound: Samples) -> float:
    """True peak by another interpolator, eight-fold, independent of the limiter's."""
    return peak_db(resample_poly(sound, 8, 1, axis=1).astype(np.float32))


def between_hz(sound: Samples, lowest: float, highest: float) -> Samples:
    """The part of a sound within a band, with sharp edges."""
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(sound.shape[1], 1 / SR)
    spectrum[:, (hz < lowest) | (hz > highest)] = 0
    return np.fft.irfft(spectrum, sound.shape[1]).astype(np.float32)


HOT = {
    "noise": between_hz(noise(3.0, seed=1, rms_db=-6), 0, 20_000),
    "drums": clicks(3.0, 0.25, peak=4.0),
    "sine near the band edge": sine(2.0, 16_000, peak_db=3.0, phase=0.3),
    "peaks between samples": sine(2.0, SR / 4, peak_db=1.0, phase=np.pi / 4),
    "silence then a blast": np.concatenate([silence(1.0), sine(1.0, 300, peak_db=12)], axis=1),
    "clipped square": np.clip(sine(2.0, 90, peak_db=20), -1.4, 1.4),
}


@pytest.mark.parametrize("name", HOT)
def test_true_peak_stays_under_the_ceiling(name: str) -> None:
    # BS.1770-4, annex 2, attachment 1: a tone's peak may fall between two points of the eight-fold
    # grid, which then measures cos(pi f / 8 fs) of it: 0.14 dB less at 20 kHz.
    assert true_peak_db(limited(HOT[name])) <= CEILING_DB + 0.14


def test_sound_under_the_ceiling_passes_bit_for_bit() -> None:
    sound = noise(3.0, seed=2, rms_db=-20)
    assert np.array_equal(limited(sound), sound)


def test_gain_moves_too_slowly_to_be_a_clipper() -> None:
    tone = sine(2.0, 100, peak_db=6.0)
    held = limited(tone)[:, SR : SR + SR // 2]
    spectrum = np.abs(np.fft.rfft(held[0] * np.hanning(held.shape[1])))
    fundamental, third = spectrum[50], spectrum[145:156].max()
    # A clipper 7 dB over the ceiling would cause a third harmonic of about -13 dB; a held gain
    # causes none.
    assert 20 * np.log10(third / fundamental) < -60


def test_level_recovers_after_a_peak() -> None:
    quiet = noise(4.0, seed=5, rms_db=-30)
    loud = quiet.copy()
    loud[:, SR : SR + 441] += sine(0.01, 500, peak_db=6.0)
    out = limited(loud)
    just_after, later = slice(SR + 2000, SR + 4000), slice(2 * SR, 3 * SR)
    assert rms_db(out[:, just_after]) < rms_db(quiet[:, just_after]) - 3
    assert np.array_equal(out[:, later], loud[:, later])


def test_attenuation_is_complete_at_the_peak_and_not_early() -> None:
    quiet = noise(2.0, seed=6, rms_db=-40)
    loud = quiet.copy()
    loud[:, SR : SR + 100] += 3.0
    out = limited(loud)
    # 15 ms: attack and smoothing are 5 ms each, a chunk is 0.7 ms
    assert np.array_equal(out[:, : SR - 660], loud[:, : SR - 660])
    # The attack takes 5 ms: a shorter one would buzz.
    assert not np.array_equal(out[:, : SR - 220], loud[:, : SR - 220])


def test_both_channels_get_the_same_gain() -> None:
    sound = noise(1.0, seed=7, rms_db=-30)
    sound[0, 20_000:20_200] = 2.0
    ratio = limited(sound) / sound
    assert np.allclose(ratio[0], ratio[1], atol=1e-5)


def test_oversampling_finds_the_peak_between_the_samples() -> None:
    tone = sine(0.1, SR / 4, peak_db=0.0, phase=np.pi / 4)
    found = oversampled_magnitude(tone)[100:-100].max()
    assert peak_db(tone) == pytest.approx(-3.01, abs=0.01)
    # 0.06 dB: the interpolator's ripple.
    assert 20 * np.log10(found) == pytest.approx(0.0, abs=0.06)
    assert oversampled_magnitude(tone).shape == (tone.shape[1] - 2 * HALF_TAPS,)


@pytest.mark.parametrize("hz", [997, 5_003, 11_003, 16_001, 18_013, 19_997])
def test_oversampling_is_flat_up_to_20_khz(hz: int) -> None:
    found = oversampled_magnitude(sine(1.0, hz, peak_db=0.0))[100:-100].max()
    lost_db = -20 * np.log10(np.cos(np.pi * hz / (8 * SR)))  # a peak halfway between two points
    # 0.06 dB: the interpolator's ripple.
    assert -0.06 - lost_db < 20 * np.log10(found) < 0.06


def outside_meter_dbtp(sound: Samples, path: Path) -> float:
    """True peak as read by ffmpeg's ``ebur128``: at 192 kHz, with its own interpolator."""
    soundfile.write(path, sound.T, SR, subtype="FLOAT")
    read = "ebur128=peak=true:metadata=1,ametadata=print:file=-"
    command = [find_ffmpeg(None), "-v", "error", "-i", path, "-af", read, "-f", "null", "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return 20 * float(np.log10(max(map(float, re.findall(r"true_peaks_ch\d=(\S+)", told)))))


def hats(duration_s: float) -> Samples:
    """Bursts of noise above 16 kHz, with almost nothing below 10 kHz, over a bass."""
    bursts = clicks(duration_s, 0.06, peak=1.0)
    shrill = np.diff(bursts, n=4, axis=1, prepend=silence(4 / SR))
    return np.asarray(shrill / np.abs(shrill).max() + sine(duration_s, 60.0, peak_db=-3.0))


SHRILL = {
    "noise from 16 to 21 kHz": between_hz(noise(3.0, seed=3, rms_db=-3), 16_000, 21_000),
    "that noise over a bass": between_hz(noise(3.0, seed=4, rms_db=-9), 16_000, 21_000)
    + sine(3.0, 60.0, peak_db=0.0),
    "hats": 2.0 * hats(3.0),
    "peaks between samples": sine(2.0, SR / 4, peak_db=3.0, phase=np.pi / 4),
}


@pytest.mark.parametrize("name", SHRILL)
def test_external_meter_confirms_the_ceiling(name: str, tmp_path: Path) -> None:
    held = limited(SHRILL[name])[:, SR // 2 :]
    # ffmpeg's interpolator rings at an abrupt start
    held[:, :SR] *= np.linspace(0.0, 1.0, SR, dtype=np.float32)
    # 0.2 dB: both interpolators lose 0.14 dB at 20 kHz between their points, and ffmpeg's falls
    # off.
    assert outside_meter_dbtp(held, tmp_path / "a.wav") <= CEILING_DB + 0.2


def test_tile_measures_the_same_beside_any_tiles() -> None:
    sound = noise(0.5, seed=9)
    tiles = np.lib.stride_tricks.sliding_window_view(sound, TILE + 2 * HALF_TAPS, axis=1)[:, ::TILE]
    every = oversampled_magnitude(np.ascontiguousarray(tiles))
    some = oversampled_magnitude(np.ascontiguousarray(tiles[:, 1::3]))
    assert np.array_equal(some, every[1::3])
    whole = oversampled_magnitude(sound[:, 100:])
    assert np.array_equal(whole[: 5 * TILE], every[:6].reshape(-1)[100:][: 5 * TILE])
