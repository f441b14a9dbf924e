from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pytest

from backend.app.contract.mashups import VIBES, Vibe
from backend.app.contract.stems import StemName
from backend.app.dj.mashup_cast import cast_of
from backend.app.dj.mashup_clock import Clock
from backend.app.dj.mashup_deck import MashupTrack
from backend.app.dj.mashup_fit import pair_fit
from backend.app.dj.mashup_plan import MashupPlan, plan_mashup
from backend.app.dj.moves import PRE_ROLL
from backend.app.dj.planner import CUT_FADE
from backend.app.dj.timeline import Clip, Effect
from backend.app.dj.vibes import VIBES as TREATMENTS
from backend.app.errors import NothingToMash
from tests.dj.taken_apart import beatless, house, in_three, keyless, only_bars, pop, voiceless

SAME_SPOT = PRE_ROLL + CUT_FADE  # samples: who goes and who comes are heard together this long


def crate(n: int) -> tuple[MashupTrack, ...]:
    """``n`` songs near to each other in tempo, and at times moved in key."""
    songs = (
        pop(118.0, "C major", 1),
        house(124.0, "B minor", 2),
        house(121.0, "E minor", 3),
        pop(126.0, "G major", 4),
    )
    return songs[:n]


def clips_of(plan: MashupPlan, *stems: StemName) -> list[Clip]:
    return [clip for clip in plan.timeline.clips if clip.stem in stems]


def overlap(one: Clip, other: Clip) -> int:
    return min(one.end, other.end) - max(one.start, other.start)


def played(plan: MashupPlan) -> set[str]:
    return {clip.track_id for clip in plan.timeline.clips}


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_it_has_the_parts_of_a_song_that_follow_each_other_without_a_gap(
    vibe: Vibe, n: int
) -> None:
    plan = plan_mashup(crate(n), vibe)
    labels = [section.label for section in plan.sections]
    assert (labels[0], labels[-1]) == ("intro", "outro")
    assert {"verse", "build", "drop", "break"} <= set(labels)
    assert all(after == "drop" for one, after in pairwise(labels) if one == "build")
    assert all(a.end_s == b.start_s for a, b in pairwise(plan.sections))
    assert [chapter.title.split(":")[0].lower() for chapter in plan.timeline.chapters] == labels


@pytest.mark.parametrize("vibe", VIBES)
def test_every_part_begins_on_a_phrase_of_the_mashup_and_of_the_songs(vibe: Vibe) -> None:
    tracks = crate(2)
    plan = plan_mashup(tracks, vibe)
    clock = Clock.of(plan.tempo_bpm, 4)
    phrase = min(section.bars for section in plan.sections)
    bars = 0
    for section in plan.sections:
        assert section.bars % phrase == 0
        assert section.start_s == (clock.at(bars) / 44_100 if bars else 0.0)
        bars += section.bars
    grid = next(track.grid for track in tracks if track.track_id == plan.chosen.instrumental)
    assert grid
    for clip in clips_of(plan, "drums", "bass", "other"):
        lies = (clip.start + PRE_ROLL - clock.at(0)) / (clock.beat * 4)
        assert lies == pytest.approx(round(lies), abs=1e-3), "it comes in on a bar"
        at_s = (clip.source_start + PRE_ROLL) / 44_100  # stretched, a pre-roll is 1 ms longer
        bar = min(range(len(grid.bars_s)), key=lambda i: abs(grid.bars_s[i] - at_s))
        assert abs(grid.bars_s[bar] - at_s) < 0.005
        assert (bar - grid.analysis.rhythm.phrase_start) % min(phrase, 4) == 0, (
            "no phrase is cut in two"
        )


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_there_is_one_singer_one_bass_and_one_set_of_drums_at_a_time(n: int) -> None:
    plan = plan_mashup(crate(n), "upbeat")
    for one, other in combinations(clips_of(plan, "vocals"), 2):
        assert overlap(one, other) <= 0
    stems: tuple[StemName, ...] = ("drums", "bass", "other")
    for stem in stems:
        for one, other in combinations(clips_of(plan, stem), 2):
            assert overlap(one, other) <= SAME_SPOT


