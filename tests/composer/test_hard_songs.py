"""Options that make songs hard to analyse change the sound, and the truth with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from composer.arrangement import adapt_form
from composer.compose import compose_song
from composer.song import (
    SAMPLE_RATE,
    STEMS,
    Absence,
    KeyChange,
    KeyStretch,
    Realism,
    Song,
    SongSpec,
    StyleName,
    TempoChange,
    TempoStretch,
    Wobble,
)
from composer.styles.all import STYLES
from composer.styles.hard import HARD_STYLES
from composer.theory import parse_key
from tests.composer.test_compose import chroma_of, onset_near, rms_between


def song(style: StyleName = "pop", **wishes: object) -> Song:
    wishes.setdefault("duration_s", 24.0)
    return compose_song(SongSpec(**{"style": style, "seed": 5, "tempo_bpm": 120.0, **wishes}))


def between(made: Song, samples: np.ndarray, stretch: KeyStretch | TempoStretch) -> np.ndarray:
    return samples[:, round(stretch.start_s * SAMPLE_RATE) : round(stretch.end_s * SAMPLE_RATE)]


@pytest.mark.parametrize("style", sorted(HARD_STYLES))
def test_patterns_fill_whole_bars_and_parts_name_them(style: StyleName) -> None:
    made = STYLES[style]
    lines = [made.bass, made.chords, made.pad, made.arp]
    patterns = [pattern for _, pattern in made.drums] + [line.pattern for line in lines]
    assert {len(pattern) % made.steps_per_bar for pattern in patterns} == {0}
    named = frozenset[str]().union(*(part.players for part in made.form))
    assert {drum for drum, _ in made.drums} <= named


def test_pulse_of_odd_metres_is_stated() -> None:
    five, seven = song("five"), song("seven", tempo_bpm=200.0)
    assert np.array_equal(five.downbeats, five.beats[::5])
    assert np.array_equal(seven.downbeats, seven.beats[::7])


def test_halftime_backbeat_is_on_the_third_beat() -> None:
    made = song("halftime")
    strong = np.intersect1d(made.onsets["snare"], made.beats)
    places = np.searchsorted(made.beats, strong) % 4
    assert np.mean(places == 2) > 0.6


def test_verse_in_half_time_has_half_the_backbeats() -> None:
    made = song("halfverse", duration_s=60.0)
    counts = {"verse": [], "chorus": []}
    for section in made.sections:
        hits = made.onsets["snare"]
        inside = hits[(hits >= section.start_s) & (hits < section.end_s - 0.6)]
        if section.name in counts:
            counts[section.name].append(len(np.intersect1d(inside, made.beats)) / section.bars)
    assert np.mean(counts["verse"]) < 0.6 * np.mean(counts["chorus"])


def test_offbeat_hat_and_bass_are_louder_than_the_kick() -> None:
    made = song("offbeat", duration_s=40.0)
    drop = next(section for section in made.sections if section.name == "drop")
    inside = (made.beats >= drop.start_s) & (made.beats < drop.end_s)
    beats = made.beats[inside]
    groove = replace(made, samples=made.stems["drums"] + made.stems["bass"])
    on = [rms_between(groove, at, at + 0.06) for at in beats]
    off = [rms_between(groove, at + 0.25, at + 0.31) for at in beats]
    # At least 3 dB; in house, the beats are louder by 6 dB.
    assert np.median(off) > 1.41 * np.median(on)


def test_anacrusis_comes_before_the_first_downbeat() -> None:
    made, plain = song(anacrusis_beats=2, lead_in_s=0.3), song(lead_in_s=0.3)
    assert made.downbeats[0] == made.beats[2]
    assert np.diff(made.beats[:3]) == pytest.approx(0.5, abs=2.0 / SAMPLE_RATE)
    assert made.beats[0] == pytest.approx(plain.beats[0], abs=2.0 / SAMPLE_RATE)
    assert rms_between(made, made.beats[0], made.beats[2]) > 0.01
    assert np.abs(made.samples[:, : round(0.29 * SAMPLE_RATE)]).max() < 1e-6


def test_absent_players_do_not_play() -> None:
    without = song(absences=(Absence("kick"), Absence("snare", 2)), duration_s=60.0)
    assert "kick" not in without.onsets
    verse, chorus = without.sections[1:3]
    hits = without.onsets["snare"]
    assert np.any((hits > verse.start_s) & (hits < verse.end_s - 0.6))
    assert not np.any((hits > chorus.start_s) & (hits < chorus.end_s - 0.6))


def test_variants_of_an_absent_drum_are_absent() -> None:
    form = adapt_form(SongSpec(absences=(Absence("kick"),)), STYLES["halfverse"].form)
    assert not any(player.startswith("kick") for part in form for player in part.players)


def test_swaying_band_strays_around_its_tempo() -> None:
    tempos = 60.0 / np.diff(song(sway=0.02, duration_s=120.0).beats)
    assert np.std(tempos / 120.0) == pytest.approx(0.02, rel=0.5)
    assert np.abs(tempos / 120.0 - 1.0).max() <= 0.0501


def test_shuffle_delays_every_second_eighth_to_the_triplet() -> None:
    made = song("ska", shuffle=1.0)
    after = made.onsets["hat"] - made.beats[np.searchsorted(made.beats, made.onsets["hat"]) - 1]
    assert after == pytest.approx(np.full(len(after), 2.0 / 3.0 * 0.5), abs=2.0 / SAMPLE_RATE)


def test_laid_back_backbeat_and_bass_are_late_and_the_kick_is_not() -> None:
    plain, made = song(), song(realism=Realism(lag_s=0.02))
    assert np.array_equal(made.onsets["kick"], plain.onsets["kick"])
    assert made.onsets["snare"] - plain.onsets["snare"] == pytest.approx(0.02, abs=1e-4)
    bass = [onset_near(one.stems["bass"], plain.beats[8] + 0.01) for one in (plain, made)]
    # 4 ms: the bass's attack is 3 ms, and the detector's window 1 ms.
    assert bass[1] - bass[0] == pytest.approx(0.02, abs=0.004)


def test_song_without_drums_has_silent_drums_and_beats() -> None:
    drums = ("kick", "snare", "hat", "open", "crash")
    made = song(absences=tuple(Absence(drum) for drum in drums))
    assert not made.stems["drums"].any()
    assert (made.onsets, len(made.beats)) == ({}, 45)
    assert not song("chamber", absences=(Absence("kick"), Absence("crash"))).stems["drums"].any()


def test_ghost_notes_are_off_the_beat_and_soft() -> None:
    plain, made = song(), song(realism=Realism(ghosts=0.5))
    extra = np.setdiff1d(made.onsets["snare"], plain.onsets["snare"])
    assert len(extra) > 10
    assert not np.intersect1d(extra, made.beats).size
    # The stems are balanced alike, so the loudest strokes keep their level within 2 dB.
    peaks = [np.abs(one.stems["drums"]).max() for one in (made, plain)]
    assert 20.0 * abs(np.log10(peaks[0] / peaks[1])) < 2.0


def test_tape_moves_sound_and_truth_together() -> None:
    wobbles = (Wobble(0.01, 0.7), Wobble(0.03, 12.0))
    made, plain = song(wobbles=wobbles), song()
    assert made.samples.shape == plain.samples.shape
    # 3 % over 12 s moves beats by up to 57 ms.
    assert 0.03 < np.abs(made.beats - plain.beats).max() < 0.08
    kicks = made.onsets["kick"]
    heard = np.array([onset_near(made.stems["drums"], at) for at in kicks])
    assert np.median(np.abs(heard - kicks)) <= 0.001
    rest = sum(made.stems[name].astype(np.float64) for name in STEMS) - made.samples
    assert np.abs(rest).max() < 1e-5 * np.abs(made.samples).max()
    assert made.sections[0].start_s == pytest.approx(made.downbeats[0], abs=1e-4)


@pytest.mark.parametrize("wobble", [(-0.1, 1.0), (0.1, 0.0), (0.3, 1.0)])
def test_impossible_wobbles_are_rejected(wobble: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="wobble"):
        SongSpec(wobbles=(Wobble(*wobble),))


def test_wobbles_that_are_too_deep_together_are_rejected() -> None:
    with pytest.raises(ValueError, match="over 20 %"):
        SongSpec(wobbles=(Wobble(0.15, 1.0), Wobble(0.15, 2.0)))


def test_wobble_that_turns_the_tape_back_is_rejected() -> None:
    # 20 % over 150 s is a stray of up to 4.8 s, which begins within 2 s.
    with pytest.raises(ValueError, match="turn the tape back"):
        song(wobbles=(Wobble(0.2, 150.0),), duration_s=12.0)


def test_false_pulse_must_be_positive() -> None:
    with pytest.raises(ValueError, match="false_pulse"):
        SongSpec(false_pulse=0.0)


@pytest.mark.parametrize("ratio", [0.75, 4.0 / 3.0])
def test_false_pulse_has_no_drums_and_its_own_tempo(ratio: float) -> None:
    made = song("house", false_pulse=ratio, duration_s=60.0)
    intro = made.sections[0]
    assert min(hits.min() for hits in made.onsets.values()) >= intro.end_s
    pulse = np.arange(8) * 60.0 / 120.0 / ratio + intro.start_s
    # Above 4 kHz there are plucks, but nearly no pad.
    high = signal.sosfilt(
        signal.butter(6, 4000.0, "high", fs=SAMPLE_RATE, output="sos"), made.stems["other"]
    )
    heard = np.array([onset_near(high, at) for at in pulse[1:]])
    # 3 ms: the attack of a pluck is 2 ms, and the detector's window 1 ms.
    assert np.median(np.abs(heard - pulse[1:])) <= 0.003


def test_tempo_stretches_are_stated() -> None:
    changes = (TempoChange(4, 93.0), TempoChange(8, 140.0))
    made = song(tempo_change=changes[1], more_tempo_changes=changes[:1], duration_s=40.0)
    assert [stretch.tempo_bpm for stretch in made.tempos] == [120.0, 93.0, 140.0]
    edges = [made.tempos[0].start_s, *(stretch.end_s for stretch in made.tempos)]
    assert edges == [made.downbeats[0], made.downbeats[4], made.downbeats[8], made.downbeats[-1]]
    for stretch in made.tempos:
        inside = (made.beats >= stretch.start_s) & (made.beats <= stretch.end_s)
        assert 60.0 / np.diff(made.beats[inside]) == pytest.approx(stretch.tempo_bpm, abs=0.02)


def test_modulation_changes_the_pitches_and_the_stated_key() -> None:
    made = song(key="C major", key_changes=(KeyChange(8, "E major"),), duration_s=40.0)
    first, second = made.keys
    assert (first.start_s, second.end_s) == (0.0, made.duration_s)
    assert first.end_s == second.start_s == made.downbeats[8]
    assert made.key == max(made.keys, key=lambda stretch: stretch.end_s - stretch.start_s).key
    for stretch in made.keys:
        chroma = chroma_of(between(made, made.samples - made.stems["drums"], stretch))
        assert chroma[sorted(parse_key(stretch.key).pitch_classes)].sum() > 0.85
    assert made.key_between(0.0, first.end_s + 1.0) == "C major"


def test_borrowed_chords_leave_the_key_but_not_its_tonic() -> None:
    plain, made = (song(key="C major", realism=Realism(borrowed=b)) for b in (0.0, 1.0))
    outside = sorted(set(range(12)) - parse_key("C major").pitch_classes)
    shares = [chroma_of(one.samples - one.stems["drums"])[outside].sum() for one in (plain, made)]
    assert shares[1] > shares[0] + 0.05
    assert made.keys == (KeyStretch("C major", 0.0, made.duration_s),)
