from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.key import key_of
from backend.app.contract.analysis import KEY_NAMES
from composer.song import StyleName
from tests.analysis.heard import song, tones_of
from tests.sounds import SR, noise, silence


@pytest.mark.parametrize(
    ("style", "key"),
    [
        ("house", "A minor"),
        ("techno", "F# minor"),
        ("hiphop", "Eb major"),
        ("dnb", "B minor"),
        ("pop", "G major"),
        ("ballad", "C# minor"),
        ("waltz", "Bb major"),
    ],
)
def test_the_key_of_a_song_is_heard(style: StyleName, key: str) -> None:
    heard = key_of(tones_of(song(style, 3, key).samples))
    assert heard.key == key
    assert heard.confidence > 0.3


def test_a_song_tuned_between_two_keys_is_in_one_of_them() -> None:
    samples = song("pop", 3, "G major").samples
    # Played 2.81 % faster it sounds 48 cents higher: without its tuning, half of the notes would
    # count for their upper neighbours.
    positions = np.arange(0, samples.shape[1] - 1, 1.0281)
    faster = np.stack([np.interp(positions, np.arange(samples.shape[1]), c) for c in samples])
    heard = key_of(tones_of(faster.astype(np.float32)))
    plain = key_of(tones_of(samples))
    assert heard.key in ("G major", "Ab major")
    assert heard.confidence == pytest.approx(plain.confidence, abs=0.15)


def test_chords_that_cancel_in_mono_are_heard_too() -> None:
    wide = song("pop", 3, "G major").stems["other"].mean(axis=0) * np.array([[1.0], [-1.0]])
    assert key_of(tones_of(wide.astype(np.float32))).key == "G major"


def test_a_key_a_semitone_up_is_a_semitone_up() -> None:
    for mode in ("major", "minor"):
        heard = [
            key_of(tones_of(song("pop", 5, f"{tonic} {mode}", 20.0).stems["other"])).key
            for tonic in ("E", "F")
        ]
        assert KEY_NAMES.index(str(heard[1])) - KEY_NAMES.index(str(heard[0])) == 1


def test_noise_has_no_key() -> None:
    assert key_of(tones_of(noise(20.0, seed=1))).key is None


@pytest.mark.parametrize("style", ["house", "techno", "dnb"])
def test_drums_alone_have_no_key(style: StyleName) -> None:
    heard = key_of(tones_of(song(style, 3).stems["drums"]))
    assert (heard.key, heard.confidence) == (None, 0.0)


@pytest.mark.parametrize("duration_s", [0.0, 0.01, 5.0])
def test_silence_has_no_key(duration_s: float) -> None:
    assert key_of(tones_of(silence(duration_s))).key is None


def test_features_do_not_depend_on_the_blocks() -> None:
    sound = song("pop", 3, "G major").samples[:, : 5 * SR]
    whole, parts = tones_of(sound, sound.shape[1]), tones_of(sound, 7777)
    assert len(parts.centre.tones) == len(whole.centre.tones)
    # 0.1 %: a resampler fed in other blocks rounds otherwise in the last bits, so that a peak at
    # the edge of being one may be none
    for one, other in (
        (parts.treble, whole.treble),
        (parts.centre.bands, whole.centre.bands),
        (parts.centre.glided, whole.centre.glided),
    ):
        assert np.abs(one - other).mean() <= 1e-3 * other.mean()
