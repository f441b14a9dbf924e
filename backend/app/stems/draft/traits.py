"""Traits of each bin that distinguish stems: sustained, percussive, vibrato, centred.

A trait is the logarithm of a ratio, within bounds, so that it does not change with the song's
level. It depends only on frames within :data:`CONTEXT`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ...dsp.samples import SAMPLE_RATE
from .spectra import N_BINS, WINDOW, Spectra, bin_of

Plane = npt.NDArray[np.float32]
Trait = tuple[str, Plane]

# 0.4 s: longer than a drum rings, shorter than most notes (Fitzgerald 2010 uses 0.2 to 0.5 s).
HELD_FRAMES = 17
TONE_BINS = 17  # 183 Hz: wider than a partial, narrower than what a drum fills
FLOOR_BINS = 61  # 657 Hz; its median lies between the partials of a voice or a chord
TREMBLE_BINS = 5  # a partial at 1.5 kHz with a vibrato of 25 cents stays within 54 Hz
LEVEL_FRAMES = 129  # 3 s: the time with which a bin's level is compared
VOICE_FRAMES = 65  # 1.5 s: a few words
PITCH_FRAMES = 43  # 1 s
CONTEXT = LEVEL_FRAMES // 2  # frames on either side on which a bin's traits depend

VOICE = slice(bin_of(200.0), bin_of(4200.0))
LOW = slice(bin_of(30.0), bin_of(140.0))
HIGH = slice(bin_of(2500.0), bin_of(12_000.0))
PITCHES_HZ = 110.0 * 2.0 ** (np.arange(72) / 24.0)  # A2 to A5 in quarter tones
HARMONICS = np.arange(1, 13)
# Weight ratio of successive harmonics; without it, the octave below would always win.
HARMONIC_FALL = 0.85
SILENCE = np.float32(1e-4)  # an inaudible magnitude: a sine at -140 dBFS


def traits_of(spectra: Spectra) -> Iterator[Trait]:
    """Yield name and values of each trait, so that only one is in memory at a time.

    ``spectra`` of mid and side have shape (2, n, N_BINS). The values are float32 of shape
    (n, N_BINS), or (n, 1) if a frame has one value.
    """
    mid, side = _power(spectra[0]), _power(spectra[1])
    magnitude = np.sqrt(mid + side)
    held = _median_in_time(magnitude, HELD_FRAMES)
    trembling = _trembling(magnitude, held)
    mid, side = _smooth(mid), _smooth(side)
    yield "held", _ratio(magnitude, held, -1.5, 3.0)
    yield "tonal", _ratio(magnitude, _median_in_frequency(magnitude, TONE_BINS), -2.0, 3.0)
    yield "trembling", trembling
    yield "central", np.clip(np.log((mid + SILENCE**2) / (side + SILENCE**2)), -2.0, 5.0)
    yield "loud", _ratio(magnitude, _mean_in_time(magnitude, LEVEL_FRAMES), -3.0, 3.0)
    yield from _edges(magnitude)
    yield from _strikes(magnitude)
    yield from _voice(magnitude, held, trembling, _centred(mid, side))


def _power(spectra: Spectra) -> Plane:
    power: Plane = np.square(spectra.real) + np.square(spectra.imag)
    return power


def _trembling(magnitude: Plane, held: Plane) -> Plane:
    """Compare each bin over time with the loudest near it: vibrato moves between bins."""
    widest = ndimage.maximum_filter1d(magnitude, TREMBLE_BINS, axis=1)
    return _ratio(_median_in_time(widest, HELD_FRAMES), held, 0.0, 2.5)


def _centred(mid: Plane, side: Plane) -> Plane:
    """Centredness of each bin, 0 to 1.

    Wide sound has as much power in side as in mid, so twice the side's is subtracted.
    """
    share: Plane = np.clip((mid - 2.0 * side) / (mid + side + SILENCE**2), 0.0, 1.0)
    return share


def _edges(magnitude: Plane) -> Iterator[Trait]:
    """Attack over the last 70 ms, and decay over the next 93 ms."""
    wide = ndimage.uniform_filter1d(magnitude, 5, axis=1)
    yield "rising", _ratio(wide, _moved(wide, -3), -1.0, 2.0)
    yield "falling", _ratio(_moved(wide, 4), wide, -2.0, 1.0)


def _strikes(magnitude: Plane) -> Iterator[Trait]:
    """Percussiveness of the highs and of the lows (kick)."""
    high = magnitude[:, HIGH].mean(axis=1, keepdims=True)
    low = np.sqrt(np.square(magnitude[:, LOW]).mean(axis=1, keepdims=True))
    yield "struck", _ratio(high, _median_in_time(high, PITCH_FRAMES), -1.0, 3.0)
    yield "low_rising", _ratio(low, _moved(low, -3), -1.0, 3.0)
    yield "low_falling", _ratio(_moved(low, 5), low, -3.0, 1.0)
    yield "low_loud", _ratio(low, _mean_in_time(low, LEVEL_FRAMES), -3.0, 2.0)


def _voice(magnitude: Plane, held: Plane, trembling: Plane, centred: Plane) -> Iterator[Trait]:
    """Vocal activity nearby, and membership of the bin in the sung pitch."""
    loud = np.sqrt(magnitude)
    floor = _median_in_frequency(magnitude, FLOOR_BINS)
    tonal = np.clip((magnitude - 1.3 * floor) / (magnitude + SILENCE), 0.0, 1.0)
    tonal *= loud * (magnitude < 4.0 * held + SILENCE)
    central = tonal * centred
    pitch, strength = _sung_pitch(central)
    body = _lasting(loud, PITCH_FRAMES) / (VOICE.stop - VOICE.start)
    yield "pitched", np.log(_mean_in_time(strength, PITCH_FRAMES) / body + 0.05)
    yield "on_pitch", _comb(pitch) * np.clip(strength / body, 0.0, 3.0)
    wandering = central * np.clip(trembling - 0.5, 0.0, 2.0)
    everything, tones = _lasting(loud, VOICE_FRAMES), _lasting(tonal, VOICE_FRAMES)
    yield "wandering", np.log(_lasting(wandering, VOICE_FRAMES) / everything + 0.02)
    yield "centred", np.log(_lasting(central, VOICE_FRAMES) / tones + 0.05)


def _sung_pitch(central: Plane) -> tuple[npt.NDArray[np.intp], Plane]:
    """Most prominent pitch of each frame, and its prominence, ``(n, 1)``."""
    near = ndimage.maximum_filter1d(central, 3, axis=1)
    weights = HARMONIC_FALL ** (HARMONICS - 1.0)
    strength = np.zeros((len(near), len(PITCHES_HZ)), np.float32)
    for harmonic, weight in zip(HARMONICS, weights / weights.sum(), strict=True):
        bins = [bin_of(harmonic * hz) for hz in PITCHES_HZ]
        strength += np.float32(weight) * near[:, bins]
    return strength.argmax(axis=1), strength.max(axis=1, keepdims=True)


def _comb(pitch: npt.NDArray[np.intp]) -> Plane:
    """A comb: 1 on the harmonics of each frame's pitch, falling to 0 within three bins."""
    return _combs()[pitch]


