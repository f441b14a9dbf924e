from __future__ import annotations

import itertools

import numpy as np
import pytest

from backend.app.analysis.structure.vocal_activity import _append, find_vocals
from backend.app.contract.analysis import Stretch
from backend.app.dsp.samples import Samples
from composer.song import Song, StyleName
from tests.analysis.analysed_songs import centre_of, song
from tests.sounds import SR, noise, silence

STEP_S = 0.1


def sung(samples: Samples) -> np.ndarray:
    """Whether a vocal stem plays in each 100 ms: within 30 dB of its loudest moment.

    Breaths count as vocals.
    """
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
    """F measure of the detected vocals, in tenths of a second."""
    truth = sung(whole.stems["vocals"])
    heard = covered(find_vocals(centre_of(whole.samples)), len(truth))
    return 2.0 * float((truth & heard).sum()) / float(truth.sum() + heard.sum())


@pytest.mark.parametrize("style", ["house", "pop", "hiphop", "waltz"])
def test_vocals_are_found_where_they_sing(style: StyleName) -> None:
    # 0.9: in 45 s there are two or three ends of vocals, each found to within 1 s (a window of 2.5
    # s).
    assert score(song(style, 904, None, 45.0)) > 0.9


def test_instrumental_has_no_vocals() -> None:
    whole = song("pop", 904, None, 45.0)
    heard = find_vocals(centre_of(whole.samples - whole.stems["vocals"]))
    assert sum(stretch.end_s - stretch.start_s for stretch in heard) < 2.0


def test_vocal_stretches_have_minimum_gaps_and_lengths() -> None:
    heard = find_vocals(centre_of(song("hiphop", 904, None, 45.0).samples))
    assert heard
    assert all(stretch.end_s - stretch.start_s >= 0.5 for stretch in heard)
    gaps = [b.start_s - a.end_s for a, b in itertools.pairwise(heard)]
    assert all(gap >= 1.0 for gap in gaps)


@pytest.mark.parametrize("sound", [silence(0.0), silence(3.0), noise(5.0, seed=3)])
def test_silence_and_noise_have_no_vocals(sound: Samples) -> None:
    assert find_vocals(centre_of(sound)) == []


@pytest.mark.parametrize(("pause_s", "n_stretches"), [(0.99, 1), (1.0, 2)])
def test_pauses_under_a_second_belong_to_the_vocals(pause_s: float, n_stretches: int) -> None:
    stretches: list[Stretch] = []
    _append(stretches, 2.0, 4.0)
    _append(stretches, 4.0 + pause_s, 8.0)
    assert len(stretches) == n_stretches
    assert (stretches[0].start_s, stretches[-1].end_s) == (2.0, 8.0)
