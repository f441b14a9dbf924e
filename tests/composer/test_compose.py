"""Composed songs match their stated truth, measured in the samples."""

from __future__ import annotations

import numpy as np
import pytest

from composer.compose import compose_song
from composer.song import SAMPLE_RATE, STEMS, Realism, Song, SongSpec, StyleName, TempoChange
from composer.styles.all import STYLES
from composer.theory import frequency_hz, parse_key

WITH_DRUMS = sorted(name for name, style in STYLES.items() if style.drums)


def song(style: StyleName = "house", **wishes: object) -> Song:
    return compose_song(SongSpec(**{"style": style, "seed": 5, "duration_s": 24.0, **wishes}))


@pytest.fixture(scope="module", params=WITH_DRUMS)
def made(request: pytest.FixtureRequest) -> Song:
    """A song of each style with drums."""
    return song(request.param, duration_s=16.0)


def onset_near(samples: np.ndarray, at_s: float, reach_s: float = 0.03) -> float:
    """Find the steepest rise of the sound near ``at_s``, to a millisecond."""
    width = SAMPLE_RATE // 1000
    centre, reach = round(at_s * SAMPLE_RATE), round(reach_s * SAMPLE_RATE)
    start = max(0, centre - reach - width)
    power = np.square(samples[:, start : centre + reach + width].astype(np.float64)).sum(axis=0)
    sums = np.concatenate(([0.0], np.cumsum(power)))
    edges = np.arange(width, len(power) - width)
    after, before = sums[edges + width] - sums[edges], sums[edges] - sums[edges - width]
    rise = after * np.log((after + 1e-9) / (before + 1e-9))
    return float((start + edges[np.argmax(rise)]) / SAMPLE_RATE)


def test_kicks_are_on_stated_beats(made: Song) -> None:
    kicks = np.intersect1d(made.onsets["kick"], made.beats)
    assert len(kicks) >= 4
    heard = np.array([onset_near(made.stems["drums"], at) for at in kicks])
    # 1 ms: the detector's window; the kick starts exactly at the beat's sample.
    assert np.abs(heard - kicks).max() <= 0.001


def test_stems_sum_to_the_song(made: Song) -> None:
    rest = sum(made.stems[name].astype(np.float64) for name in STEMS) - made.samples
    # -100 dB: float32 sums of four stems differ by their rounding, about -140 dB
    assert np.abs(rest).max() < 1e-5 * np.abs(made.samples).max()
    assert all(np.abs(made.stems[name]).max() > 0.01 for name in STEMS)


def test_song_is_stereo_and_under_the_ceiling(made: Song) -> None:
    assert made.samples.dtype == np.float32
    assert np.isfinite(made.samples).all()
    assert np.abs(made.samples).max() <= 10.0 ** (-1.0 / 20.0)
    left, right = made.samples
    # Detuned chords differ between the sides, but are not their opposites.
    assert 0.0 < np.corrcoef(left, right)[0, 1] < 0.999


@pytest.mark.parametrize(
    ("style", "key"),
    [
        ("house", "A minor"),
        ("dnb", "F# major"),
        ("ballad", "Eb major"),
        ("waltz", "C minor"),
        ("hiphop", "G minor"),
    ],
)
def test_pitches_belong_to_the_key(style: StyleName, key: str) -> None:
    made = song(style, key=key)
    chroma = chroma_of(made.samples - made.stems["drums"])
    inside = sorted(parse_key(key).pitch_classes)
    # For noise, seven of twelve classes would hold 58 %. The rest here are harmonics outside the
    # key, and the sidelobes of a semitone.
    assert chroma[inside].sum() > 0.9
    assert int(np.argmax(chroma)) in inside


def chroma_of(samples: np.ndarray) -> np.ndarray:
    """Share of the energy at each pitch class, in fundamentals from A1 to A5."""
    mono = samples.mean(axis=0)
    power = np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2
    hz = np.fft.rfftfreq(len(mono), 1.0 / SAMPLE_RATE)
    chroma = np.zeros(12)
    for midi in range(33, 82):
        near = np.abs(12.0 * np.log2(np.maximum(hz, 1.0) / frequency_hz(midi))) < 0.3
        chroma[midi % 12] += power[near].sum()
    return chroma / chroma.sum()


def test_song_depends_only_on_its_spec() -> None:
    first, again, other = song(), song(), song(seed=6)
    assert np.array_equal(first.samples, again.samples)
    assert np.array_equal(first.beats, again.beats)
    assert (first.key, first.tempo_bpm) != (other.key, other.tempo_bpm)


