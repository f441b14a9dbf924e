from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from backend.app.contract.mashups import VIBES, FitPart, PairFit
from backend.app.dj.harmony import camelot
from backend.app.dj.mashup_deck import MashupTrack
from backend.app.dj.mashup_fit import fits
from backend.app.dj.mashup_keys import shift_onto
from backend.app.dj.mashup_tempo import MOST_CHANGE, mix_tempo_bpm
from backend.app.dj.vibes import VIBES as TREATMENTS
from composer.theory import KEY_NAMES
from tests.dj.taken_apart import beatless, house, keyless, pop, taken_apart, told, voiceless, whole


def pair(fit_of, vocals: MashupTrack, under: MashupTrack) -> PairFit:
    return next(
        one
        for one in fit_of.pairs
        if (one.vocals, one.instrumental) == (vocals.track_id, under.track_id)
    )


def part(fit: PairFit, name: str) -> FitPart:
    return next(one for one in fit.parts if one.name == name)


def test_every_pair_is_judged_both_ways_the_best_first_each_part_with_its_reason() -> None:
    tracks = [house(), pop(), told(pop(), "hiphop 3", 90.0, "E minor")]
    found = fits(tracks, "upbeat")
    assert len(found.pairs) == 6
    scores = [one.score for one in found.pairs]
    assert scores == sorted(scores, reverse=True)
    for one in found.pairs:
        assert [p.name for p in one.parts] == ["tempo", "key", "phrases", "room", "voice"]
        assert all(0.0 <= p.score <= 1.0 and len(p.reason) > 10 for p in one.parts)
        assert one.reason.endswith(".")


def test_a_pair_in_tempo_and_key_is_ahead_of_one_that_is_in_neither() -> None:
    near, far = house(122.0, "A minor", 5), told(house(), "hiphop 3", 92.0, "Eb minor")
    singer = pop(120.0, "C major")
    found = fits([singer, near, far], "upbeat")
    assert pair(found, singer, near).score > 2.0 * pair(found, singer, far).score


def test_fits_are_told_before_songs_are_taken_apart_and_better_after() -> None:
    tracks = [house(), pop()]
    before, after = fits([whole(track) for track in tracks], "chill"), fits(tracks, "chill")
    assert (before.measured_on, after.measured_on) == ("tracks", "stems")
    one, two = (pair(found, tracks[1], tracks[0]) for found in (before, after))
    # what was heard of the whole is heard again: only room and voice are measured anew
    for name in ("tempo", "key", "phrases"):
        assert part(one, name) == part(two, name)
    assert part(one, "room").reason != part(two, "room").reason


def test_keys_that_two_semitones_can_bring_within_a_step_are() -> None:
    wheel = [camelot(key) for key in KEY_NAMES]
    for one, other in permutations(wheel, 2):
        by = shift_onto(one, other)
        possible = min(one.moved(s).distance(other) for s in range(-2, 3))
        after = one.moved(by).distance(other)
        assert abs(by) <= 2
        if possible <= 1:
            assert after <= 1
        if one.distance(other) <= 1 or possible > 1:
            assert by == 0, "what is in tune, or cannot be, is left alone"


def test_a_voice_that_cannot_be_brought_into_tune_is_not_moved_and_scores_low() -> None:
    clash = pop(122.0, "E major"), house(122.0, "G minor")  # 12B on 6A
    fit = pair(fits(list(clash), "dark"), *clash)
    assert (fit.pitch_semitones, fit.key_distance) == (0, 7)
    assert part(fit, "key").score < 0.3
    assert "its own bass and harmony" in part(fit, "key").reason


def test_a_key_that_nobody_can_tell_is_said_so() -> None:
    tracks = keyless(pop()), house()
    fit = pair(fits(list(tracks), "dark"), *tracks)
    assert fit.key_distance is None
    assert part(fit, "key").reason.endswith("cannot be told")


@pytest.mark.parametrize(("voice_bpm", "factor"), [(87.0, 0.5), (174.0, 1.0)])
def test_half_and_double_time_count_as_the_same_tempo(voice_bpm: float, factor: float) -> None:
    under = told(house(), "dnb 4", 174.0, "A minor")
    singer = told(pop(), "hiphop 3", voice_bpm, "A minor")
    fit = pair(fits([singer, under], "energetic"), singer, under)
    assert fit.tempo_factor == factor
    # a tenth is the vibe's own taste: nobody calls 174 BPM its home
    assert part(fit, "tempo").score == pytest.approx(0.9)
    assert fit.tempo_change_percent == pytest.approx(6.0, abs=0.01)  # the vibe's own


def test_three_beats_to_the_bar_do_not_fit_on_four() -> None:
    tracks = taken_apart("waltz", 124.0, "A minor", 6), house()
    fit = pair(fits(list(tracks), "upbeat"), *tracks)
    assert part(fit, "phrases").score == 0.0
    assert part(fit, "phrases").reason == "3 beats to the bar do not fit on 4"


def test_who_hardly_sings_is_no_singer() -> None:
    singer, silent = pop(), voiceless(house())
    found = fits([singer, silent], "upbeat")
    assert part(pair(found, silent, singer), "voice").score == 0.0
    assert found.pairs[0].vocals == singer.track_id
    assert pair(found, silent, singer).score < 0.6 * pair(found, singer, silent).score


def test_what_only_shines_through_is_no_voice() -> None:
    track = pop()
    ghost = track.stems["vocals"].model_copy(
        update={
            "loudness_lufs": track.deck.loudness.integrated_lufs - 30.0,
            "levels_db": [level - 30 for level in track.stems["vocals"].levels_db],
        }
    )
    bled = replace(track, stems={**track.stems, "vocals": ghost})
    assert part(pair(fits([bled, house()], "dark"), bled, house()), "voice").score == 0.0


def test_instruments_that_fill_the_voices_bands_leave_less_room() -> None:
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


def test_without_a_beat_there_is_no_tempo_to_meet_in() -> None:
    tracks = beatless(pop()), house()
    fit = pair(fits(list(tracks), "upbeat"), *tracks)
    assert part(fit, "tempo").score == 0.0
    assert "no beat" in part(fit, "tempo").reason


def test_one_track_is_paired_with_itself() -> None:
    (only,) = fits([house()], "dark").pairs
    assert only.vocals == only.instrumental
    assert (only.pitch_semitones, only.key_distance) == (0, 0)


def test_the_vibes_tempos_keep_their_order_however_far_apart_two_songs_are() -> None:
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
            assert furthest <= np.log1p(MOST_CHANGE) + 1e-9
