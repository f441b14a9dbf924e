from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.sources.stem import LEVEL_RATE
from backend.app.dj.deck import MashupTrack
from backend.app.dj.mashup.vocals import MARGIN_S, VocalPhrases, sung_share, voice_part
from tests.dj.analysed_tracks import with_vocals
from tests.dj.separated_songs import pop

BAR_S = 2.0


def voice(*phrases: tuple[float, float], dip_s: float | None = None) -> VocalPhrases:
    levels = np.full(round(40 * LEVEL_RATE), -90.0)
    for start_s, end_s in phrases:
        levels[round(start_s * LEVEL_RATE) : round(end_s * LEVEL_RATE)] = -20.0
    if dip_s is not None:
        levels[round(dip_s * LEVEL_RATE)] = -26.0
    return VocalPhrases(phrases, levels)


def test_entry_includes_the_pick_up() -> None:
    assert voice((7.2, 11.0)).entry_s(8.0, BAR_S) == pytest.approx(7.2 - MARGIN_S)


def test_entry_is_the_bar_if_the_phrase_begins_later() -> None:
    assert voice((8.0, 11.0)).entry_s(8.0, BAR_S) == 8.0
    assert voice((9.0, 11.0)).entry_s(8.0, BAR_S) == 8.0


def test_entry_within_a_long_phrase_is_its_quietest_moment() -> None:
    assert voice((5.0, 12.0), dip_s=8.1).entry_s(8.0, BAR_S) == pytest.approx(8.1, abs=0.011)


def test_exit_waits_for_the_last_word() -> None:
    assert voice((9.0, 16.8)).exit_s(16.0, BAR_S) == pytest.approx(16.8 + MARGIN_S)


def test_exit_excludes_the_next_pick_up() -> None:
    assert voice((9.0, 15.0), (15.4, 19.0)).exit_s(16.0, BAR_S) == pytest.approx(15.4 - MARGIN_S)


def test_exit_within_a_long_phrase_is_its_quietest_moment() -> None:
    assert voice((9.0, 30.0), dip_s=15.9).exit_s(16.0, BAR_S) == pytest.approx(15.9, abs=0.011)


def test_phrases_are_found_and_include_breaths() -> None:
    track = pop()
    found = VocalPhrases.of(track, track.stems["vocals"])
    assert len(found.phrases) > 4
    rests = [b[0] - a[1] for a, b in zip(found.phrases, found.phrases[1:], strict=False)]
    assert min(rests) >= 0.25 - 1e-9


def phrases_in(*frames: tuple[int, int], rest_db: int = -120) -> list[tuple[float, float]]:
    """The phrases of a voice that sings between these frames."""
    levels = [rest_db] * 500
    for first, last in frames:
        levels[first:last] = [-20] * (last - first)
    facts = pop().stems["vocals"].model_copy(update={"levels_db": levels})
    return list(VocalPhrases.of(pop(), facts).phrases)


@pytest.mark.parametrize(("rest_db", "n_phrases"), [(-44, 1), (-46, 2)])
def test_levels_within_25_db_of_the_loud_ones_are_vocals(rest_db, n_phrases) -> None:
    assert len(phrases_in((0, 200), (300, 500), rest_db=rest_db)) == n_phrases


@pytest.mark.parametrize(("rest", "n_phrases"), [(12, 1), (13, 2)])
def test_pause_of_a_quarter_second_divides_phrases(rest, n_phrases) -> None:
    assert len(phrases_in((0, 200), (200 + rest, 400))) == n_phrases


@pytest.mark.parametrize(("frames", "n_phrases"), [(5, 1), (7, 2)])
def test_sounds_under_an_eighth_of_a_second_are_no_words(frames, n_phrases) -> None:
    assert len(phrases_in((0, 200), (300, 300 + frames))) == n_phrases


@pytest.mark.parametrize(
    ("percent", "score", "reason"),
    [
        (4, 0.0, "“pop 2” has hardly any vocals"),
        (5, 0.19, "“pop 2” has vocals in 5 % of its time"),
        (25, 1.0, "“pop 2” has vocals in 25 % of its time"),
    ],
)
def test_voice_score_rises_up_to_a_quarter_of_the_time(percent, score, reason) -> None:
    track = pop()
    levels = [-10] * percent + [-120] * (100 - percent)
    voice = track.stems["vocals"].model_copy(update={"levels_db": levels})
    part = voice_part(replace(track, stems={**track.stems, "vocals": voice}))
    assert (part.score, part.reason) == (pytest.approx(score, abs=0.01), reason)


@pytest.mark.parametrize(
    ("sung_s", "reason"), [(0.0, "seems to have hardly any vocals"), (30.0, "has vocals in about ")]
)
def test_vocals_before_the_separation_are_an_estimate(sung_s: float, reason: str) -> None:
    deck = with_vocals(pop().deck, (0.0, sung_s))
    assert reason in voice_part(MashupTrack(deck)).reason


@pytest.mark.parametrize(("under_lu", "sings"), [(21.0, True), (23.0, False)])
def test_voice_22_lu_under_its_track_is_bleed(under_lu, sings) -> None:
    track = pop()
    own_lufs = track.deck.loudness.integrated_lufs
    ghost = track.stems["vocals"].model_copy(update={"loudness_lufs": own_lufs - under_lu})
    assert bool(VocalPhrases.of(track, ghost).phrases) == sings


def by_the_draft(*sung_s: tuple[float, float]) -> MashupTrack:
    """A song whose draft stem sounds throughout, and whose mix has vocals in these stretches."""
    track = pop()
    levels = [-20] * round(30 * LEVEL_RATE)
    voice = track.stems["vocals"].model_copy(update={"levels_db": levels})
    deck = with_vocals(track.deck, *sung_s)
    return MashupTrack(deck, {**track.stems, "vocals": voice}, track.made, draft=True)


def test_draft_sings_only_where_vocals_are_detected_in_the_mix() -> None:
    assert sung_share(by_the_draft()) == 0.0
    # two stretches of 5 s with a quarter second on either side, of 30 s
    sung = sung_share(by_the_draft((5.0, 10.0), (20.0, 25.0)))
    assert sung == pytest.approx(11.0 / 30.0, abs=0.01)
    assert "hardly any vocals" in voice_part(by_the_draft()).reason


def test_vocals_of_a_model_are_believed() -> None:
    assert sung_share(replace(by_the_draft(), draft=False)) == 1.0


@pytest.mark.parametrize(("under_lu", "sings"), [(10.0, True), (12.0, False)])
def test_draft_voice_11_lu_under_its_track_is_bleed(under_lu: float, sings: bool) -> None:
    track = by_the_draft((0.0, 30.0))
    lufs = track.deck.loudness.integrated_lufs - under_lu
    voice = track.stems["vocals"].model_copy(update={"loudness_lufs": lufs})
    assert bool(sung_share(replace(track, stems={**track.stems, "vocals": voice}))) is sings
