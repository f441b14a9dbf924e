"""Keys of tracks: relatives, parallels, changes of key, and stretches without tones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pytest

from backend.app.analysis.harmony import track_key
from backend.app.analysis.harmony.key import MINOR_PROFILE, pitch_classes
from backend.app.analysis.harmony.key_evidence import confidence_in
from backend.app.analysis.harmony.track_key import estimate_key, group_starts
from backend.app.contract.analysis import Harmony
from backend.app.dsp.samples import Samples
from composer.compose import compose_song
from composer.song import Realism, SongSpec, StemName
from tests.analysis.analysed_songs import click_rhythm, pitches_of, rhythm_of, song
from tests.sounds import SR

BAR_S = 2.0  # of the click rhythm: four beats of 120 BPM
A_MINOR, F_MAJOR, G_MAJOR = (57, 60, 64), (53, 57, 60), (55, 59, 62)
D_MINOR, E_MINOR, C_MAJOR = (50, 53, 57), (52, 55, 59), (48, 52, 55)


def tones(midis: Iterable[int], duration_s: float, harmonics: int = 6) -> np.ndarray:
    """Sustained tones with falling harmonics, mono."""
    t = np.arange(round(duration_s * SR)) / SR
    total = np.zeros(len(t))
    for midi in midis:
        hz = 440.0 * 2.0 ** ((midi - 69) / 12.0)
        total += sum(np.sin(2 * np.pi * hz * k * t + k) / k for k in range(1, harmonics + 1))
    return total * np.minimum(1.0, np.minimum(t, t[::-1]) * 50.0)


def progression(*chords: Sequence[int], times: int = 4, harmonics: int = 6) -> Samples:
    """One chord a bar over its root in the bass."""
    bars = [
        tones(chord, BAR_S, harmonics) + tones([chord[0] - 12], BAR_S, harmonics)
        for chord in chords
    ]
    mono = 0.05 * np.tile(np.concatenate(bars), times)
    return np.stack([mono, mono]).astype(np.float32)


def heard(samples: Samples) -> Harmony:
    """The key, with the bars known."""
    n_beats = int(samples.shape[1] / SR / 0.5)
    return estimate_key(pitches_of(samples), click_rhythm(n_beats))


def test_tonic_of_a_four_bar_group_decides_between_relatives() -> None:
    # The same chords, turned by one or two bars.
    assert heard(progression(A_MINOR, D_MINOR, G_MAJOR, C_MAJOR)).key == "A minor"
    assert heard(progression(C_MAJOR, A_MINOR, D_MINOR, G_MAJOR)).key == "C major"


def test_groups_of_bars_follow_the_phrases() -> None:
    rhythm = click_rhythm(41).model_copy(update={"phrase_start": 6})
    assert [start_s for start_s, _ in group_starts(rhythm)] == [4.0, 12.0]
    unknown = rhythm.model_copy(update={"downbeat_confidence": 0.1})
    assert group_starts(unknown) == []


def test_fifth_harmonic_of_a_bright_tone_is_no_major_third() -> None:
    bright = 0.05 * tones([45], 10.0, harmonics=10)  # A2: its fifth harmonic is a C sharp
    played = bright + 0.05 * tones([61], 10.0, harmonics=1)

    def thirds(mono: np.ndarray) -> tuple[float, float]:
        pitches = pitches_of(np.stack([mono, mono]).astype(np.float32))
        both = (
            pitch_classes(part, 0.0).sum(axis=0)[1] for part in (pitches.treble, pitches.chords)
        )
        before, left = both
        return before, left

    before, left = thirds(bright)
    assert left < 0.4 * before
    before, left = thirds(played)
    assert left > 0.7 * before


def test_song_that_avoids_its_tonic_has_its_key() -> None:
    # Its chords are also those of the relative minor.
    spec = SongSpec(
        style="pop",
        seed=4018,
        key="C major",
        tempo_bpm=88.8633,
        timing="human",
        duration_s=76.965,
        lead_in_s=1.9,
        realism=Realism(restless=True),
    )
    composed = compose_song(spec)
    assert estimate_key(pitches_of(composed.samples), rhythm_of(composed)).key == "C major"


@pytest.mark.parametrize("key", ["Eb minor", "A minor"])
def test_profile_decides_where_chords_leave_the_key_open(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    rng = np.random.default_rng(0)
    mono = 0.05 * np.concatenate([tones(rng.integers(40, 80, 3), 0.5) for _ in range(80)])
    atonal = pitches_of(np.stack([mono, mono]).astype(np.float32))
    profile = np.roll(MINOR_PROFILE, {"Eb minor": 3, "A minor": 9}[key])
    monkeypatch.setattr(track_key, "chroma", lambda *_: profile)
    assert estimate_key(atonal).key == key


@pytest.mark.parametrize("midis", [(60, 63, 66, 69), (60, 62, 64, 66, 68, 70)])
def test_diminished_and_whole_tone_chords_have_no_key(midis: tuple[int, ...]) -> None:
    mono = 0.05 * tones(midis, 20.0)
    assert heard(np.stack([mono, mono]).astype(np.float32)).key is None


def test_lead_over_the_next_key_and_clear_chords_give_confidence() -> None:
    def confidence(lead: float, clarity: float) -> float:
        return confidence_in(np.array([lead, 0.0, *[-5.0] * 22]), clarity)

    assert confidence(0.0, 0.9) < 0.5
    assert confidence(0.5, 0.8) < confidence(3.0, 0.8) < confidence(8.0, 0.8)
    assert confidence(3.0, 0.65) < confidence(3.0, 0.75) < confidence(3.0, 0.9)
    assert confidence(8.0, 0.85) > 0.95


@cache
def modulating() -> Harmony:
    """24 bars in A minor, then 12 in Eb minor, which shares few notes with it."""
    turn = (A_MINOR, F_MAJOR, D_MINOR, E_MINOR)
    up = tuple(tuple(midi + 6 for midi in chord) for chord in turn)
    return heard(np.concatenate([progression(*turn, times=6), progression(*up, times=3)], axis=1))


def test_change_of_key_is_found_where_it_is() -> None:
    first, second = modulating().sections
    assert (first.key, second.key) == ("A minor", "Eb minor")
    assert first.start_s == 0.0
    assert first.end_s == second.start_s == pytest.approx(48.0, abs=4.0)  # a window's hop
    assert min(first.confidence, second.confidence) >= 0.7


def test_key_of_the_largest_part_is_the_tracks() -> None:
    assert modulating().key == "A minor"
    assert modulating().confidence == modulating().sections[0].confidence


def test_bridge_in_the_relative_key_is_no_change_of_key() -> None:
    verse = progression(A_MINOR, F_MAJOR, D_MINOR, E_MINOR, times=6)
    bridge = progression(C_MAJOR, F_MAJOR, G_MAJOR, C_MAJOR, times=3)
    assert heard(np.concatenate([verse, bridge], axis=1)).sections == []


def test_drums_before_the_band_are_toneless() -> None:
    band = song("house", 3, "A minor")
    drums, whole = band.stems["drums"], band.samples
    ranges = estimate_key(pitches_of(np.concatenate([drums, whole], axis=1))).toneless
    assert [part.start_s for part in ranges] == [0.0]
    assert ranges[0].end_s == pytest.approx(band.duration_s, abs=2.0)


@pytest.mark.parametrize("stem", ["bass", "other"])
def test_bass_or_chords_alone_are_not_toneless(stem: StemName) -> None:
    band = song("techno", 3, "A minor")
    sound = np.concatenate([band.stems[stem], band.samples], axis=1)
    assert estimate_key(pitches_of(sound)).toneless == []
