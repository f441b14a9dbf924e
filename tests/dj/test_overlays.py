from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.loudness import measure_loudness
from backend.app.contract.dj import DjRules
from backend.app.dj.candidates import Wish
from backend.app.dj.choose import OPEN, PairWish, choose_joins
from backend.app.dj.deck import grid_of
from backend.app.dj.harmony import camelot
from backend.app.dj.lay_out import lay_out
from backend.app.dj.overlays import OverlaySound, lay_overlays, with_clips
from backend.app.dsp.samples import SAMPLE_RATE
from tests.dj.test_mix_plan import house
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
    return choices, lay_out(decks, choices, ALWAYS, [0.0, 0.0, 0.0])


def laid(mix, *sounds: OverlaySound, rules: DjRules = ALWAYS):
    choices, timeline = mix
    return lay_overlays(timeline, choices, sounds, rules, loudness_lufs=-14.0)


def test_a_loop_runs_on_the_beat_through_the_middle_of_the_join(mix) -> None:
    first, *_ = laid(mix, loop(120.0))
    choices, timeline = mix
    grid = grid_of(choices[0].couple.outgoing)
    assert grid is not None
    beats = timeline.clips[0].mixes_at(grid.beats_s * SAMPLE_RATE)
    for clip in first.clips:
        # The fourth repeat may be off by what rounding to samples adds up to.
        assert np.abs(beats - clip.start).min() <= 4
        assert clip.length == pytest.approx(8 * 60 / 122.0 * SAMPLE_RATE, abs=1)
    assert [a.end for a in first.clips[:-1]] == [b.start for b in first.clips[1:]]
    join = timeline.transitions[0]
    assert join.start < first.clips[0].start
    assert first.clips[-1].end < join.end


def test_half_time_loops_last_twice_as_many_beats(mix) -> None:
    first, *_ = laid(mix, loop(61.0))
    assert first.clips[0].length == pytest.approx(16 * 60 / 122.0 * SAMPLE_RATE, abs=1)


def test_a_loop_too_far_in_tempo_or_key_is_left_out(mix) -> None:
    assert laid(mix, loop(140.0)) == []
    wrong = replace(loop(122.0), kind="instrument", key=camelot("Eb major"))
    assert laid(mix, wrong) == []


def test_a_style_sound_is_laid_over_no_join(mix) -> None:
    style = replace(loop(122.0, name="a"), kind="style")
    assert laid(mix, style) == []
    assert {one.sound.name for one in laid(mix, style, loop(121.0, name="b"))} == {"b"}


def test_the_best_fit_is_taken_and_then_something_else_that_fits(mix) -> None:
    both = [one.sound.name for one in laid(mix, loop(122.0, name="a"), loop(121.0, name="b"))]
    assert both == ["a", "b"]


def test_the_policy_is_kept(mix) -> None:
    assert laid(mix, loop(122.0), rules=DjRules(overlays="never")) == []
    assert len(laid(mix, loop(122.0), rules=DjRules(overlays="sometimes"))) == 1
    assert len(laid(mix, loop(122.0))) == 2


def test_joins_still_name_their_tracks_when_clips_are_added(mix) -> None:
    _, timeline = mix
    added = [clip for one in laid(mix, loop(122.0)) for clip in one.clips]
    full = with_clips(timeline, added)
    assert len(full.clips) == 3 + len(added)
    for before, after in zip(timeline.transitions, full.transitions, strict=True):
        assert full.clips[after.outgoing] == timeline.clips[before.outgoing]
        assert full.clips[after.incoming] == timeline.clips[before.incoming]


def test_a_sound_longer_than_its_place_is_left_out(mix) -> None:
    whole = loop(122.0)
    minute = replace(whole, tempo_bpm=None, beats=None, length=60 * SAMPLE_RATE)
    assert laid(mix, minute) == []
    assert laid(mix, replace(whole, beats=120, length=60 * SAMPLE_RATE)) == []


def test_a_changed_join_changes_no_other_joins_sound() -> None:
    decks = [house(121.0 + n, "A minor", n) for n in range(4)]
    sounds = [loop(122.0, name="a"), loop(122.5, name="b")]
    found = []
    for kind in ("blend", "cut"):
        wishes = [PairWish(Wish(kind=kind), "you"), OPEN, OPEN]
        choices = choose_joins(decks, ALWAYS, wishes)
        timeline = lay_out(decks, choices, ALWAYS, [0.0] * 4)
        over = lay_overlays(timeline, choices, sounds, ALWAYS, loudness_lufs=-14.0)
        found.append({one.join: one.sound.name for one in over})
    blended, cut = found
    assert {join: name for join, name in blended.items() if join} == cut
