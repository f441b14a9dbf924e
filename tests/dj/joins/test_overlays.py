from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import measure_loudness
from backend.app.contract.dj import DjRules
from backend.app.dj.deck import grid_of
from backend.app.dj.harmony import camelot
from backend.app.dj.joins.candidates import JoinConstraints
from backend.app.dj.joins.choose import NO_WISH, JoinWish, choose_joins
from backend.app.dj.joins.layout import build_timeline
from backend.app.dj.joins.overlays import OverlaySound, place_overlays, with_clips
from backend.app.dj.pair import Pair
from backend.app.dsp.samples import SAMPLE_RATE
from tests.dj.analysed_tracks import singing_throughout, with_vocals
from tests.dj.joins.test_plan import house
from tests.sounds import noise

ALWAYS = DjRules(overlays="always")


def loop(tempo_bpm: float, *, name: str = "shaker", **more) -> OverlaySound:
    sound = noise(8 * 60.0 / tempo_bpm, seed=5)
    profile = measure_loudness([sound])
    return OverlaySound(
        name, name, name, "percussion", sound.shape[1], profile, tempo_bpm, 8, **more
    )


@pytest.fixture(scope="module")
def mix():
    decks = [house(122.0), house(123.0, "E minor", 2), house(124.0, "B minor", 3)]
    choices = choose_joins(decks, ALWAYS)
    return choices, build_timeline(decks, choices, ALWAYS, [0.0, 0.0, 0.0])


def overlays(mix, *sounds: OverlaySound, rules: DjRules = ALWAYS):
    choices, timeline = mix
    return place_overlays(timeline, choices, sounds, rules, loudness_lufs=-14.0)


def test_loop_runs_on_the_beat_through_the_middle(mix) -> None:
    first, *_ = overlays(mix, loop(120.0))
    choices, timeline = mix
    grid = grid_of(choices[0].pair.outgoing)
    assert grid is not None
    beats = timeline.clips[0].mixes_at(grid.beats_s * SAMPLE_RATE)
    for clip in first.clips:
        # Rounding to samples may add up to a few samples by the fourth repeat.
        assert np.abs(beats - clip.start).min() <= 4
        assert clip.length == pytest.approx(8 * 60 / 122.0 * SAMPLE_RATE, abs=1)
    assert [a.end for a in first.clips[:-1]] == [b.start for b in first.clips[1:]]
    join = timeline.transitions[0]
    assert join.start < first.clips[0].start
    assert first.clips[-1].end < join.end


def test_half_time_loop_lasts_twice_as_many_beats(mix) -> None:
    first, *_ = overlays(mix, loop(61.0))
    assert first.clips[0].length == pytest.approx(16 * 60 / 122.0 * SAMPLE_RATE, abs=1)


def test_loop_of_distant_tempo_or_key_is_rejected(mix) -> None:
    assert overlays(mix, loop(140.0)) == []
    wrong = replace(loop(122.0), kind="instrument", key=camelot("Eb major"))
    assert overlays(mix, wrong) == []


def test_style_sounds_are_not_overlays(mix) -> None:
    style = replace(loop(122.0, name="a"), kind="style")
    assert overlays(mix, style) == []
    assert {one.sound.name for one in overlays(mix, style, loop(121.0, name="b"))} == {"b"}


def test_equally_good_sounds_rotate(mix) -> None:
    both = [one.sound.name for one in overlays(mix, loop(122.0, name="a"), loop(121.0, name="b"))]
    assert both == ["a", "b"]


def test_overlay_policy_is_obeyed(mix) -> None:
    assert overlays(mix, loop(122.0), rules=DjRules(overlays="never")) == []
    assert len(overlays(mix, loop(122.0), rules=DjRules(overlays="sometimes"))) == 1
    assert len(overlays(mix, loop(122.0))) == 2


def test_every_other_join_gets_a_sound_under_sometimes(mix) -> None:
    choices, timeline = mix
    longer = replace(timeline, transitions=timeline.transitions * 3)
    rules = DjRules(overlays="sometimes")
    found = overlays((choices * 3, longer), loop(122.0), rules=rules)
    assert [one.join for one in found] == [0, 2, 4]
    asked = [replace(choices[0], overlay=True)] * 2
    assert [one.join for one in overlays((asked, timeline), loop(122.0), rules=rules)] == [0, 1]


