"""Fits of songs as text."""

from __future__ import annotations

import pytest

from backend.app.contract.mashups import MashupFits
from frontend.labels import mashup
from tests.frontend.mashup_data import REPORT, fit

TITLES = {"a": "First", "b": "Second"}


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (0.8, "Great match"),
        (0.79, "Good match"),
        (0.6, "Good match"),
        (0.59, "Fair match"),
        (0.4, "Fair match"),
        (0.39, "Poor match"),
        (0.0, "Poor match"),
    ],
)
def test_grades_begin_at_their_threshold(score: float, text: str) -> None:
    assert mashup.grade(score) == text


@pytest.mark.parametrize(
    ("percent", "is_in_reach"), [(12.0, True), (12.1, False), (-12.0, True), (-12.1, False)]
)
def test_tempos_are_in_reach_up_to_12_percent(percent: float, is_in_reach: bool) -> None:
    bent = fit().model_copy(update={"tempo_change_percent": percent})
    assert mashup.in_reach(bent) is is_in_reach


def test_tempo_without_a_score_is_out_of_reach() -> None:
    parts = [part.model_copy(update={"score": 0.0}) for part in fit().parts]
    assert not mashup.in_reach(fit().model_copy(update={"parts": parts}))
    assert not mashup.in_reach(fit().model_copy(update={"parts": []}))


def test_summary_names_the_weakest_part() -> None:
    summary = "Vocals of First over Second: the chords lie where the voice does"
    assert mashup.pair_summary(fit(), TITLES) == summary
    assert mashup.pair_summary(fit(), {"a": "First"}) == fit().reason


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"tempo_factor": 0.5}, "in half time"),
        ({"tempo_factor": 2.0}, "in double time"),
        ({"pitch_semitones": 0}, "pitch unchanged"),
        ({"pitch_semitones": -1}, "1 semitone down"),
        ({"pitch_semitones": 2}, "2 semitones up"),
        ({"key_distance": 0}, "same key"),
        ({"key_distance": 1}, "1 step apart on the key wheel"),
        ({"key_distance": None}, "key unknown"),
    ],
)
def test_changes_of_the_vocals(change: dict[str, object], text: str) -> None:
    assert text in mashup.changes(fit().model_copy(update=change))


def test_song_over_itself_has_no_pitch_or_key_to_match() -> None:
    assert mashup.changes(fit("a", "a")) == ["vocals 1.3 % slower"]


def test_song_without_a_beat_is_named_only_beside_others() -> None:
    fits = MashupFits(pairs=[fit()], measured_on="tracks")
    assert mashup.left_out(fits, TITLES, ["b"]) == [
        "“Second” will probably be left out: no clear beat was found."
    ]
    assert mashup.left_out(fits, {"a": "First"}, ["a"]) == []


def test_best_pair_is_the_first_of_that_singer() -> None:
    fits = MashupFits(pairs=[fit("a", "b"), fit("b", "a", 0.5)], measured_on="tracks")
    assert mashup.best(fits, None) == fits.pairs[0]
    assert mashup.best(fits, "b") == fits.pairs[1]
    assert mashup.best(fits, "c") is None


def test_contour_says_how_far_drops_stand_out() -> None:
    assert mashup.contour_summary(REPORT.sections) == (
        "Drops: +4.5 and +4.4 LU over the bars before."
    )
    assert mashup.contour_summary(REPORT.sections[:4]) == "Drop: +4.5 LU over the bars before."
    assert mashup.contour_summary(REPORT.sections[:2]) == ""


def test_steps_of_silent_or_old_sections_are_unknown() -> None:
    sections = [one.model_copy() for one in REPORT.sections[:4]]
    sections[2] = sections[2].model_copy(update={"loudness_lufs": None})
    assert mashup.contour_steps_lu(sections) == [1.0, None, None]
    assert mashup.contour_summary(sections) == ""


@pytest.mark.parametrize(
    ("level_lufs", "percent"), [(-10.0, 0), (-16.0, 50), (-40.0, 96), (-9.0, 0)]
)
def test_contour_picture_spans_twelve_lu(level_lufs: float, percent: int) -> None:
    assert mashup.contour_top_percent(level_lufs, -10.0) == percent
