from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.dsp.stretch import LEAD, Point, stretch
from backend.app.errors import InvalidAudioError

BEAT = 22_050  # 120 BPM
BEATS = 24
# How far an attack may be from its place: of two tracks 10 ms apart, one begins to hear both hits.
MEAN_MS, MAX_MS = 1.5, 3.0


def drums(n_samples: int) -> Samples:
    """A hit on every beat over a low tone and some hiss, at two levels."""
    rng = np.random.default_rng(5)
    hit = rng.standard_normal(3000) * np.exp(-np.arange(3000) / 400)
    wave = 0.05 * np.sin(2 * np.pi * 220 * np.arange(n_samples) / SAMPLE_RATE)
    wave += 0.003 * rng.standard_normal(n_samples)
    for start in range(0, n_samples - len(hit), BEAT):
        wave[start : start + len(hit)] += 0.2 * hit
    return np.stack([wave, 0.5 * wave]).astype(np.float32)


def track() -> Samples:
    """Drums with the lead on both sides; the map's first beat is at ``LEAD``."""
    played = drums(BEATS * BEAT + LEAD)
    return np.concatenate([np.zeros((2, LEAD), np.float32), played], axis=1)


def map_of(speeds: Sequence[float]) -> list[Point]:
    """A tempo map with a speed for each beat."""
    mix = np.round(np.cumsum([0.0, *(BEAT / speed for speed in speeds)])).astype(int)
    return [(beat * BEAT, int(at)) for beat, at in enumerate(mix)]


def attack_errors_ms(piece: Samples, points: Sequence[Point]) -> npt.NDArray[np.float64]:
    """How late each inner hit is, by correlating its envelope with the source's."""
    window = np.hanning(28)[1:-1] / np.hanning(28).sum()
    own, heard = (
        np.diff(np.convolve(np.abs(wave).mean(axis=0), window, "same"))
        for wave in (track()[:, LEAD:], piece)
    )
    late = []
    for source, mix in points[1:-1]:
        likeness = np.correlate(
            heard[mix - 1000 : mix + 1600], own[source - 300 : source + 900], "valid"
        )
        late.append((int(np.argmax(likeness)) - 700) / SAMPLE_RATE * 1000)
    return np.array(late)


RAMP_DOWN = [1.04] * 4 + [1.04 - 0.0025 * step for step in range(16)] + [1.0] * 4
MAPS = {
    "faster": [1.05] * BEATS,
    "slower": [0.95] * BEATS,
    "back to its own tempo": RAMP_DOWN,
    "after a drummer": [1.0 + 0.02 * np.sin(0.7 * beat) for beat in range(BEATS)],
}


@pytest.mark.parametrize("speeds", MAPS.values(), ids=MAPS.keys())
def test_attacks_follow_the_map(speeds: list[float]) -> None:
    points = map_of(speeds)
    piece = stretch(track(), points)
    assert piece.shape == (2, points[-1][1])
    assert piece.dtype == np.float32
    late = attack_errors_ms(piece, points)
    assert np.abs(late).mean() < MEAN_MS
    assert np.abs(late).max() < MAX_MS


def test_pitch_change_keeps_the_map() -> None:
    points = map_of([1.02] * BEATS)
    late = attack_errors_ms(stretch(track(), points, pitch_semitones=-1.0), points)
    assert np.abs(late).mean() < MEAN_MS
    assert np.abs(late).max() < MAX_MS


@pytest.mark.parametrize("semitones", [0.0, -2.0, 1.5])
def test_pitch_moves_by_semitones_independent_of_tempo(semitones: float) -> None:
    length = 3 * SAMPLE_RATE
    piece = stretch(
        plucked(440.0, length + 2 * LEAD),
        [(0, 0), (length, round(length / 1.05))],
        pitch_semitones=semitones,
    )
    wanted_hz = 440 * 2 ** (semitones / 12)
    starts = range(0, piece.shape[1] - 8192, 4096)
    heard_hz = np.median([loudest_hz(piece[0, at : at + 8192]) for at in starts])
    # 10 cents; a pitch that changed with the tempo would be 84 cents off.
    assert abs(12 * np.log2(heard_hz / wanted_hz)) < 0.1


