from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.analysis.structure.cues import find_cues
from backend.app.contract.analysis import Cue, Section, Stretch
from tests.analysis.analysed_songs import click_rhythm

# 64 bars of 2 s: an intro, a body, an outro
RHYTHM = click_rhythm(257)
ENERGY = [0.4] * 16 + [1.0] * 32 + [0.4] * 16
SECTIONS = [
    Section(start_s=0.0, end_s=32.0, label="intro", energy=0.4),
    Section(start_s=32.0, end_s=96.0, label="full", energy=1.0),
    Section(start_s=96.0, end_s=128.0, label="outro", energy=0.4),
]


def cues(vocals: list[Stretch]) -> tuple[list[Cue], list[Cue]]:
    return find_cues(RHYTHM, SECTIONS, ENERGY, vocals, 0.0, 128.0)


def best(found: list[Cue]) -> Cue:
    return max(found, key=lambda cue: cue.score)


def test_best_cues_are_the_start_and_the_energy_drop() -> None:
    ins, outs = cues([])
    assert best(ins).at_s == 0.0
    assert best(outs).at_s == 96.0
    assert "energy falls" in best(outs).reason


def test_vocals_lower_the_score_of_an_outro_cue() -> None:
    plain, sung = cues([]), cues([Stretch(start_s=96.0, end_s=128.0)])
    assert best(sung[1]).score < best(plain[1]).score
    assert "a voice" in next(cue for cue in sung[1] if cue.at_s == 96.0).reason


def test_vocals_lower_the_score_of_an_intro_cue() -> None:
    plain, sung = cues([]), cues([Stretch(start_s=0.0, end_s=30.0)])
    assert sung[0][0].at_s == plain[0][0].at_s == 0.0
    assert sung[0][0].score < plain[0][0].score - 0.2


def test_cues_are_ordered_downbeats_with_bars_left() -> None:
    ins, outs = cues([])
    starts = [RHYTHM.beats_s[i] for i in RHYTHM.downbeats]
    for found in (ins, outs):
        assert [cue.at_s for cue in found] == sorted(cue.at_s for cue in found)
        assert all(cue.at_s in starts for cue in found)
        assert all(0.0 <= cue.score <= 1.0 and cue.reason for cue in found)
    assert all(cue.at_s <= 128.0 - 8 * 2.0 for cue in outs)


def test_no_cue_is_on_a_phrase_where_the_metre_is_unknown() -> None:
    unknown = RHYTHM.model_copy(update={"downbeat_confidence": 0.2})
    ins, outs = find_cues(unknown, SECTIONS, ENERGY, [], 0.0, 128.0)
    assert not any(cue.on_phrase for cue in ins + outs)
    assert any(cue.on_phrase for cue in cues([])[0])


def test_without_beats_cues_are_the_music_bounds() -> None:
    ins, outs = find_cues(click_rhythm(0), [], [], [], 1.5, 60.0)
    assert [cue.at_s for cue in ins + outs] == [1.5, 60.0]


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 300), st.sampled_from([3, 4]), st.integers(0, 7))
def test_at_least_one_cue_of_each_kind(n_beats: int, per_bar: int, phrase: int) -> None:
    rhythm = click_rhythm(n_beats).model_copy(
        update={"beats_per_bar": per_bar, "downbeats": list(range(0, n_beats - 1, per_bar))}
    )
    rhythm = rhythm.model_copy(update={"phrase_start": phrase % len(rhythm.downbeats)})
    end_s = n_beats * 0.5
    energy = [1.0] * len(rhythm.downbeats)
    section = Section(start_s=0.0, end_s=end_s, label="full", energy=1.0)
    ins, outs = find_cues(rhythm, [section], energy, [], 0.0, end_s)
    assert ins
    assert outs


@pytest.mark.parametrize("bars", [1, 4, 9])
def test_short_track_has_an_early_cue_out(bars: int) -> None:
    rhythm = click_rhythm(4 * bars + 1)
    _, outs = find_cues(rhythm, [], [1.0] * bars, [], 0.0, 2.0 * bars)
    assert outs[0].at_s <= 2.0 * max(0, bars - 8) + 0.01


def test_cue_ins_lie_in_the_first_two_fifths_and_cue_outs_in_the_last() -> None:
    # Phrases begin each 16 s of 128 s
    ins, outs = find_cues(RHYTHM, [], ENERGY, [], 0.0, 128.0)
    assert [cue.at_s for cue in ins] == [0.0, 16.0, 32.0, 48.0]
    assert [cue.at_s for cue in outs] == [80.0, 96.0, 112.0]


def test_the_eight_best_cues_are_listed() -> None:
    ins, outs = find_cues(click_rhythm(4 * 400 + 1), [], [1.0] * 400, [], 0.0, 800.0)
    assert [cue.at_s for cue in ins] == [16.0 * n for n in range(8)]
    assert [cue.at_s for cue in outs] == [784.0 - 16.0 * n for n in range(7, -1, -1)]


def test_cue_off_the_phrase_is_found_at_a_section() -> None:
    section = SECTIONS[1].model_copy(update={"start_s": 36.0})
    ins, _ = find_cues(RHYTHM, [section], ENERGY, [], 0.0, 128.0)
    (cue,) = [one for one in ins if not one.on_phrase]
    assert cue.at_s == 36.0
    assert cue.reason.startswith("a full part starts")


@pytest.mark.parametrize(("after", "falls"), [(0.91, False), (0.89, True)])
def test_energy_falls_by_more_than_a_tenth(after: float, falls: bool) -> None:
    energy = [1.0] * 48 + [after] * 16
    _, outs = find_cues(RHYTHM, [], energy, [], 0.0, 128.0)
    assert ("the energy falls" in outs[1].reason) == falls


@pytest.mark.parametrize(
    ("vocals", "words"), [(1.5, "no voice follows"), (1.7, "a voice for 5% of what follows")]
)
def test_reason_counts_vocals_over_the_next_sixteen_bars(vocals: float, words: str) -> None:
    after = Stretch(start_s=112.0, end_s=128.0)  # after the 16 bars that a cue is rated by
    _, outs = cues([Stretch(start_s=100.0, end_s=100.0 + vocals), after])
    assert words in outs[0].reason


def test_cue_score_weighs_place_vocals_edge_and_phrase() -> None:
    ins, outs = find_cues(RHYTHM, [], ENERGY, [Stretch(start_s=0.0, end_s=16.0)], 0.0, 128.0)
    assert ins[0].score == pytest.approx(0.35 + 0.3 * 0.5 + 0.2 + 0.15)
    assert outs[0].score == pytest.approx(0.35 * 16 / 24 + 0.3 + 0.15, abs=0.001)
