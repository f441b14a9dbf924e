from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from backend.app.contract.mashups import VIBES, FitPart, PairFit
from backend.app.dj.deck import MashupTrack
from backend.app.dj.harmony import camelot
from backend.app.dj.mashup.fit import _reason, _typical, fits, pair_fit
from backend.app.dj.mashup.keys import key_fit, shift_onto
from backend.app.dj.mashup.tempo import MAX_PAIR_CHANGE, mix_tempo_bpm
from backend.app.dj.mashup.vibes import VIBES as TREATMENTS
from composer.theory import KEY_NAMES
from tests.dj.separated_songs import (
    beatless,
    house,
    keyless,
    pop,
    reanalysed,
    separated_song,
    voiceless,
    whole,
)


def pair(fit_of, vocals: MashupTrack, under: MashupTrack) -> PairFit:
    return next(
        one
        for one in fit_of.pairs
        if (one.vocals, one.instrumental) == (vocals.track_id, under.track_id)
    )


def part(fit: PairFit, name: str) -> FitPart:
    return next(one for one in fit.parts if one.name == name)


def test_pairs_are_rated_both_ways_and_sorted() -> None:
    tracks = [house(), pop(), reanalysed(pop(), "hiphop 3", 90.0, "E minor")]
    found = fits(tracks, "upbeat")
    assert len(found.pairs) == 6
    scores = [one.score for one in found.pairs]
    assert scores == sorted(scores, reverse=True)
    for one in found.pairs:
        assert [p.name for p in one.parts] == ["tempo", "key", "phrases", "room", "voice"]
        assert all(0.0 <= p.score <= 1.0 and len(p.reason) > 10 for p in one.parts)
        assert one.reason.endswith(".")


def test_matching_tempo_and_key_rank_first() -> None:
    near, far = house(122.0, "A minor", 5), reanalysed(house(), "hiphop 3", 92.0, "Eb minor")
    singer = pop(120.0, "C major")
    found = fits([singer, near, far], "upbeat")
    assert pair(found, singer, near).score > 2.0 * pair(found, singer, far).score


def test_stems_refine_room_and_voice_only() -> None:
    tracks = [house(), pop()]
    before, after = fits([whole(track) for track in tracks], "chill"), fits(tracks, "chill")
    assert (before.measured_on, after.measured_on) == ("tracks", "stems")
    one, two = (pair(found, tracks[1], tracks[0]) for found in (before, after))
    # only room and voice are measured on stems
    for name in ("tempo", "key", "phrases"):
        assert part(one, name) == part(two, name)
    assert part(one, "room").reason != part(two, "room").reason


def test_shift_brings_keys_within_one_step_where_possible() -> None:
    wheel = [camelot(key) for key in KEY_NAMES]
    for one, other in permutations(wheel, 2):
        by = shift_onto(one, other)
        possible = min(one.moved(s).distance(other) for s in range(-2, 3))
        after = one.moved(by).distance(other)
        assert abs(by) <= 2
        if possible <= 1:
            assert after <= 1
        if one.distance(other) <= 1 or possible > 1:
            assert by == 0, "no shift if in tune already, or if none helps"


def test_voice_out_of_tune_is_not_shifted_and_scores_low() -> None:
    clash = pop(122.0, "E major"), house(122.0, "G minor")  # 12B on 6A
    fit = pair(fits(list(clash), "dark"), *clash)
    assert (fit.pitch_semitones, fit.key_distance) == (0, 7)
    assert part(fit, "key").score < 0.3
    assert "its own bass and harmony" in part(fit, "key").reason


def test_unknown_key_is_named_in_the_reason() -> None:
    tracks = keyless(pop()), house()
    fit = pair(fits(list(tracks), "dark"), *tracks)
    assert fit.key_distance is None
    assert part(fit, "key").reason.endswith("is unknown")


@pytest.mark.parametrize(("voice_bpm", "factor"), [(87.0, 0.5), (174.0, 1.0)])
def test_half_and_double_time_count_as_same_tempo(voice_bpm: float, factor: float) -> None:
    under = reanalysed(house(), "dnb 4", 174.0, "A minor")
    singer = reanalysed(pop(), "hiphop 3", voice_bpm, "A minor")
    fit = pair(fits([singer, under], "energetic"), singer, under)
    assert fit.tempo_factor == factor
    # the vibe's weight is a tenth, and 174 BPM is not among its typical tempos
    assert part(fit, "tempo").score == pytest.approx(0.9)
    assert fit.tempo_change_percent == pytest.approx(6.0, abs=0.01)  # the vibe's own


def test_three_beats_per_bar_do_not_fit_on_four() -> None:
    tracks = separated_song("waltz", 124.0, "A minor", 6), house()
    fit = pair(fits(list(tracks), "upbeat"), *tracks)
    assert part(fit, "phrases").score == 0.0
    assert part(fit, "phrases").reason == "3 beats per bar do not fit on 4"


def test_track_without_vocals_scores_no_voice() -> None:
    singer, silent = pop(), voiceless(house())
    found = fits([singer, silent], "upbeat")
    assert part(pair(found, silent, singer), "voice").score == 0.0
    assert found.pairs[0].vocals == singer.track_id
    assert pair(found, silent, singer).score < 0.6 * pair(found, singer, silent).score


def test_bleed_does_not_count_as_vocals() -> None:
    track = pop()
    ghost = track.stems["vocals"].model_copy(
        update={
            "loudness_lufs": track.deck.loudness.integrated_lufs - 30.0,
            "levels_db": [level - 30 for level in track.stems["vocals"].levels_db],
        }
    )
    bled = replace(track, stems={**track.stems, "vocals": ghost})
    assert part(pair(fits([bled, house()], "dark"), bled, house()), "voice").score == 0.0