@pytest.mark.parametrize("vibe", VIBES)
def test_nobody_sings_at_the_ends_and_everybody_plays_in_the_drop(vibe: Vibe) -> None:
    plan = plan_mashup(crate(2), vibe)
    for section in plan.sections:
        heard = {one.stem for one in section.stems}
        if section.label in ("intro", "outro"):
            assert "vocals" not in heard
        if section.label == "drop":
            assert heard == {"drums", "bass", "other", "vocals"}
        if section.label in ("verse", "break", "build"):
            assert len(heard) < 4


def test_songs_of_four_are_all_heard_and_each_guest_is_told_of() -> None:
    tracks = crate(4)
    plan = plan_mashup(tracks, "upbeat")
    assert played(plan) == {track.track_id for track in tracks}
    for track in tracks:
        assert any(track.title in note for note in plan.notes)
    assert max(abs(clip.pitch_semitones) for clip in plan.timeline.clips) <= 2


def test_a_pair_that_takes_all_songs_along_is_preferred_to_a_better_one_that_does_not() -> None:
    near = pop(100.0, "C major", 1), house(100.0, "A minor", 2)
    faster = house(108.0, "A minor", 3)  # the chill tempo of the two at 100 is too slow for it
    plan = plan_mashup((*near, faster), "chill")
    assert played(plan) == {track.track_id for track in (*near, faster)}
    assert any(note.endswith("would leave more songs out.") for note in plan.notes)
    assert {plan.chosen.vocals, plan.chosen.instrumental} != {track.track_id for track in near}


def test_songs_that_cannot_run_along_are_left_out_with_the_reason() -> None:
    tracks = pop(118.0), house(), house(146.0, seed=5), in_three(house(seed=6))
    plan = plan_mashup(tracks, "dark")
    assert played(plan) == {"pop 2", "house 1"}
    assert any("“house 5” is left out: its tempo would change by" in note for note in plan.notes)
    assert "“house 6” is left out: 3 beats to the bar do not fit on 4." in plan.notes


def test_a_voice_that_stays_out_of_tune_brings_its_own_bass_and_harmony() -> None:
    singer, under = pop(122.0, "E major"), voiceless(house(122.0, "G minor"))  # 12B on 6A
    plan = plan_mashup([singer, under], "dark")
    assert plan.chosen.vocals == singer.track_id
    assert any("its own bass and harmony play" in note for note in plan.notes)
    tonal = clips_of(plan, "bass", "other")
    beat = Clock.of(plan.tempo_bpm, 4).beat
    for voice in clips_of(plan, "vocals"):  # a pick-up or a last word is a beat at most
        beside = [clip for clip in tonal if overlap(clip, voice) > 1.1 * beat]
        assert {clip.track_id for clip in beside} <= {singer.track_id}
        assert all(clip.pitch_semitones == 0 for clip in (voice, *beside))
    assert {clip.track_id for clip in clips_of(plan, "drums")} == {under.track_id}


def test_songs_without_a_voice_are_an_instrumental_and_no_hook_is_spoken_of() -> None:
    plan = plan_mashup([voiceless(pop()), voiceless(house())], "energetic")
    assert "Nobody sings in these songs: this is an instrumental mashup." in plan.notes
    assert not clips_of(plan, "vocals")
    assert not any("hook" in s.reason or "voice" in s.reason for s in plan.sections)


def test_whoever_does_not_sing_is_named_where_others_would() -> None:
    tracks = pop(), voiceless(house())
    notes = plan_mashup(tracks, "dark", vocals_from="house 1").notes
    assert "“house 1” does not sing: its harmony leads in a voice's place." in notes
    assert not any("Nobody sings" in note for note in notes)