def plucked(hz: float, n_samples: int) -> Samples:
    """A string plucked twice a second, with some hiss."""
    t = np.arange(n_samples) / SAMPLE_RATE
    ringing = np.exp(-6.0 * (t % 0.5))
    wave = sum(np.sin(2 * np.pi * hz * part * t) / part**2 for part in range(1, 8)) * ringing
    wave += 0.001 * np.random.default_rng(9).standard_normal(n_samples)
    return (0.3 * np.stack([wave, wave])).astype(np.float32)


def loudest_hz(wave: npt.NDArray[np.float32]) -> float:
    """The strongest frequency, interpolated between bins."""
    size = 8 * len(wave)
    return float(np.argmax(np.abs(np.fft.rfft(wave * np.hanning(len(wave)), size)))) * (
        SAMPLE_RATE / size
    )


def test_end_at_original_tempo_equals_the_source() -> None:
    points = map_of(RAMP_DOWN)
    piece = stretch(track(), points)
    body = track()[:, LEAD : LEAD + BEATS * BEAT]
    # From the second beat on, whose attack resets the phases; only rounding is left (-120 dB).
    assert np.abs(piece[:, -3 * BEAT :] - body[:, -3 * BEAT :]).max() < 1e-6


def test_start_at_original_tempo_equals_the_source() -> None:
    points = map_of([1.0] * 4 + [1.03] * (BEATS - 4))
    piece = stretch(track(), points)
    body = track()[:, LEAD : LEAD + 3 * BEAT]
    assert np.abs(piece[:, : 3 * BEAT] - body).max() < 1e-6


def test_the_same_map_gives_the_same_bits() -> None:
    points = map_of(RAMP_DOWN)
    assert np.array_equal(stretch(track(), points), stretch(track(), points))


def test_left_and_right_stay_together() -> None:
    piece = stretch(track(), map_of([1.04] * BEATS))
    # The same wave at two levels: phases are reset at the same moments, except for rounding.
    assert np.corrcoef(piece)[0, 1] > 0.99


@pytest.mark.parametrize(
    "points",
    [[(0, 0)], [(0, 0), (BEAT, 0)], [(0, 0), (0, BEAT)], [(0, 0), (BEAT, 2 * BEAT)]],
    ids=["one point", "no time in the mix", "no time in the track", "half as fast"],
)
def test_invalid_maps_are_rejected(points: list[Point]) -> None:
    with pytest.raises(InvalidAudioError):
        stretch(np.zeros((2, BEAT + 2 * LEAD), np.float32), points)


def test_source_shorter_than_the_map_is_rejected() -> None:
    with pytest.raises(InvalidAudioError, match="samples of source"):
        stretch(np.zeros((2, BEAT), np.float32), [(0, 0), (BEAT, BEAT)])


@pytest.mark.parametrize(("longest", "too_long"), [(0.755, 0.745), (1.245, 1.255)])
def test_tempo_changes_by_a_quarter_at_most(longest: float, too_long: float) -> None:
    source = np.zeros((2, BEAT + 2 * LEAD), np.float32)
    stretch(source, [(0, 0), (BEAT, round(longest * BEAT))])
    with pytest.raises(InvalidAudioError, match="more than 25%"):
        stretch(source, [(0, 0), (BEAT, round(too_long * BEAT))])


@pytest.mark.parametrize("semitones", [-12.5, 12.5])
def test_pitch_moves_by_an_octave_at_most(semitones: float) -> None:
    source = np.zeros((2, BEAT + 2 * LEAD), np.float32)
    with pytest.raises(InvalidAudioError, match="semitones"):
        stretch(source, [(0, 0), (BEAT, BEAT)], pitch_semitones=semitones)