@pytest.mark.parametrize(
    ("kind", "below_lu"), [("percussion", 11), ("instrument", 10), ("vocal", 7)]
)
def test_sounds_play_under_the_mix(mix, kind, below_lu) -> None:
    choices, timeline = mix
    silent = [replace(choice, pair=without_vocals(choice.pair)) for choice in choices]
    sound = replace(loop(122.0), kind=kind)
    first, *_ = overlays((silent, timeline), sound)
    own_lufs = sound.loudness.integrated_lufs
    assert first.clips[0].gain_db == pytest.approx(-14.0 - below_lu - own_lufs, abs=0.001)
    short = replace(sound, loudness=measure_loudness([]))
    # too short to measure, so it counts as -14 LUFS
    first, *_ = overlays((silent, timeline), short)
    assert first.clips[0].gain_db == -below_lu


def without_vocals(pair: Pair) -> Pair:
    return Pair(with_vocals(pair.outgoing), with_vocals(pair.incoming))


def test_voices_are_not_laid_over_vocals(mix) -> None:
    choices, timeline = mix
    silent = [without_vocals(choice.pair) for choice in choices]
    pairs = Pair(silent[0].outgoing, singing_throughout(silent[0].incoming)), silent[1]
    sung = [replace(one, pair=pair) for one, pair in zip(choices, pairs, strict=True)]
    voice = replace(loop(122.0), kind="vocal")
    assert [one.join for one in overlays((sung, timeline), voice)] == [1]


def test_tonal_sound_is_at_most_a_step_off_both_keys(mix) -> None:
    tonal = replace(loop(122.0), kind="instrument", key=camelot("A minor"))
    # A minor to E minor, then E minor to B minor, which is two steps from the sound's key.
    assert [one.join for one in overlays(mix, tonal)] == [0]
    drum = replace(tonal, kind="percussion")
    assert [one.join for one in overlays(mix, drum)] == [0, 1]


def test_worse_fitting_sound_is_not_in_the_rotation(mix) -> None:
    # At both joins, 4.3 % further off than the best loop.
    near, far = loop(122.0, name="b"), loop(117.0, name="a")
    assert [one.sound.name for one in overlays(mix, near, far)] == ["b", "b"]


def test_added_clips_keep_join_indices_valid(mix) -> None:
    _, timeline = mix
    added = [clip for one in overlays(mix, loop(122.0)) for clip in one.clips]
    full = with_clips(timeline, added)
    assert len(full.clips) == 3 + len(added)
    for before, after in zip(timeline.transitions, full.transitions, strict=True):
        assert full.clips[after.outgoing] == timeline.clips[before.outgoing]
        assert full.clips[after.incoming] == timeline.clips[before.incoming]


def test_sound_longer_than_the_join_is_rejected(mix) -> None:
    whole = loop(122.0)
    minute = replace(whole, tempo_bpm=None, beats=None, length=60 * SAMPLE_RATE)
    assert overlays(mix, minute) == []
    assert overlays(mix, replace(whole, beats=120, length=60 * SAMPLE_RATE)) == []


def test_changed_join_keeps_sounds_of_other_joins() -> None:
    decks = [house(121.0 + n, "A minor", n) for n in range(4)]
    sounds = [loop(122.0, name="a"), loop(122.5, name="b")]
    found = []
    for kind in ("blend", "cut"):
        wishes = [JoinWish(JoinConstraints(kind=kind), "you"), NO_WISH, NO_WISH]
        choices = choose_joins(decks, ALWAYS, wishes)
        timeline = build_timeline(decks, choices, ALWAYS, [0.0] * 4)
        over = place_overlays(timeline, choices, sounds, ALWAYS, loudness_lufs=-14.0)
        found.append({one.join: one.sound.name for one in over})
    blended, cut = found
    assert {join: name for join, name in blended.items() if join} == cut
