"""Extraction of a stem's notes: start, end, pitch, and sounds that are no notes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from backend.app.dsp.granular.performance import PITCH_HOP, POWER_HOP, TONE_HOP
from backend.app.dsp.granular.score import TARGET_HOP, Note, extract_notes

from ..played import GONE, performance

SR = 44_100


def spans(notes) -> list[tuple[int, int]]:
    return [(note.start, note.end) for note in notes]


def test_a_note_lasts_from_its_onset_to_the_next_one() -> None:
    notes = extract_notes(performance(3 * SR, [0, SR + 7, 2 * SR]), "hits")
    assert spans(notes) == [(0, SR + 7), (SR + 7, 2 * SR), (2 * SR, 3 * SR)]
    assert all(note.strikes for note in notes)


def test_a_note_ends_where_a_rest_begins() -> None:
    power = np.where(np.arange(300) % 100 < 80, 0.01, 0.0)
    notes = extract_notes(performance(3 * SR, [0, SR, 2 * SR], power=power), "hits")
    cell = POWER_HOP
    assert spans(notes) == [(k * SR, k * SR + 80 * cell) for k in range(3)]


def test_short_gap_is_no_rest() -> None:
    power = np.full(200, 0.01)
    power[100:105] = 0.0  # 50 ms
    assert spans(extract_notes(performance(2 * SR, [0], power=power), "hits")) == [(0, 2 * SR)]
    power[100:108] = 0.0
    assert len(extract_notes(performance(2 * SR, [0], power=power), "hits")) == 2


def test_returning_sound_is_a_note_without_onset() -> None:
    power = np.where(np.arange(200) < 100, 0.0, 0.01)
    assert spans(extract_notes(performance(2 * SR, [], power=power), "hits")) == [(SR, 2 * SR)]


@pytest.mark.parametrize(("level_db", "played"), [(-44.0, True), (-46.0, False)])
def test_sound_45_db_below_is_not_played(level_db: float, played: bool) -> None:
    power = np.full(300, 0.01)
    power[100:200] = 0.0
    power[220:] = 0.01 * 10 ** (level_db / 10)
    # The 20 loud cells before it keep the mean of all sound at 0.01, within 1 dB.
    power[200:220] = 0.0
    notes = extract_notes(performance(3 * SR, [0], power=power), "hits")
    assert (len(notes) == 2) is played


def test_silence_has_no_notes() -> None:
    assert extract_notes(performance(SR, [], power=0.0), "voice") == []
    assert extract_notes(performance(SR, [100], power=1e-10), "hits") == []


def test_soft_stem_has_notes() -> None:
    assert spans(extract_notes(performance(SR, [0], power=1e-7), "hits")) == [(0, SR)]  # -70 dBFS


def test_clicks_are_no_notes() -> None:
    notes = extract_notes(performance(SR, [0, 500, 1000]), "hits")
    assert all(note.end - note.start >= 0.02 * SR for note in notes)
    assert notes[-1].end == SR
    assert all(a.end <= b.start for a, b in itertools.pairwise(notes))


@pytest.mark.parametrize(("parts", "longest"), [("voice", 4.0), ("hits", 4.0), ("chords", 0.5)])
def test_long_notes_are_cut_evenly_without_new_strikes(parts, longest: float) -> None:
    notes = extract_notes(performance(9 * SR, [0], pitch=6000.0), parts)
    assert len(notes) == np.ceil(9 / longest)
    assert [note.strikes for note in notes] == [True] + [False] * (len(notes) - 1)
    assert all(a.end == b.start for a, b in itertools.pairwise(notes))
    assert np.ptp([note.end - note.start for note in notes]) <= 1


def test_voice_pitch_is_read_mid_step() -> None:
    glide = 6000.0 + np.arange(173)
    [note] = extract_notes(performance(2 * SR, [0], pitch=glide), "voice")
    assert note.pitches.shape == (1, -(-2 * SR // TARGET_HOP))
    # The median of five leaves a glide unchanged; at the strike, the pitch is that of 40 ms later.
    assert note.pitches[0, 10:-10] == pytest.approx(6000.5 + np.arange(10, 163), abs=0.1)
    assert note.pitches[0, :3] == pytest.approx(6000.0 + 0.04 * SR / PITCH_HOP, abs=0.1)


def test_unvoiced_frames_take_the_nearest_pitch() -> None:
    pitch = np.full(173, GONE)
    pitch[60:80], pitch[120:] = 6000.0, 6300.0
    [note] = extract_notes(performance(2 * SR, [0], pitch=pitch), "voice")
    assert set(note.pitches[0, :95]) == {6000.0}
    assert set(note.pitches[0, 105:]) == {6300.0}


def test_pitch_jump_under_35_ms_is_ignored() -> None:
    pitch = np.full(173, 6000.0)
    pitch[[50, 51]] = 7200.0
    [note] = extract_notes(performance(2 * SR, [0], pitch=pitch), "voice")
    assert set(note.pitches[0]) == {6000.0}


def test_chord_has_one_voice_per_tone() -> None:
    [note] = extract_notes(performance(SR // 2, tones=(4800.0, 5200.0, 5500.0)), "chords")
    assert sorted(note.pitches[:, 0]) == [4800.0, 5200.0, 5500.0]
    assert (note.pitches == note.pitches[:, :1]).all()


def test_passing_tone_is_not_in_the_chord() -> None:
    stem = performance(SR // 2, tones=(4800.0, GONE, GONE))
    stem.tones[3, 1] = 6000.0
    [note] = extract_notes(stem, "chords")
    assert note.pitches[:, 0].tolist() == [4800.0]
    assert len(stem.tones) == -(-(SR // 2) // TONE_HOP)


@pytest.mark.parametrize("parts", ["hits", "voice", "chords"])
def test_unpitched_stem_gives_unpitched_notes(parts) -> None:
    [note] = extract_notes(performance(SR // 2), parts)
    assert len(note.pitches) == 1
    assert np.isnan(note.pitches).all()


def test_level_and_brightness_rank_the_notes() -> None:
    power = np.repeat([0.01, 0.1, 0.001], 100)
    colour = np.repeat([8.0, 9.0, 10.0], 101)
    stem = performance(3 * SR, [0, SR, 2 * SR], power=power, brightness=colour)
    notes = extract_notes(stem, "hits")
    assert [note.level for note in notes] == pytest.approx([0.0, 1.2247, -1.2247], abs=1e-3)
    assert [note.brightness for note in notes] == pytest.approx([-1.2247, 0.0, 1.2247], abs=1e-3)


def chords(*tones: tuple[float, float, float], rise_db: float = 0.0) -> list[Note]:
    """The notes of chords of a second each, every one louder than the last by ``rise_db``."""
    n = len(tones)
    power = np.repeat(0.01 * 10.0 ** (0.1 * rise_db * np.arange(n)), 100)
    stem = performance(n * SR, [k * SR for k in range(n)], power=power)
    for k, chord in enumerate(tones):
        stem.tones[k * SR // TONE_HOP : (k + 1) * SR // TONE_HOP + 1] = chord
    return [one for one in extract_notes(stem, "chords") if one.start % SR == 0]


LOW, MIDDLE, HIGH = 4800.0, 5200.0, 5500.0
CHORD = LOW, MIDDLE, HIGH


def test_onset_in_a_held_chord_strikes_its_weakest_tone_only() -> None:
    _, second = chords(CHORD, CHORD)
    assert not second.strikes
    assert second.attacks
    assert second.goes_on == (0, 1, None)


@pytest.mark.parametrize(("rise_db", "all_struck"), [(1.5, False), (2.5, True)])
def test_chord_that_becomes_2_db_louder_is_struck_again(rise_db: float, all_struck: bool) -> None:
    _, second = chords(CHORD, CHORD, rise_db=rise_db)
    assert second.strikes is all_struck
    assert (second.goes_on == ()) is all_struck


def test_new_tones_over_a_held_one_are_struck() -> None:
    _, second = chords(CHORD, (HIGH, 6000.0, 6400.0))
    # the median of a chord's tones has their order of strength
    assert second.goes_on == (2, None, None)


def test_another_chord_is_struck() -> None:
    assert chords(CHORD, (4900.0, 5300.0, 5700.0))[1].strikes


def test_held_chord_that_is_cut_goes_on_in_the_order_of_its_tones() -> None:
    stem = performance(SR, [0], tones=CHORD)
    stem.tones[SR // 2 // TONE_HOP :] = (HIGH, LOW, MIDDLE)
    _, second = extract_notes(stem, "chords")
    assert second.pitches[:, 0].tolist() == [HIGH, LOW, MIDDLE]
    assert second.goes_on == (2, 0, 1)
    assert not second.attacks