def test_a_pair_with_a_voice_comes_before_one_that_is_nearer_without() -> None:
    silent = voiceless(house(124.0, "A minor", 1)), voiceless(house(124.0, "A minor", 3))
    singer = pop(108.0, "F# major")  # seven steps off, and 15 % slower
    plan = plan_mashup([*silent, singer], "upbeat")
    assert plan.chosen.vocals == singer.track_id
    assert clips_of(plan, "vocals")


def test_a_guest_without_a_known_key_beside_it_is_left_out_for_that() -> None:
    keys_unknown = keyless(pop(118.0)), keyless(house(124.0)), keyless(house(121.0, seed=3))
    clock = Clock.of(120.0, 4)
    pair = pair_fit(keys_unknown[0], keys_unknown[1], TREATMENTS["upbeat"])
    notes = cast_of([*keys_unknown, house(122.0, seed=5)], pair, clock).notes
    assert notes == [
        "“house 3” joins in the second half: its drums take over.",
        "“house 5” is left out: the key of what it would play beside cannot be told.",
    ]


@pytest.mark.parametrize("vibe", TREATMENTS)
def test_all_step_back_outside_the_drops_and_come_forward_in_builds(vibe: Vibe) -> None:
    plan, down = plan_mashup(crate(2), vibe), TREATMENTS[vibe].quiet_db
    for clip in plan.timeline.clips:
        levels = [effect for effect in clip.effects if effect.kind == "level"]
        for section in plan.sections:
            first, last = (round(at * 44_100) for at in (section.start_s, section.end_s))
            if min(clip.end, last) - max(clip.start, first) < 8820:
                continue
            at = np.array([max(clip.start, first) + 4410, min(clip.end, last) - 4410])
            db = sum(gain_db_of(one, at) for one in levels) + np.zeros(2)
            if section.label == "drop":
                assert db == pytest.approx([0.0, 0.0])
            elif section.label == "build":
                assert -down <= db[0] <= db[1] <= 0.0
            else:
                assert db == pytest.approx([-down, -down])


def test_the_livelier_a_vibe_the_less_is_quiet_in_it() -> None:
    downs = [TREATMENTS[vibe].quiet_db for vibe in ("energetic", "upbeat", "dark", "chill")]
    assert all(a < b for a, b in pairwise(downs))


def gain_db_of(effect: Effect, at: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """What a level comes to at samples of the mix."""
    where, shares = zip(*effect.shares, strict=True)
    share = np.interp(at, where, shares)
    return np.asarray(20.0 * np.log10(1.0 + share * (10.0 ** (effect.gain_db / 20.0) - 1.0)))


def test_who_is_wished_for_sings() -> None:
    tracks = pop(), house()
    for track in tracks:
        plan = plan_mashup(tracks, "upbeat", vocals_from=track.track_id)
        assert {clip.track_id for clip in clips_of(plan, "vocals")} == {track.track_id}


def test_what_is_played_lies_within_its_song_and_the_end_fades() -> None:
    tracks = {track.track_id: track for track in crate(4)}
    plan = plan_mashup(list(tracks.values()), "chill")
    for clip in plan.timeline.clips:
        length = tracks[clip.track_id].deck.length
        assert clip.source_start >= 0
        assert all(0 <= source <= length for source, _ in clip.warp)
    lasts = [clip for clip in plan.timeline.clips if clip.end == plan.timeline.length]
    assert lasts
    assert all(clip.fade_out > 44_100 for clip in lasts)


@pytest.mark.parametrize(
    ("tracks", "said"),
    [
        ([beatless(pop()), beatless(house())], "beat that can be followed"),
        ([only_bars(house(), 3)], "too few for a mashup"),
    ],
)
def test_songs_that_nothing_can_be_made_of_are_refused(
    tracks: Sequence[MashupTrack], said: str
) -> None:
    with pytest.raises(NothingToMash, match=said):
        plan_mashup(tracks, "dark")
