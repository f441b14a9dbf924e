"""Where, and over which length, two tracks can be joined."""

from __future__ import annotations

import pytest

from backend.app.contract.analysis import GridStretch
from backend.app.contract.dj import DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import Candidate, JoinConstraints, candidates_of
from backend.app.dj.pair import Pair
from tests.dj.llm_set import track, track_analysis

RULES = DjRules()


def song(name: str = "a", *, key: str = "A minor", **change) -> DeckTrack:
    """A track at 120 BPM with a bar every 2 s from 0.25 s on, and a phrase every 16 s."""
    return track(name, track_analysis(key=key).model_copy(update=change))


def found(kind, out=None, into=None, rules=RULES, **fixed) -> list[Candidate]:
    pair = Pair(out or song("a"), into or song("b"))
    return candidates_of(pair, rules, JoinConstraints(kind=kind, **fixed))


@pytest.mark.parametrize(
    ("kind", "bars"), [("blend", {4, 8, 16, 32}), ("stem_swap", {8, 16, 32}), ("sweep", {4, 8})]
)
def test_each_kind_has_its_usual_lengths(kind, bars) -> None:
    assert {one.bars for one in found(kind)} == bars
    assert {one.bars for one in found(kind, bars=12)} == {12}


def test_echo_lasts_two_bars() -> None:
    assert {(one.bars, one.overlap_s) for one in found("echo")} == {(2, 4.0)}


def test_fade_lasts_six_seconds_at_most_and_a_third_of_short_music() -> None:
    assert {one.overlap_s for one in found("fade")} == {3.0, 6.0}
    short = song(music_end_s=6.1)
    for pair in ({"into": short}, {"out": short}):
        assert {round(one.overlap_s, 6) for one in found("fade", **pair)} == {2.0}


def test_fades_begin_at_the_ends_or_a_little_inside() -> None:
    fades = [one for one in found("fade") if one.overlap_s == 6.0]
    assert {one.out_end_s for one in fades} == {199.0, 196.0, 193.0, 189.0}
    assert {round(one.in_s, 3) for one in fades} == {0.1, 3.1, 6.1, 10.1}
    (fade,) = {(one.out_s, one.in_s) for one in found("fade", out_s=150.0, in_s=20.0)}
    assert fade == (150.0, 20.0)


def test_tracks_are_left_late_and_entered_early() -> None:
    cuts = found("cut")
    phrases, halves = [112.25 + 16 * n for n in range(6)], [168.25, 184.25]
    assert sorted({one.out_s for one in cuts}) == sorted(phrases + halves)
    phrases, halves = [0.25 + 16 * n for n in range(5)], [8.25, 24.25]
    assert sorted({one.in_s for one in cuts}) == sorted(phrases + halves)


def test_short_track_is_left_in_its_second_half_and_entered_in_its_first() -> None:
    rhythm = track_analysis().rhythm
    short = song(
        rhythm=rhythm.model_copy(
            update={"beats_s": rhythm.beats_s[:160], "downbeats": rhythm.downbeats[:40]}
        ),
        music_end_s=80.0,
        cue_ins=[],
        cue_outs=[],
    )
    cuts = found("cut", short, short)
    # the last one closes the last bar, a quarter of a second after its sound
    assert sorted({one.out_s for one in cuts}) == [48.25, 56.25, 64.25, 72.25, 80.25]
    assert sorted({one.in_s for one in cuts}) == [0.25, 8.25, 16.25, 24.25, 32.25]


def test_cues_off_the_phrase_are_used_too() -> None:
    cue = track_analysis().cue_ins[0].model_copy(update={"at_s": 4.25})
    assert 4.25 in {one.in_s for one in found("cut", into=song(cue_ins=[cue]))}


@pytest.mark.parametrize(("start_s", "used"), [(0.34, True), (0.36, False)])
def test_first_beat_may_precede_the_sound_by_rounding_only(start_s, used) -> None:
    starts = {one.in_s for one in found("cut", into=song(music_start_s=start_s))}
    assert (0.25 in starts) == used


@pytest.mark.parametrize(("end_s", "used"), [(193.26, 1), (193.24, 0)])
def test_a_second_of_the_incoming_track_is_always_left(end_s, used) -> None:
    into = song(music_end_s=end_s)
    assert len(found("cut", into=into, out_s=112.25, in_s=192.25)) == used


@pytest.mark.parametrize(
    ("kind", "key", "shifts"),
    [
        ("blend", "E minor", {0}),  # a neighbour on the Camelot wheel
        ("blend", "B minor", {0, -2}),
        ("fade", "Bb minor", {0, -1}),
        ("cut", "B minor", {0}),
    ],
)
def test_pitch_shifts_are_offered_where_overlapping_keys_clash(kind, key, shifts) -> None:
    rules = DjRules(max_pitch_semitones=2)
    assert {one.pitch_semitones for one in found(kind, into=song(key=key), rules=rules)} == shifts


def test_wished_pitch_shift_is_limited_by_the_rules() -> None:
    rules = DjRules(max_pitch_semitones=1)
    assert {one.pitch_semitones for one in found("cut", rules=rules, pitch_semitones=-2)} == {-1}


def test_double_time_takes_twice_the_bars_of_the_incoming_track() -> None:
    slow, fast = song("a"), track("b", track_analysis(240.0))
    assert {(one.in_end_s - one.in_s, one.overlap_s) for one in found("blend", slow, fast)} == {
        (2.0 * bars, 2.0 * bars) for bars in (4, 8, 16, 32)
    }
    assert {one.fold for one in found("blend", slow, fast)} == {2.0}


def test_no_overlap_crosses_an_irregular_bar() -> None:
    # a beat more in the bar before 160.25 s: the bars after it begin half a second later
    rhythm = track_analysis().rhythm
    downbeats = [at if at < 320 else at + 1 for at in rhythm.downbeats if at < 395]
    out = song(rhythm=rhythm.model_copy(update={"downbeats": downbeats}))
    blends = found("blend", out)
    assert {one.bars for one in blends} == {4, 8, 16}
    assert all(one.out_end_s < 159.0 or one.out_s > 160.0 for one in blends)
    into = song(rhythm=rhythm.model_copy(update={"downbeats": [0, 5, *range(9, 390, 4)]}))
    assert min(one.in_s for one in found("blend", into=into)) > 2.0


def test_half_time_is_decided_by_the_tempo_at_the_join() -> None:
    # bars of 4 s up to 128 s, then of 2 s: the track ends at the tempo of the next one
    rhythm = track_analysis().rhythm
    beats = [*range(1, 129), *(129.0 + 0.5 * n for n in range(140))]
    stretches = [
        GridStretch(
            start_s=start_s,
            end_s=end_s,
            tempo_bpm=tempo_bpm,
            steady=True,
            confidence=0.9,
            downbeat_confidence=0.9,
        )
        for start_s, end_s, tempo_bpm in ((1.0, 129.0, 60.0), (129.0, 199.0, 120.0))
    ]
    update = {"beats_s": beats, "downbeats": list(range(0, 268, 4)), "stretches": stretches}
    out = song(rhythm=rhythm.model_copy(update={**update, "tempo_bpm": 60.0}))
    assert {one.fold for one in found("blend", out, out_s=137.0)} == {1.0}
    assert {one.fold for one in found("blend", out, out_s=65.0)} == {2.0}


def test_one_candidate_stands_for_a_forbidden_kind() -> None:
    pair = Pair(song("a"), song("b"))
    kinds = [one.kind for one in candidates_of(pair, DjRules(allowed_kinds=["cut"]))]
    assert kinds.count("blend") == 1
    assert kinds.count("cut") > 1