@lru_cache(maxsize=1)
def _combs() -> Plane:
    """The comb of each pitch, shape (72, N_BINS)."""
    spacing = PITCHES_HZ[:, None] * WINDOW / SAMPLE_RATE
    number = np.round(np.arange(N_BINS) / spacing)
    off = np.arange(N_BINS) - number * spacing
    return np.asarray(np.exp(-np.square(off / 2.0)) * (number >= 1), np.float32)


def _lasting(values: Plane, n_frames: int) -> Plane:
    """Sum over a voice's range, averaged over some frames; above 0, shape (n, 1)."""
    return _mean_in_time(values[:, VOICE].sum(axis=1, keepdims=True), n_frames) + np.float32(1e-3)


def _ratio(values: Plane, others: Plane, least: float, most: float) -> Plane:
    """Natural logarithm of a ratio of magnitudes, within bounds."""
    return np.clip(np.log((values + SILENCE) / (others + SILENCE)), least, most)


def _moved(values: Plane, n_frames: int) -> Plane:
    """Shift values by some frames, repeating the last one at the end."""
    frames = np.arange(len(values)) + n_frames
    return values[np.clip(frames, 0, len(values) - 1)]


def _smooth(power: Plane) -> Plane:
    """Mean over 5 frames and 3 bins: a single bin may be in the centre by chance."""
    return np.asarray(
        ndimage.uniform_filter1d(ndimage.uniform_filter1d(power, 5, axis=0), 3, axis=1)
    )


def _mean_in_time(values: Plane, n_frames: int) -> Plane:
    return np.asarray(ndimage.uniform_filter1d(values, n_frames, axis=0))


def _median_in_time(values: Plane, n_frames: int) -> Plane:
    return _median_along_rows(values.T, n_frames).T


def _median_in_frequency(values: Plane, n_bins: int) -> Plane:
    return _median_along_rows(values, n_bins)


def _median_along_rows(values: Plane, size: int) -> Plane:
    """Running median along each row, which is mirrored at its ends.

    All rows are filtered as one, with their mirror images between them: scipy's filter for one
    dimension takes a tenth of the time of the one for two.
    """
    reach = size // 2
    rows = np.pad(values, ((0, 0), (reach, reach)), mode="symmetric")
    filtered = ndimage.median_filter(rows.ravel(), size).reshape(rows.shape)
    return np.ascontiguousarray(filtered[:, reach:-reach])
