from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.harmony.key import chroma
from backend.app.analysis.harmony.pitches import WINDOW
from backend.app.analysis.harmony.track_key import estimate_key
from backend.app.analysis.mid_side import ANALYSIS_RATE
from backend.app.contract.analysis import KEY_NAMES
from composer.song import StyleName
from tests.analysis.analysed_songs import centre_of, pitches_of, song
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
def test_key_of_a_song_is_found(style: StyleName, key: str) -> None:
    heard = estimate_key(pitches_of(song(style, 3, key).samples))
    assert heard.key == key
    assert heard.confidence > 0.3


def test_song_tuned_between_two_keys_has_one_of_them() -> None:
    samples = song("pop", 3, "G major").samples
    # Played 2.81 % faster, the song sounds 48 cents higher: without its tuning, half of the notes
    # would be taken for their upper neighbours.
    positions = np.arange(0, samples.shape[1] - 1, 1.0281)
    faster = np.stack([np.interp(positions, np.arange(samples.shape[1]), c) for c in samples])
    heard = estimate_key(pitches_of(faster.astype(np.float32)))
    plain = estimate_key(pitches_of(samples))
    assert heard.key in ("G major", "Ab major")
    assert heard.confidence == pytest.approx(plain.confidence, abs=0.15)


def test_chords_that_cancel_in_mono_count() -> None:
    wide = song("pop", 3, "G major").stems["other"].mean(axis=0) * np.array([[1.0], [-1.0]])
    assert estimate_key(pitches_of(wide.astype(np.float32))).key == "G major"


def test_transposed_song_has_the_transposed_key() -> None:
    for mode in ("major", "minor"):
        heard = [
            estimate_key(pitches_of(song("pop", 5, f"{tonic} {mode}", 20.0).stems["other"])).key
            for tonic in ("E", "F")
        ]
        assert KEY_NAMES.index(str(heard[1])) - KEY_NAMES.index(str(heard[0])) == 1


def test_noise_has_no_key() -> None:
    assert estimate_key(pitches_of(noise(20.0, seed=1))).key is None


@pytest.mark.parametrize("style", ["house", "techno", "dnb"])
def test_drums_alone_have_no_key(style: StyleName) -> None:
    heard = estimate_key(pitches_of(song(style, 3).stems["drums"]))
    assert (heard.key, heard.confidence) == (None, 0.0)


@pytest.mark.parametrize("duration_s", [0.0, 0.01, 5.0])
def test_silence_has_no_key(duration_s: float) -> None:
    assert estimate_key(pitches_of(silence(duration_s))).key is None


def test_features_are_independent_of_block_sizes() -> None:
    sound = song("pop", 3, "G major").samples[:, : 5 * SR]
    whole, parts = centre_of(sound, sound.shape[1]), centre_of(sound, 7777)
    assert len(parts.tones) == len(whole.tones)
    # 0.1 %: with other blocks, the resampler rounds the last bits differently, so that a barely
    # detected peak may vanish.
    for one, other in (
        (pitches_of(sound, 7777).treble, pitches_of(sound, sound.shape[1]).treble),
        (parts.bands, whole.bands),
        (parts.glided, whole.glided),
    ):
        assert np.abs(one - other).mean() <= 1e-3 * other.mean()


def spectrum_of(*hz: float) -> np.ndarray:
    """The magnitudes of sines."""
    spectrum = np.zeros(WINDOW // 2 + 1)
    spectrum[np.rint(np.array(hz) * WINDOW / ANALYSIS_RATE).astype(int)] = 1.0
    return spectrum


@pytest.mark.parametrize("octave", [0.5, 1.0, 2.0])
def test_notes_count_for_their_class_in_every_octave(octave: float) -> None:
    a, c, e = 440.0 * octave, 523.25 * octave, 659.26 * octave
    notes = chroma(spectrum_of(a, c, e), 0.0)
    assert set(np.argsort(notes)[-3:]) == {0, 4, 9}
    # A semitone beside a note, a Gaussian half a semitone wide has fallen to 0.14.
    assert np.sort(notes)[-4] < 0.25 * np.sort(notes)[-3]


@pytest.mark.parametrize("tuning", [-0.4, 0.4])
def test_tuning_moves_the_classes(tuning: float) -> None:
    spectrum = spectrum_of(880.0 * 2.0 ** (tuning / 12.0))
    in_tune, off = chroma(spectrum, tuning), chroma(spectrum, 0.0)
    assert in_tune[9] > 0.95 * np.linalg.norm(in_tune)
    assert off[9] < 0.9 * np.linalg.norm(off)