def test_instruments_in_vocal_bands_leave_less_room() -> None:
    singer, under = pop(), house()

    def with_other(bands: list[float]) -> MashupTrack:
        other = under.stems["other"].model_copy(update={"bands": bands, "loudness_lufs": -8.0})
        return replace(under, stems={**under.stems, "other": other})

    low, same = np.eye(9)[1].tolist(), singer.stems["vocals"].bands
    scores = [
        part(pair(fits([singer, band], "dark"), singer, band), "room").score
        for band in (with_other(low), with_other(same))
    ]
    assert scores[0] > scores[1] + 0.15


def test_track_without_beat_scores_no_tempo() -> None:
    tracks = beatless(pop()), house()
    fit = pair(fits(list(tracks), "upbeat"), *tracks)
    assert part(fit, "tempo").score == 0.0
    assert "no clear beat" in part(fit, "tempo").reason


def test_single_track_is_paired_with_itself() -> None:
    (only,) = fits([house()], "dark").pairs
    assert only.vocals == only.instrumental
    assert (only.pitch_semitones, only.key_distance) == (0, 0)


def test_vibe_tempos_keep_their_order_for_distant_songs() -> None:
    for theirs in (124.0, 118.0, 112.0, 107.0):
        voice, band = house(theirs, seed=7).grid, house(124.0).grid
        assert voice
        assert band
        tempos = {vibe: mix_tempo_bpm(voice, band, TREATMENTS[vibe]) for vibe in VIBES}
        rising = [tempos[vibe] for vibe in ("chill", "dark", "upbeat", "energetic")]
        assert min(np.diff(rising)) > 0.3, "a third of a beat a minute apart, at the very least"
        assert tempos["energetic"] > 1.02 * tempos["chill"]
        for tempo in rising:
            furthest = max(abs(np.log(tempo / own)) for own in (theirs, 124.0))
            assert furthest <= np.log1p(MAX_PAIR_CHANGE) + 1e-9


def test_unknown_key_is_rated_between_in_tune_and_out_of_tune() -> None:
    tracks = keyless(pop()), house()
    assert key_fit(*tracks).score == 0.6
    assert key_fit(*tracks).pitch_semitones == 0


@pytest.mark.parametrize(
    ("key", "score", "shift", "reason"),
    [
        ("A minor", 1.0, 0, "both are in 8A"),
        ("E minor", 0.85, 0, "9A is next to 8A on the wheel without a shift"),
        ("Bb minor", 0.9, -1, "shifted by -1 semitone, 3A becomes 8A, the same key"),
        ("B minor", 0.8, -2, "shifted by -2 semitones, 10A becomes 8A, the same key"),
    ],
)
def test_key_score_falls_with_distance_and_shift(key, score, shift, reason) -> None:
    fit = key_fit(pop(120.0, key), house(120.0, "A minor"))
    assert (fit.score, fit.pitch_semitones) == (pytest.approx(score), shift)
    assert fit.reason == reason


@pytest.mark.parametrize(
    ("percent", "score"), [(0.0, 1.0), (4.0, 0.85), (10.0, 0.458), (17.5, 0.0)]
)
def test_tempo_score_falls_from_four_percent_to_sixteen(percent, score) -> None:
    singer, under = pop(115.0), house(115.0 * (1 + percent / 100))
    found = part(pair_fit(singer, under, TREATMENTS["upbeat"]), "tempo")
    assert found.score == pytest.approx(score, abs=0.01)


@pytest.mark.parametrize(
    ("bpm", "typical"), [(108.0, 1.0), (126.0, 1.0), (98.6, 0.5), (140.0, 0.42)]
)
def test_tempo_is_typical_of_a_vibe_in_any_octave(bpm, typical) -> None:
    for octave in (bpm, bpm / 2, bpm * 2):
        assert _typical(octave, TREATMENTS["upbeat"]) == pytest.approx(typical, abs=0.01)


def phrases(confidence: float, bars: int) -> FitPart:
    """The phrase part of a fit, for a voice with a given confidence and number of bars."""
    deck = house().deck
    assert deck.analysis
    rhythm = deck.analysis.rhythm.model_copy(
        update={"downbeat_confidence": confidence**2, "downbeats": list(range(0, 4 * bars, 4))}
    )
    analysis = deck.analysis.model_copy(update={"rhythm": rhythm})
    singer = replace(house(), deck=replace(deck, analysis=analysis))
    return part(pair_fit(singer, house(), TREATMENTS["dark"]), "phrases")


@pytest.mark.parametrize(
    ("confidence", "bars", "score", "uncertain"),
    [
        (0.6, 24, 0.825, False),
        (0.51, 24, 0.75, False),
        (0.49, 24, 0.735, True),
        (0.6, 8, 0.475, False),
    ],
)
def test_phrase_score_needs_sure_bars_and_enough(confidence, bars, score, uncertain) -> None:
    found = phrases(confidence, bars)
    assert found.score == pytest.approx(score, abs=0.003)
    assert ("uncertain" in found.reason) == uncertain
    assert f"only {bars} bars" in found.reason


@pytest.mark.parametrize(
    ("weakest", "words"),
    [(0.76, "everything fits; key words."), (0.75, "weakest point: tempo words.")],
)
def test_reason_names_the_weakest_point_unless_all_fit(weakest, words) -> None:
    scores = {"tempo": weakest, "key": 1.0, "phrases": 1.0, "room": 1.0, "voice": 1.0}
    parts = [FitPart(name=n, score=score, reason=f"{n} words") for n, score in scores.items()]
    assert _reason(pop(), house(), parts) == (
        f"The voice of “pop 2” over the instruments of “house 1”: {words}"
    )