def test_duration_and_bars_are_exact() -> None:
    assert song(duration_s=31.4159).samples.shape == (2, round(31.4159 * SAMPLE_RATE))
    made = song(duration_s=None, bars=8, tempo_bpm=120.0)
    assert len(made.downbeats) == 8 + 1
    assert len(made.beats) == 8 * 4 + 1
    assert np.diff(made.beats) == pytest.approx(0.5, abs=1.0 / SAMPLE_RATE)


def test_waltz_has_three_beats_per_bar() -> None:
    made = song("waltz")
    assert np.array_equal(made.downbeats, made.beats[::3])


@pytest.mark.parametrize("seconds", [8.0, 24.0, 75.0])
def test_sections_cover_the_song(seconds: float) -> None:
    made = song("pop", duration_s=seconds)
    assert made.sections[0].start_s == made.beats[0]
    assert made.sections[-1].end_s == made.duration_s
    ends = [section.end_s for section in made.sections[:-1]]
    assert ends == [section.start_s for section in made.sections[1:]]
    assert set(ends) <= set(made.downbeats)
    assert set(made.phrases) <= set(made.downbeats)


def test_loud_sections_are_louder_than_calm_ones() -> None:
    made = song("techno", duration_s=60.0)
    level = {s.energy: rms_between(made, s.start_s, s.end_s) for s in made.sections if s.bars}
    assert level[max(level)] > 1.3 * level[min(level)]


def rms_between(made: Song, start_s: float, end_s: float) -> float:
    part = made.samples[:, round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    return float(np.sqrt(np.mean(part**2)))


def test_human_timing_does_not_move_the_beat() -> None:
    exact, human = song(timing="exact"), song(timing="human")
    assert np.array_equal(exact.beats, human.beats)
    strayed = [np.abs(exact.beats - hit).min() for hit in human.onsets["kick"]]
    # Players deviate by 6 ms rms, and by 15 ms at most.
    assert 0.002 < np.sqrt(np.mean(np.square(strayed))) < 0.010
    assert max(strayed) <= 0.0151


def test_drift_reaches_its_limit_and_no_more() -> None:
    made = song("pop", tempo_bpm=120.0, drift=0.03, duration_s=60.0)
    tempos = 60.0 / np.diff(made.beats)
    # 120 BPM +- 3 %; rounding to samples adds 0.006 BPM.
    assert 116.3 < tempos.min() < 118.5
    assert 121.5 < tempos.max() < 123.7


def test_tempo_changes_on_its_bar() -> None:
    made = song("pop", tempo_bpm=100.0, tempo_change=TempoChange(bar=4, tempo_bpm=125.0))
    periods = np.diff(made.beats)
    assert periods[:16] == pytest.approx(0.6, abs=2.0 / SAMPLE_RATE)
    assert periods[16:] == pytest.approx(0.48, abs=2.0 / SAMPLE_RATE)


def test_song_shorter_than_a_bar_is_rejected() -> None:
    with pytest.raises(ValueError, match="no room for a bar"):
        song("ballad", duration_s=3.0)


@pytest.mark.parametrize("name", ["H minor", "A blues", "minor", ""])
def test_unknown_key_is_rejected(name: str) -> None:
    with pytest.raises(ValueError, match="no such"):
        SongSpec(key=name)


def test_recording_effects_keep_beats_and_stems() -> None:
    realism = Realism(
        tuning_cents=15.0,
        room=0.3,
        hiss_db=-45.0,
        drums_db=-3.0,
        kit_octaves=0.6,
        dynamics=0.2,
        variation=0.3,
        restless=True,
        pickup=True,
    )
    made, plain = song(realism=realism, lead_in_s=0.5), song(lead_in_s=0.5)
    assert np.array_equal(made.beats, plain.beats)
    assert np.abs(made.samples - plain.samples).max() > 0.1
    assert made.onsets["snare"].min() < made.beats[0]
    kicks = np.intersect1d(made.onsets["kick"], made.beats)
    heard = np.array([onset_near(made.stems["drums"], at) for at in kicks])
    # 1 ms, as for a dry song: the room's first reflection comes 12 ms later.
    assert np.median(np.abs(heard - kicks)) <= 0.001
    rest = sum(made.stems[name].astype(np.float64) for name in STEMS) - made.samples
    assert np.abs(rest).max() < 1e-5 * np.abs(made.samples).max()
