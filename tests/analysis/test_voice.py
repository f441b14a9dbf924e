from __future__ import annotations

import itertools

import numpy as np
import pytest

from backend.app.analysis.voice import vocals_of
from backend.app.contract.analysis import Stretch
from backend.app.dsp.samples import Samples
from composer.song import Song, StyleName
from tests.analysis.heard import song, tones_of
from tests.sounds import SR, noise, silence

STEP_S = 0.1


def sung(samples: Samples) -> np.ndarray:
    """Whether a vocal stem sounds, each 100 ms: within 30 dB of its loudest, breaths included."""
    n = samples.shape[1] // (SR // 10)
    power = np.square(samples[:, : n * (SR // 10)], dtype=np.float64).reshape(2, n, -1)
    sounds = np.flatnonzero(power.mean(axis=(0, 2)) > 1e-3 * power.mean(axis=(0, 2)).max())
    told = np.zeros(n, bool)
    for first, second in itertools.pairwise(sounds):
        told[first : second + 1 if second - first < 10 else first + 1] = True
    return told


def covered(stretches: list[Stretch], n: int) -> np.ndarray:
    middles = (np.arange(n) + 0.5) * STEP_S
    return np.any([(middles >= s.start_s) & (middles < s.end_s) for s in stretches], axis=0)


def score(whole: Song) -> float:
    """The F-measure of what was heard, in tenths of a second."""
    truth = sung(whole.stems["vocals"])
    heard = covered(vocals_of(tones_of(whole.samples)), len(truth))
    return 2.0 * float((truth & heard).sum()) / float(truth.sum() + heard.sum())


@pytest.mark.parametrize("style", ["house", "pop", "hiphop", "waltz"])
def test_voices_are_heard_where_they_sing(style: StyleName) -> None:
    # 0.9: in 45 s there are two or three edges, each told to within 1 s (over 2.5 s)
    assert score(song(style, 904, None, 45.0)) > 0.9


def test_the_band_without_its_singer_has_no_voice() -> None:
    whole = song("pop", 904, None, 45.0)
    heard = vocals_of(tones_of(whole.samples - whole.stems["vocals"]))
    assert sum(stretch.end_s - stretch.start_s for stretch in heard) < 2.0


def test_stretches_are_apart_and_long_enough() -> None:
    heard = vocals_of(tones_of(song("hiphop", 904, None, 45.0).samples))
    assert heard
    assert all(stretch.end_s - stretch.start_s >= 0.5 for stretch in heard)
    gaps = [b.start_s - a.end_s for a, b in itertools.pairwise(heard)]
    assert all(gap >= 1.0 for gap in gaps)


@pytest.mark.parametrize("sound", [silence(0.0), silence(3.0), noise(5.0, seed=3)])
def test_nobody_sings_in_silence_or_noise(sound: Samples) -> None:
    assert vocals_of(tones_of(sound)) == []
