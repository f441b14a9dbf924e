import numpy as np
import pytest

from backend.app.analysis.rhythm.attacks import attacks_near
from backend.app.dsp.samples import SAMPLE_RATE
from tests.sounds import noise


def hits(places: list[float], *, seconds: float = 3.0) -> np.ndarray:
    """Bursts of noise that decay within 50 ms, over a hiss 50 dB softer."""
    sound = noise(seconds, seed=1) * 0.003
    burst = noise(0.2, seed=2) * np.exp(-np.arange(round(0.2 * SAMPLE_RATE)) / (0.02 * SAMPLE_RATE))
    for place in places:
        at = round(place * SAMPLE_RATE)
        sound[:, at : at + burst.shape[1]] += burst.astype(np.float32)
    return sound.astype(np.float32)


def test_attacks_are_found_at_their_actual_positions():
    expected = np.array([0.5, 1.0, 1.5]) * SAMPLE_RATE
    found = attacks_near(hits([0.5, 1.010, 1.480]), expected)
    off_ms = 1000.0 * (found - expected) / SAMPLE_RATE
    # attacks are measured in steps of 1 ms
    assert off_ms == pytest.approx([0.0, 10.0, -20.0], abs=1.0)


def test_no_attack_gives_nan():
    found = attacks_near(hits([0.5]), np.array([0.5, 1.5, 2.999]) * SAMPLE_RATE)
    assert np.isfinite(found).tolist() == [True, False, False]
