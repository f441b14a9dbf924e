"""Loops are distinguished from hits and phrases, and have the right number of beats."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.sources.loops import estimate_sound_key, find_loop
from backend.app.dsp.channels import right_reversed
from backend.app.dsp.samples import Samples
from composer.song import Song, StemName, StyleName
from tests.analysis.analysed_songs import song
from tests.sounds import SR, noise, silence, sine


def bars(of: Song, stem: StemName, count: int) -> Samples:
    """Bars of a stem, from where all instruments play."""
    first = next(s.start_bar for s in of.sections if s.energy >= 0.7)
    start, end = (round(of.downbeats[bar] * SR) for bar in (first, first + count))
    return of.stems[stem][:, start:end]


@pytest.mark.parametrize("style", ["house", "hiphop", "dnb", "pop"])
@pytest.mark.parametrize("count", [1, 2])
def test_drum_loops_have_four_beats_a_bar(style: StyleName, count: int) -> None:
    played = song(style, 3)
    loop = find_loop(bars(played, "drums", count), 0)
    assert loop is not None
    assert (loop.start, loop.beats) == (0, 4 * count)
    # One sample of a bar of a second and a half is 0.002 % of the bar.
    assert loop.tempo_bpm == pytest.approx(played.tempo_bpm, rel=3e-5)


def test_loop_whose_channels_cancel_is_found() -> None:
    drums = np.tile(bars(song("house", 3), "drums", 2)[:1], (2, 1))
    assert find_loop(right_reversed(drums), 0) == find_loop(drums, 0) is not None


def test_a_melody_in_time_is_a_loop() -> None:
    played = song("pop", 3)
    loop = find_loop(bars(played, "other", 2), 0)
    assert loop is not None
    assert loop.beats == 8


def test_loop_after_silence_starts_at_its_first_beat() -> None:
    played = song("house", 3)
    late = np.concatenate([silence(0.13), bars(played, "drums", 2)], axis=1)
    loop = find_loop(late, round(0.13 * SR))
    assert loop is not None
    assert (loop.start, loop.beats) == (round(0.13 * SR), 8)


def test_loop_starting_with_a_rest_keeps_it() -> None:
    offbeats = silence(2.0)
    for beat in (1, 2, 3, 3.5):
        start = round(beat * 0.5 * SR)
        offbeats[:, start : start + 4000] += hit(seed=int(2 * beat))
    loop = find_loop(offbeats, round(0.497 * SR))
    assert loop is not None
    assert (loop.start, loop.n_samples) == (0, 2 * SR)


def hit(seed: int) -> Samples:
    return noise(4000 / SR, seed=seed) * np.exp(-np.arange(4000) / 600).astype(np.float32)


def at_random(n: int, *, seed: int) -> Samples:
    """Hits at random times in some seconds, the first at the start."""
    rng = np.random.default_rng(seed)
    sound = silence(rng.uniform(1.5, 5.0))
    for start in np.sort(rng.integers(0, sound.shape[1] - 4000, n)) * (np.arange(n) > 0):
        sound[:, start : start + 4000] += hit(seed=int(start))
    return sound


def test_hits_out_of_time_are_no_loop() -> None:
    found = [find_loop(at_random(4 + seed % 8, seed=seed), 0) for seed in range(20)]
    # By chance 1 in 25 fits a grid (4 of 100 others did), so of 20 at most two should.
    assert sum(loop is not None for loop in found) <= 2


@pytest.mark.parametrize(
    "sound",
    [
        hit(1),
        np.concatenate([hit(1), silence(1.0)], axis=1),
        sine(2.0, 440.0),
        noise(2.0, seed=1),
    ],
    ids=["hit", "hit and silence", "tone", "noise"],
)
def test_single_hits_and_tones_are_no_loops(sound: Samples) -> None:
    assert find_loop(sound, 0) is None


def test_named_tempo_gives_the_beats_of_a_held_chord() -> None:
    chord = sine(4.0, 220.0) + sine(4.0, 277.2) + sine(4.0, 329.6)
    loop = find_loop(chord, 0, named_bpm=120.0)
    assert loop is not None
    assert (loop.beats, round(loop.tempo_bpm, 2)) == (8, 120.0)
    assert find_loop(chord, 0, named_bpm=133.0) is None


def test_decay_after_a_named_loop_is_left_out() -> None:
    played = song("house", 3)
    drums = bars(played, "drums", 2)
    ringing = np.concatenate([drums, 0.1 * noise(0.3, seed=1)], axis=1)
    loop = find_loop(ringing, 0, named_bpm=played.tempo_bpm)
    assert loop is not None
    assert loop.beats == 8
    # a sample for each beat, as beats are whole samples
    assert abs(loop.n_samples - drums.shape[1]) <= 8


def test_encoder_padding_before_a_named_loop_is_left_out() -> None:
    played = song("dnb", 3)
    drums = bars(played, "drums", 2)
    padded = np.concatenate([silence(0.025), drums, silence(0.012)], axis=1)
    # Codecs spread a faint echo of the attack over the silence, so that it cannot be trimmed as
    # silence.
    loop = find_loop(padded, 100, named_bpm=played.tempo_bpm)
    assert loop is not None
    assert loop.beats == 8
    # Attacks are located to about 5 ms.
    assert loop.start / SR == pytest.approx(0.025, abs=0.008)


def test_chords_have_a_key_and_single_notes_none() -> None:
    assert estimate_sound_key(bars(song("pop", 3, "G major"), "other", 4)) == "G major"
    assert estimate_sound_key(sine(1.0, 220.0) + sine(1.0, 261.6) + sine(1.0, 329.6)) == "A minor"
    assert estimate_sound_key(sine(1.0, 440.0)) is None
    assert estimate_sound_key(noise(1.0, seed=1)) is None
