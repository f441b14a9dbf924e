"""The notes of a stem: where they begin and end, what they are at, what is no note."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from backend.app.dsp.performance import PITCH_HOP, POWER_HOP, TONE_HOP
from backend.app.dsp.score import TARGET_HOP, score_of

from .played import GONE, performance

SR = 44_100


def spans(notes) -> list[tuple[int, int]]:
    return [(note.start, note.end) for note in notes]


def test_a_note_lasts_from_its_onset_to_the_next_one() -> None:
    notes = score_of(performance(3 * SR, [0, SR + 7, 2 * SR]), "hits")
    assert spans(notes) == [(0, SR + 7), (SR + 7, 2 * SR), (2 * SR, 3 * SR)]
    assert all(note.strikes for note in notes)


def test_a_note_ends_where_a_rest_begins() -> None:
    power = np.where(np.arange(300) % 100 < 80, 0.01, 0.0)
    notes = score_of(performance(3 * SR, [0, SR, 2 * SR], power=power), "hits")
    cell = POWER_HOP
    assert spans(notes) == [(k * SR, k * SR + 80 * cell) for k in range(3)]


def test_a_gap_that_is_too_short_to_be_heard_as_a_rest_is_none() -> None:
    power = np.full(200, 0.01)
    power[100:105] = 0.0  # 50 ms
    assert spans(score_of(performance(2 * SR, [0], power=power), "hits")) == [(0, 2 * SR)]
    power[100:108] = 0.0
    assert len(score_of(performance(2 * SR, [0], power=power), "hits")) == 2


def test_sound_that_comes_back_is_a_note_though_no_onset_was_heard() -> None:
    power = np.where(np.arange(200) < 100, 0.0, 0.01)
    assert spans(score_of(performance(2 * SR, [], power=power), "hits")) == [(SR, 2 * SR)]


@pytest.mark.parametrize(("level_db", "played"), [(-44.0, True), (-46.0, False)])
def test_what_is_45_db_under_the_rest_is_not_played(level_db: float, played: bool) -> None:
    power = np.full(300, 0.01)
    power[100:200] = 0.0
    power[220:] = 0.01 * 10 ** (level_db / 10)
    # the 20 loud cells before keep the mean of what is heard at 0.01 within 1 dB
    power[200:220] = 0.0
    notes = score_of(performance(3 * SR, [0], power=power), "hits")
    assert (len(notes) == 2) is played


def test_of_silence_there_are_no_notes() -> None:
    assert score_of(performance(SR, [], power=0.0), "voice") == []
    assert score_of(performance(SR, [100], power=1e-10), "hits") == []


def test_a_soft_stem_is_played_for_what_it_is() -> None:
    assert spans(score_of(performance(SR, [0], power=1e-7), "hits")) == [(0, SR)]  # -70 dBFS


def test_clicks_are_no_notes() -> None:
    notes = score_of(performance(SR, [0, 500, 1000]), "hits")
    assert all(note.end - note.start >= 0.02 * SR for note in notes)
    assert notes[-1].end == SR
    assert all(a.end <= b.start for a, b in itertools.pairwise(notes))


@pytest.mark.parametrize(("parts", "longest"), [("voice", 4.0), ("hits", 4.0), ("chords", 0.5)])
def test_long_notes_are_cut_evenly_and_go_on_without_a_strike(parts, longest: float) -> None:
    notes = score_of(performance(9 * SR, [0], pitch=6000.0), parts)
    assert len(notes) == np.ceil(9 / longest)
    assert [note.strikes for note in notes] == [True] + [False] * (len(notes) - 1)
    assert all(a.end == b.start for a, b in itertools.pairwise(notes))
    assert np.ptp([note.end - note.start for note in notes]) <= 1


def test_a_voice_is_followed_in_the_middle_of_every_step() -> None:
    glide = 6000.0 + np.arange(173)
    [note] = score_of(performance(2 * SR, [0], pitch=glide), "voice")
    assert note.pitches.shape == (1, -(-2 * SR // TARGET_HOP))
    # the median of five takes nothing off a glide; the strike has the pitch of 40 ms later
    assert note.pitches[0, 10:-10] == pytest.approx(6000.5 + np.arange(10, 163), abs=0.1)
    assert note.pitches[0, :3] == pytest.approx(6000.0 + 0.04 * SR / PITCH_HOP, abs=0.1)


def test_where_a_voice_has_no_pitch_the_nearest_one_stands() -> None:
    pitch = np.full(173, GONE)
    pitch[60:80], pitch[120:] = 6000.0, 6300.0
    [note] = score_of(performance(2 * SR, [0], pitch=pitch), "voice")
    assert set(note.pitches[0, :95]) == {6000.0}
    assert set(note.pitches[0, 105:]) == {6300.0}


def test_a_pitch_that_is_back_within_35_ms_was_misheard() -> None:
    pitch = np.full(173, 6000.0)
    pitch[[50, 51]] = 7200.0
    [note] = score_of(performance(2 * SR, [0], pitch=pitch), "voice")
    assert set(note.pitches[0]) == {6000.0}


def test_a_chord_has_a_voice_for_each_of_its_tones() -> None:
    [note] = score_of(performance(SR // 2, tones=(4800.0, 5200.0, 5500.0)), "chords")
    assert sorted(note.pitches[:, 0]) == [4800.0, 5200.0, 5500.0]
    assert (note.pitches == note.pitches[:, :1]).all()


def test_a_tone_that_is_heard_in_passing_is_none_of_the_chords() -> None:
    stem = performance(SR // 2, tones=(4800.0, GONE, GONE))
    stem.tones[3, 1] = 6000.0
    [note] = score_of(stem, "chords")
    assert note.pitches[:, 0].tolist() == [4800.0]
    assert len(stem.tones) == -(-(SR // 2) // TONE_HOP)


@pytest.mark.parametrize("parts", ["hits", "voice", "chords"])
def test_what_has_no_pitch_is_asked_for_none(parts) -> None:
    [note] = score_of(performance(SR // 2), parts)
    assert len(note.pitches) == 1
    assert np.isnan(note.pitches).all()


def test_the_loudest_and_the_brightest_notes_are_known() -> None:
    power = np.repeat([0.01, 0.1, 0.001], 100)
    colour = np.repeat([8.0, 9.0, 10.0], 101)
    stem = performance(3 * SR, [0, SR, 2 * SR], power=power, brightness=colour)
    notes = score_of(stem, "hits")
    assert [note.level for note in notes] == pytest.approx([0.0, 1.2247, -1.2247], abs=1e-3)
    assert [note.brightness for note in notes] == pytest.approx([-1.2247, 0.0, 1.2247], abs=1e-3)
