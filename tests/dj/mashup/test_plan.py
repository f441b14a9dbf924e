from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from backend.app.contract.mashups import VIBES, MashupStem, Vibe
from backend.app.contract.stems import FOUR_STEMS, StemName
from backend.app.dj.deck import MashupTrack
from backend.app.dj.joins.shapes.automation import PRE_ROLL
from backend.app.dj.joins.shapes.plain_crossfades import CUT_FADE
from backend.app.dj.mashup.fit import pair_fit
from backend.app.dj.mashup.plan import MashupPlan, plan_mashup
from backend.app.dj.mashup.roles import assign_roles, setting_of
from backend.app.dj.mashup.tempo import Clock
from backend.app.dj.mashup.vibes import VIBES as TREATMENTS
from backend.app.dj.timeline import Clip
from backend.app.errors import NothingToMash
from tests.dj.separated_songs import beatless, house, in_three, keyless, only_bars, pop, voiceless

SAME_SPOT = PRE_ROLL + CUT_FADE  # samples in which two adjacent clips overlap


def crate(n: int) -> tuple[MashupTrack, ...]:
    """``n`` songs of similar tempo, some of which need a pitch shift."""
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
def test_parts_follow_each_other_without_gaps(vibe: Vibe, n: int) -> None:
    plan = plan_mashup(crate(n), vibe)
    labels = [section.label for section in plan.sections]
    assert (labels[0], labels[-1]) == ("intro", "outro")
    assert {"verse", "build", "drop", "break"} <= set(labels)
    assert all(after == "drop" for one, after in pairwise(labels) if one == "build")
    assert all(a.end_s == b.start_s for a, b in pairwise(plan.sections))
    assert [chapter.title.split(":")[0].lower() for chapter in plan.timeline.chapters] == labels


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("off", [("drums",), ("vocals",), ("drums", "bass", "other")])
def test_stems_left_out_do_not_play_and_leave_no_silent_part(
    vibe: Vibe, off: tuple[StemName, ...]
) -> None:
    settings = {stem: MashupStem(enabled=False) for stem in off}
    plan = plan_mashup(crate(2), vibe, stem_settings=settings)
    assert clips_of(plan, *off) == []
    assert plan.timeline.clips
    assert all(section.stems for section in plan.sections)
    assert all(heard.stem not in off for section in plan.sections for heard in section.stems)
    assert plan.sections[0].start_s == 0.0
    assert all(a.end_s == b.start_s for a, b in pairwise(plan.sections))


def test_volume_of_a_stem_is_added_to_its_gain() -> None:
    planned = plan_mashup(crate(1), "chill")
    softer = plan_mashup(crate(1), "chill", stem_settings={"bass": MashupStem(volume=0.5)})
    for stem, change_db in (("bass", -6.02), ("drums", 0.0)):
        before, after = clips_of(planned, stem)[0], clips_of(softer, stem)[0]
        assert after.gain_db - before.gain_db == pytest.approx(change_db, abs=0.01)


def test_other_stands_for_the_stems_beyond_the_four() -> None:
    louder = {"other": MashupStem(volume=2.0), "piano": MashupStem(volume=0.5)}
    assert [setting_of(stem, louder).volume for stem in ("other", "guitar", "piano", "bass")] == [
        *(2.0, 2.0, 0.5, 1.0)
    ]


def test_no_stem_left_is_refused() -> None:
    settings = {stem: MashupStem(volume=0.0) for stem in FOUR_STEMS}
    with pytest.raises(NothingToMash, match="not left out"):
        plan_mashup(crate(2), "dark", stem_settings=settings)


@pytest.mark.parametrize("vibe", VIBES)
def test_parts_begin_on_phrases_of_mashup_and_songs(vibe: Vibe) -> None:
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
        bar_of_mix = (clip.start + PRE_ROLL - clock.at(0)) / (clock.beat * 4)
        assert bar_of_mix == pytest.approx(round(bar_of_mix), abs=1e-3), "it begins on a bar"
        at_s = (clip.source_start + PRE_ROLL) / 44_100  # stretched, a pre-roll is 1 ms longer
        bar = min(range(len(grid.bars_s)), key=lambda i: abs(grid.bars_s[i] - at_s))
        assert abs(grid.bars_s[bar] - at_s) < 0.005
        assert (bar - grid.analysis.rhythm.phrase_start) % min(phrase, 4) == 0, "no phrase is cut"


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_one_voice_one_bass_and_one_drum_kit_at_a_time(n: int) -> None:
    plan = plan_mashup(crate(n), "upbeat")
    for one, other in combinations(clips_of(plan, "vocals"), 2):
        assert overlap(one, other) <= 0
    stems: tuple[StemName, ...] = ("drums", "bass", "other")
    for stem in stems:
        for one, other in combinations(clips_of(plan, stem), 2):
            assert overlap(one, other) <= SAME_SPOT


@pytest.mark.parametrize("vibe", VIBES)
def test_no_vocals_at_the_ends_and_all_stems_in_drops(vibe: Vibe) -> None:
    plan = plan_mashup(crate(2), vibe)
    for section in plan.sections:
        stems = {one.stem for one in section.stems}
        if section.label in ("intro", "outro"):
            assert "vocals" not in stems
        if section.label == "drop":
            assert stems == {"drums", "bass", "other", "vocals"}
        if section.label in ("verse", "break", "build"):
            assert len(stems) < 4


def test_four_songs_all_play_with_notes() -> None:
    tracks = crate(4)
    plan = plan_mashup(tracks, "upbeat")
    assert played(plan) == {track.track_id for track in tracks}
    for track in tracks:
        assert any(track.title in note for note in plan.notes)
    assert max(abs(clip.pitch_semitones) for clip in plan.timeline.clips) <= 2


