"""Notes played with the grains of another sound are in time, in tune, and seamless."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from backend.app.dsp.granular.grains import cut_grains
from backend.app.dsp.granular.loudness_follower import DECAY_DB
from backend.app.dsp.granular.score import Note
from backend.app.dsp.granular.synthesis import JOIN, RELEASE, Replay, ReplaySettings
from backend.app.dsp.samples import Samples
from tests.sounds import SR, noise, rms_db, silence, sine

from ..played import GONE, Model, note, performance, powers_of

GRAIN = round(0.12 * SR)
AS_IT_IS = ReplaySettings(GRAIN, transposes=False, follows_loudness=False)
TRANSPOSED = ReplaySettings(GRAIN, follows_loudness=False)
A4 = float(1200 * np.log2(440.0))


def replay_of(
    sound: Samples,
    onsets: Sequence[int] = (0,),
    settings: ReplaySettings = AS_IT_IS,
    pitch: float = GONE,
) -> Replay:
    """Replay a sound at its own loudness."""
    heard = performance(sound.shape[1], onsets, power=powers_of(sound), pitch=pitch)
    return Replay(sound, cut_grains(heard, settings.grain), settings, heard.loud_power)


def played(replay: Replay, notes: Sequence[Note], length: int) -> Samples:
    return np.concatenate(list(replay.play(notes, Model(silence(length / SR)))), axis=1)


def strongest_hz(sound: Samples) -> float:
    mono = sound.mean(axis=0)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 1 << 18))
    return float(spectrum.argmax() * SR / (1 << 18))


def test_untransposed_replay_equals_the_sound() -> None:
    sound = noise(2.0, seed=1)
    edges = [0, 5000, 5900, 31_337, 60_000]
    notes = [note(a, b, strikes=a == 0) for a, b in itertools.pairwise(edges)]
    heard = played(replay_of(sound), notes, 60_000)
    until = 60_000 - RELEASE
    # Two fades add up to 1, except for the last bit of float32.
    assert np.abs(heard[:, JOIN:until] - sound[:, JOIN:until]).max() < 1e-6


def test_strikes_in_original_order_equal_the_sound() -> None:
    sound = noise(2.0, seed=1)
    onsets = [0, SR // 2, SR]
    notes = [note(at, at + 20_000) for at in onsets]
    heard = played(replay_of(sound, onsets), notes, sound.shape[1])
    for at in onsets:
        part = slice(at, at + 20_000 - RELEASE)
        assert np.abs(heard[:, part] - sound[:, part]).max() < 1e-6


@pytest.mark.parametrize("cents", [0.0, 50.0, 700.0, -1200.0])
def test_an_attack_lands_on_its_note_to_the_sample(cents: float) -> None:
    strike = SR // 4
    sound = np.concatenate([silence(0.25), 0.1 + np.abs(noise(0.5, seed=2))], axis=1)
    replay = replay_of(sound, [strike], TRANSPOSED, pitch=A4)
    for at in (12_345, 30_001):
        heard = played(replay, [note(at, at + 8000, A4 + cents)], 40_000)
        loud = np.flatnonzero(np.abs(heard).max(axis=0) > 0.05)
        # The resampler's filter rings for a few samples before a step.
        assert loud[0] == pytest.approx(at, abs=0 if cents == 0.0 else 4)
        before = heard[:, : at - 64]
        assert np.abs(before).max() < 0.02


def test_rest_is_silent_except_for_the_lead_in() -> None:
    replay = replay_of(noise(2.0, seed=3), [SR // 2, SR])
    heard = played(replay, [note(20_000, 30_000), note(50_000, 60_000)], 80_000)
    quiet = np.ones(80_000, bool)
    for first, last in ((20_000, 30_000), (50_000, 60_000)):
        quiet[first - JOIN : last] = False
    assert not heard[:, quiet].any()
    # Before the sound's beginning there is silence; before its second strike there is sound.
    lead, after = heard[:, 50_000 - 20 : 50_000], heard[:, 50_000:52_000]
    assert rms_db(lead) > rms_db(after) - 3.0


@pytest.mark.parametrize("wanted", [A4, A4 + 700.0, A4 - 500.0, A4 - 1200.0])
def test_sustained_note_keeps_its_pitch(wanted: float) -> None:
    replay = replay_of(sine(0.5, 440.0), settings=TRANSPOSED, pitch=A4)
    heard = played(replay, [note(0, 3 * SR, wanted)], 3 * SR)
    for first in (0, SR, 2 * SR - RELEASE):
        off = 1200 * np.log2(strongest_hz(heard[:, first : first + SR])) - wanted
        assert abs(off) < 3  # the spectrum's bins are 0.7 cents apart there


def test_without_transposition_pitch_is_kept() -> None:
    replay = replay_of(sine(0.5, 440.0), pitch=A4)
    heard = played(replay, [note(0, SR, A4 + 700.0)], SR)
    assert strongest_hz(heard) == pytest.approx(440.0, abs=0.3)


def test_long_note_is_sustained_to_its_end() -> None:
    sound = sine(0.5, 440.0)
    heard = played(replay_of(sound), [note(0, 3 * SR)], 4 * SR)
    cells = heard[:, JOIN : 3 * SR - RELEASE]
    cells = cells[:, : cells.shape[1] // 2205 * 2205].reshape(2, -1, 2205)
    levels_db = 10 * np.log10(np.square(cells).mean(axis=(0, 2)))
    assert levels_db == pytest.approx(rms_db(sound), abs=0.5)
    assert not heard[:, 3 * SR :].any()


def test_decaying_sound_is_sustained_at_its_last_level() -> None:
    sound = noise(1.0, seed=4) * np.exp(-5.0 * np.arange(SR) / SR).astype(np.float32)
    replay = replay_of(sound)
    heard = played(replay, [note(0, 4 * SR)], 4 * SR)
    late_db = [rms_db(heard[:, k * SR // 2 : (k + 1) * SR // 2]) for k in range(3, 7)]
    assert np.ptp(late_db) < 2.0
    assert late_db[0] < rms_db(heard[:, : SR // 10]) - 15.0


@pytest.mark.parametrize("settings", [AS_IT_IS, TRANSPOSED])
def test_no_join_clicks(settings: ReplaySettings) -> None:
    sound = sine(0.4, 441.0)
    # so that the sound itself does not click
    sound[:, :900] *= np.linspace(0.0, 1.0, 900, dtype=np.float32) ** 2
    replay = replay_of(sound, settings=settings, pitch=float(1200 * np.log2(441.0)))
    edges = [4000, 20_000, 45_000, 60_000, 130_000]
    wanted = float(1200 * np.log2(300.0))
    notes = [note(a, b, wanted) for a, b in itertools.pairwise(edges)]
    heard = played(replay, notes, 140_000)
    bend = np.abs(np.diff(heard, 2, axis=1)).max()
    # The fourth difference of a wave at half of full scale and 441 Hz is 0.002; of a step of a
    # tenth of it, 0.05.
    assert bend < 0.006


def test_chord_is_as_loud_as_one_tone() -> None:
    tones = [A4 - 500.0, A4, A4 + 400.0]
    replay = replay_of(sine(2.0, 440.0), settings=TRANSPOSED, pitch=A4)
    one = played(replay, [note(0, SR, A4)], SR)
    heard = played(replay, [note(0, SR, *tones)], SR)
    assert rms_db(heard) == pytest.approx(rms_db(one), abs=0.5)
    spectrum = np.abs(np.fft.rfft(heard.mean(axis=0) * np.hanning(SR)))
    for cents in tones:
        at = round(2 ** (cents / 1200))
        assert spectrum[at - 2 : at + 3].max() > 0.4 * spectrum.max()
    assert np.sort(spectrum)[-40] < 0.05 * spectrum.max()  # no other frequencies


def test_loudness_is_followed_if_set() -> None:
    model = noise(2.0, seed=5) * np.linspace(0.05, 1.0, 2 * SR, dtype=np.float32)
    sound = noise(3.0, seed=6)
    for follows in (True, False):
        replay = replay_of(
            sound, settings=ReplaySettings(GRAIN, transposes=False, follows_loudness=follows)
        )
        heard = np.concatenate(list(replay.play([note(0, 2 * SR)], Model(model))), axis=1)
        rise_db = rms_db(heard[:, -SR // 2 : -RELEASE]) - rms_db(heard[:, JOIN : SR // 2])
        wanted = rms_db(model[:, -SR // 2 : -RELEASE]) - rms_db(model[:, JOIN : SR // 2])
        assert rise_db == pytest.approx(wanted if follows else 0.0, abs=0.5)


def test_blocks_add_up_to_the_stems_length() -> None:
    model = Model(noise(60.0, seed=7, rms_db=-30))
    starts = range(0, 50 * SR, SR)
    notes = [note(at, at + SR // 2) for at in starts]
    sizes = [block.shape[1] for block in replay_of(noise(1.0, seed=8)).play(notes, model)]
    assert sum(sizes) == model.n_samples
    assert max(sizes) <= 1 << 16
    assert model.most <= SR // 2


def test_grains_and_sources_are_counted() -> None:
    replay = replay_of(noise(2.0, seed=9), [0, SR // 2, SR, 3 * SR // 2])
    played(replay, [note(k * SR, (k + 1) * SR) for k in range(4)], 4 * SR)
    # Grains are half a grain apart; overlaps of runs are played twice.
    assert replay.counts.grains == pytest.approx(4 * SR / (GRAIN / 2), rel=0.3)
    assert 4 < replay.counts.sources <= replay.counts.grains


def test_same_notes_give_the_same_samples() -> None:
    notes = [note(k * SR, k * SR + 40_000, A4 + 100.0 * k) for k in range(3)]
    settings = ReplaySettings(GRAIN)
    runs = [
        played(replay_of(noise(0.7, seed=1), settings=settings, pitch=A4), notes, 3 * SR)
        for _ in range(2)
    ]
    assert np.array_equal(*runs)


def test_no_notes_give_silence() -> None:
    heard = played(replay_of(noise(1.0, seed=1)), [], 100_000)
    assert heard.shape == (2, 100_000)
    assert not heard.any()


def test_a_voice_goes_on_while_another_is_struck() -> None:
    sound = noise(2.0, seed=1)
    first = note(0, 20_000, A4, A4)
    second = replace(note(20_000, 40_000, A4, A4, strikes=False), goes_on=(0, None))
    heard = played(replay_of(sound), [first, second], 40_000)
    both = sound[:, 20_000:40_000] + sound[:, :20_000]
    inside = slice(JOIN, 20_000 - RELEASE)
    # two voices are scaled by the root of a half
    expected = both[:, inside] * np.float32(np.sqrt(0.5))
    assert np.abs(heard[:, 20_000:][:, inside] - expected).max() < 1e-6


def test_unpitched_sound_decays_in_a_pitched_stem() -> None:
    sound, model = noise(2.0, seed=1), noise(1.0, seed=2)
    settings = ReplaySettings(GRAIN)
    heard = np.concatenate(
        list(replay_of(sound, settings=settings).play([note(0, SR)], Model(model))), axis=1
    )
    assert rms_db(heard[:, SR // 2 : SR - RELEASE]) == pytest.approx(
        rms_db(model[:, SR // 2 : SR - RELEASE]) - DECAY_DB, abs=0.5
    )
    drums = replay_of(sound, settings=replace(settings, transposes=False))
    hits = np.concatenate(list(drums.play([note(0, SR)], Model(model))), axis=1)
    assert rms_db(hits[:, SR // 2 : SR - RELEASE]) == pytest.approx(rms_db(model), abs=0.5)
