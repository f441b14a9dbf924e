from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pytest

from backend.app.analysis.mid_side import ANALYSIS_RATE, MidSideBlock, analysis_blocks
from backend.app.analysis.rhythm.rhythm_analyser import RhythmAnalyser
from backend.app.contract.analysis import Rhythm
from composer.compose import compose_song
from composer.song import Song, SongSpec, TempoChange
from tests.sounds import SR, clicks, noise, silence, sine

Floats = npt.NDArray[np.float64]


def analyse_rhythm(samples: npt.NDArray[np.float32]) -> Rhythm:
    analyser = RhythmAnalyser()
    for block in analysis_blocks([samples]):
        analyser.push(block)
    return analyser.finish()


@lru_cache
def heard(spec: SongSpec) -> tuple[Song, Rhythm]:
    song = compose_song(spec)
    return song, analyse_rhythm(song.samples)


def errors_s(spec: SongSpec) -> Floats:
    """Distance of each true beat from the nearest detected one."""
    song, rhythm = heard(spec)
    beats_s = np.array(rhythm.beats_s)
    return np.array([beats_s[np.abs(beats_s - beat).argmin()] - beat for beat in song.beats])


HOUSE = SongSpec(style="house", seed=11, duration_s=36.0)
TECHNO = SongSpec(style="techno", seed=12, duration_s=36.0)
DRUM_AND_BASS = SongSpec(style="dnb", seed=13, tempo_bpm=174.0, duration_s=36.0)
HIPHOP = SongSpec(style="hiphop", seed=14, timing="human", duration_s=40.0)
BALLAD = SongSpec(style="ballad", seed=15, tempo_bpm=65.0, timing="human", duration_s=48.0)
WALTZ = SongSpec(style="waltz", seed=16, timing="human", duration_s=36.0)
STEADY = [HOUSE, TECHNO, DRUM_AND_BASS, HIPHOP, BALLAD, WALTZ]


@pytest.mark.parametrize("spec", STEADY, ids=lambda spec: spec.style)
def test_steady_beats_lie_on_the_composed_grid(spec: SongSpec) -> None:
    song, rhythm = heard(spec)
    assert rhythm.steady
    assert rhythm.confidence > 0.8
    # 0.02 BPM: half a minute of beats, each up to 6 ms off, gives the tempo to 0.01 %.
    assert rhythm.tempo_bpm == pytest.approx(song.tempo_bpm, abs=0.02)
    # 5 ms: attacks are measured to 2 ms, and fifty deviations of 6 ms add as much at both ends.
    assert np.abs(errors_s(spec)).max() < 0.005


@pytest.mark.parametrize("spec", STEADY, ids=lambda spec: spec.style)
def test_downbeats_match_the_composition(spec: SongSpec) -> None:
    song, rhythm = heard(spec)
    assert rhythm.beats_per_bar == song.beats_per_bar
    downbeats_s = np.array(rhythm.beats_s)[rhythm.downbeats]
    assert downbeats_s[: len(song.downbeats)] == pytest.approx(song.downbeats, abs=0.005)


def test_beats_start_and_end_with_the_music() -> None:
    song, rhythm = heard(HOUSE)
    assert rhythm.beats_s[0] == pytest.approx(song.beats[0], abs=0.005)
    assert rhythm.beats_s[-1] == pytest.approx(song.beats[-1], abs=0.005)


@pytest.mark.parametrize(("rings_s", "counts"), [(3.0, False), (8.0, True)])
def test_beats_go_on_under_a_long_last_chord_only(rings_s: float, counts: bool) -> None:
    song, alone = heard(HOUSE)
    chord = sine(rings_s, 220.0) * np.hanning(round(rings_s * SR))  # without an attack
    samples = np.pad(song.samples, ((0, 0), (0, chord.shape[1])))
    start = round(alone.beats_s[-1] * SR)
    samples[:, start : start + chord.shape[1]] += chord.astype(np.float32)
    rings_for_s = analyse_rhythm(samples).beats_s[-1] - alone.beats_s[-1]
    assert rings_for_s == pytest.approx(rings_s if counts else 0.0, abs=1.0)