def test_pair_that_keeps_all_songs_is_preferred() -> None:
    near = pop(100.0, "C major", 1), house(100.0, "A minor", 2)
    # the chill tempo of the two songs at 100 is too slow for this one
    faster = house(108.0, "A minor", 3)
    plan = plan_mashup((*near, faster), "chill")
    assert played(plan) == {track.track_id for track in (*near, faster)}
    assert any(note.endswith("would leave more songs out.") for note in plan.notes)
    assert {plan.chosen.vocals, plan.chosen.instrumental} != {track.track_id for track in near}


def test_unsuitable_songs_are_left_out_with_reason() -> None:
    tracks = pop(118.0), house(), house(146.0, seed=5), in_three(house(seed=6))
    plan = plan_mashup(tracks, "dark")
    assert played(plan) == {"pop 2", "house 1"}
    (note,) = [note for note in plan.left_out if note.startswith("“house 5” is left out")]
    assert note.endswith("% tempo change needed (limit 12 %).")
    assert "“house 6” is left out: 3 beats per bar do not fit on 4." in plan.left_out


def test_voice_out_of_tune_brings_own_bass_and_harmony() -> None:
    singer, under = pop(122.0, "E major"), voiceless(house(122.0, "G minor"))  # 12B on 6A
    plan = plan_mashup([singer, under], "dark")
    assert plan.chosen.vocals == singer.track_id
    assert any("its own bass and harmony play" in note for note in plan.notes)
    tonal = clips_of(plan, "bass", "other")
    beat = Clock.of(plan.tempo_bpm, 4).beat
    for voice in clips_of(plan, "vocals"):  # a pick-up or a last word takes at most a beat
        beside = [clip for clip in tonal if overlap(clip, voice) > 1.1 * beat]
        assert {clip.track_id for clip in beside} <= {singer.track_id}
        assert all(clip.pitch_semitones == 0 for clip in (voice, *beside))
    assert {clip.track_id for clip in clips_of(plan, "drums")} == {under.track_id}


def test_songs_without_vocals_make_an_instrumental() -> None:
    plan = plan_mashup([voiceless(pop()), voiceless(house())], "energetic")
    assert "These songs have no vocals: this is an instrumental mashup." in plan.notes
    assert not clips_of(plan, "vocals")
    assert not any("hook" in s.reason or "voice" in s.reason for s in plan.sections)


def test_chosen_song_without_vocals_leads_with_harmony() -> None:
    tracks = pop(), voiceless(house())
    notes = plan_mashup(tracks, "dark", vocals_from="house 1").notes
    assert "“house 1” has no vocals: its harmony leads in place of a voice." in notes
    assert not any("no vocals: this" in note for note in notes)


def test_pair_with_vocals_is_preferred_to_nearer_keys() -> None:
    silent = voiceless(house(124.0, "A minor", 1)), voiceless(house(124.0, "A minor", 3))
    singer = pop(108.0, "F# major")  # seven steps off, and 15 % slower
    plan = plan_mashup([*silent, singer], "upbeat")
    assert plan.chosen.vocals == singer.track_id
    assert clips_of(plan, "vocals")


def test_guest_is_left_out_if_keys_are_unknown() -> None:
    keys_unknown = keyless(pop(118.0)), keyless(house(124.0)), keyless(house(121.0, seed=3))
    clock = Clock.of(120.0, 4)
    pair = pair_fit(keys_unknown[0], keys_unknown[1], TREATMENTS["upbeat"])
    roles = assign_roles([*keys_unknown, house(122.0, seed=5)], pair, clock)
    assert roles.notes == ["“house 3” joins in the second half: its drums take over."]
    assert roles.left_out == ["“house 5” is left out: the other songs' keys are unknown."]


@pytest.mark.parametrize(
    ("sung_percent", "joins"), [(6, "its drums take over"), (10, "its voice sings")]
)
def test_guest_sings_only_with_enough_vocals(sung_percent: int, joins: str) -> None:
    singer, under = pop(120.0, "C major"), house(120.0, "C major")
    guest = sung_for(house(120.0, "C major", seed=3), sung_percent)
    pair = pair_fit(singer, under, TREATMENTS["upbeat"])
    [note] = assign_roles([singer, under, guest], pair, Clock.of(120.0, 4)).notes
    assert note.startswith(f"“house 3” joins in the second half: {joins}")


def sung_for(track: MashupTrack, percent: int) -> MashupTrack:
    """The track with vocals in this share of its time."""
    voice = track.stems["vocals"].model_copy(
        update={"levels_db": [-10] * percent + [-120] * (100 - percent), "silent": False}
    )
    return replace(track, stems={**track.stems, "vocals": voice})


def test_chosen_song_sings() -> None:
    tracks = pop(), house()
    for track in tracks:
        plan = plan_mashup(tracks, "upbeat", vocals_from=track.track_id)
        assert {clip.track_id for clip in clips_of(plan, "vocals")} == {track.track_id}


def test_clips_lie_within_their_songs_and_the_end_fades() -> None:
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
    ("tracks", "message"),
    [
        (lambda: [beatless(pop()), beatless(house())], "clear beat"),
        (lambda: [only_bars(house(), 3)], "too few for a mashup"),
    ],
)
def test_unusable_songs_are_rejected(tracks: Callable[[], list[MashupTrack]], message: str) -> None:
    with pytest.raises(NothingToMash, match=message):
        plan_mashup(tracks(), "dark")