def test_phrases_begin_where_a_part_begins() -> None:
    # 40 bars: five parts of eight bars, so that each part begins with a phrase.
    song, rhythm = heard(SongSpec(style="house", seed=19, tempo_bpm=128.0, bars=40))
    starts_s = np.array(rhythm.beats_s)[rhythm.downbeats[rhythm.phrase_start :: 8]]
    assert starts_s[: len(song.phrases)] == pytest.approx(song.phrases, abs=0.005)


def test_beats_match_on_both_sides_of_a_tempo_change() -> None:
    spec = SongSpec(
        style="pop", seed=17, tempo_bpm=104.0, tempo_change=TempoChange(9, 118.0), duration_s=44.0
    )
    _, rhythm = heard(spec)
    assert not rhythm.steady
    assert np.abs(errors_s(spec)).max() < 0.006
    tempi = 60.0 / np.diff(rhythm.beats_s)
    assert tempi[:30] == pytest.approx(104.0, abs=0.2)
    assert tempi[-25:] == pytest.approx(118.0, abs=0.2)


def test_grid_follows_drift_but_not_jitter() -> None:
    spec = SongSpec(style="pop", seed=18, timing="human", drift=0.03, duration_s=44.0)
    song, rhythm = heard(spec)
    assert not rhythm.steady
    # A tempo drift of 3 % puts beats up to 70 ms off any straight line.
    assert np.median(np.abs(errors_s(spec))) < 0.005
    assert np.abs(errors_s(spec)).max() < 0.02
    heard_bends, stated_bends = np.diff(rhythm.beats_s, 2), np.diff(song.beats, 2)
    # A player's deviations of 6 ms would bend the beats by 15 ms rms.
    assert heard_bends.std() < stated_bends.std() + 0.004


@pytest.mark.parametrize(
    "samples",
    [silence(12.0), noise(12.0, seed=1), sine(12.0, 220.0), silence(0.0), noise(1.0, seed=2)],
    ids=["silence", "noise", "a held note", "nothing", "a second"],
)
def test_sounds_without_beat_have_no_rhythm(samples: npt.NDArray[np.float32]) -> None:
    rhythm = analyse_rhythm(samples)
    assert rhythm.confidence == 0.0
    assert rhythm.beats_s == []


def test_silence_around_music_keeps_its_rhythm() -> None:
    song, alone = heard(HOUSE)
    rhythm = analyse_rhythm(np.concatenate([silence(20.0), song.samples, silence(20.0)], axis=1))
    assert rhythm.confidence == pytest.approx(alone.confidence, abs=0.1)
    assert len(rhythm.beats_s) == len(alone.beats_s)
    # 1 ms: the shift is not a whole number of the envelope's 1 ms cells.
    assert np.array(rhythm.beats_s) - 20.0 == pytest.approx(alone.beats_s, abs=0.001)


@pytest.mark.parametrize("tempo_bpm", [60.0, 120.0, 200.0])
def test_clicks_are_the_beats(tempo_bpm: float) -> None:
    rhythm = analyse_rhythm(clicks(30.0, 60.0 / tempo_bpm))
    assert rhythm.tempo_bpm == pytest.approx(tempo_bpm, abs=0.05)
    assert rhythm.confidence > 0.8
    assert rhythm.downbeat_confidence < 0.6  # all clicks are equal, so none is a clear downbeat


def test_rhythm_is_independent_of_block_sizes() -> None:
    song, whole = heard(HOUSE)
    (block, *rest) = analysis_blocks([song.samples])
    mid = np.concatenate([b.mid for b in (block, *rest)])
    analyser = RhythmAnalyser()
    cuts = np.cumsum([1, 17, 219, 5000, 3, ANALYSIS_RATE, 100_003])
    for piece in np.split(mid, cuts):
        analyser.push(MidSideBlock(piece, piece))
    # 1 µs: sums of floats in another order.
    assert analyser.finish().beats_s == pytest.approx(whole.beats_s, abs=1e-6)
