"""Stem swaps: when they are chosen, and when each voice plays."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.contract.dj import DjRules
from backend.app.contract.stems import FOUR_STEMS, StemName
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import Candidate, JoinConstraints
from backend.app.dj.joins.choose import JoinWish
from backend.app.dj.joins.plan import MixPlan, plan_dj_mix
from backend.app.dj.joins.shapes.stem_swap import (
    MARGIN,
    handover_of,
    stem_clips,
    without_stem_swaps,
)
from backend.app.dj.pair import Pair
from backend.app.dj.timeline import StemFaders
from backend.app.dj.timeline_json import timeline_of, view_of
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.render.player.stretched_segments import stretched_segments_of
from tests.dj.analysed_tracks import composed_deck, singing_throughout, with_vocals
from tests.dj.llm_set import track, track_analysis

SEPARATOR = ("known1", FOUR_STEMS)


def song(tempo_bpm: float, seed: int) -> DeckTrack:
    return composed_deck("house", tempo_bpm, "A minor", seed)


def plan(*decks: DeckTrack, separator=SEPARATOR, **more) -> MixPlan:
    return plan_dj_mix(decks, DjRules(), loudness_lufs=-14.0, separator=separator, **more)


def stem_swapped(*decks: DeckTrack, **more) -> MixPlan:
    wish = JoinWish(JoinConstraints(kind="stem_swap", bars=16), "you")
    return plan(*decks, join_wishes=[wish] * (len(decks) - 1), **more)


def gain_at(faders: StemFaders, stem: StemName, at: float) -> float:
    return float(faders.gain_at(stem, np.array(at)))


def test_overlapping_vocals_lead_to_a_stem_swap() -> None:
    decks = singing_throughout(song(122.0, 1)), singing_throughout(song(124.0, 2))
    (report,) = plan(*decks).reports
    assert (report.kind, report.step, report.vocal_overlap_s) == ("stem_swap", 2, 0.0)
    assert "No beat-matched blend" in report.reason


def test_no_stem_swap_without_vocals() -> None:
    decks = with_vocals(song(122.0, 1)), with_vocals(song(124.0, 2))
    (report,) = plan(*decks).reports
    assert report.kind == "blend"


def test_no_stem_swap_without_separator() -> None:
    mix = stem_swapped(
        singing_throughout(song(122.0, 1)), singing_throughout(song(124.0, 2)), separator=None
    )
    (report,) = mix.reports
    assert report.kind != "stem_swap"
    assert any("stem swaps are off" in note for note in mix.notes)


def test_one_voice_and_one_bass_at_any_time() -> None:
    mix = stem_swapped(singing_throughout(song(122.0, 1)), singing_throughout(song(124.0, 2)))
    (out,), (into,) = (clip.stem_faders for clip in mix.timeline.clips)
    (join,) = mix.timeline.transitions
    assert (out.start, out.end) == (into.start, into.end) == (join.start, join.end)
    for at in np.linspace(join.start, join.end, 500):
        for stem in FOUR_STEMS:
            power = gain_at(out, stem, at) ** 2 + gain_at(into, stem, at) ** 2
            # Equal power: four straight lines for a quarter sine are within 4 % of it
            assert power == pytest.approx(1.0, abs=0.08)
    bar = (join.end - join.start) / 16
    # The beat is the incoming track's after two bars; the voice is the outgoing track's for half of
    # the overlap.
    assert gain_at(into, "drums", join.start + 2.1 * bar) == 1.0
    assert gain_at(out, "vocals", join.start + 7.9 * bar) == 1.0
    assert gain_at(into, "vocals", join.end) == 1.0


def test_voices_change_in_the_outgoing_pause() -> None:
    deck = song(122.0, 1)
    bare = stem_swapped(with_vocals(deck), singing_throughout(song(122.0, 2)))
    (join,) = bare.timeline.transitions  # vocals do not move the join
    start_s = (join.start + bare.timeline.clips[0].body_offset) / SAMPLE_RATE
    bar_s = 4 * 60 / 122.0
    pause = (start_s + 9.6 * bar_s, start_s + 10.4 * bar_s)
    mix = stem_swapped(
        with_vocals(deck, (0.0, pause[0]), (pause[1], deck.duration_s)), with_vocals(song(122.0, 2))
    )
    (out,) = mix.timeline.clips[0].stem_faders
    changed = (dict(out.faders)["vocals"][-1][0] - out.start) / SAMPLE_RATE / bar_s
    assert changed == pytest.approx(10.0, abs=0.01)


def test_only_seconds_round_the_join_are_separated() -> None:
    mix = stem_swapped(singing_throughout(song(122.0, 1)), singing_throughout(song(124.0, 2)))
    for clip in mix.timeline.clips:
        (faders,) = clip.stem_faders
        first, last = faders.source
        played = clip.sources_at(np.array([faders.start, faders.end], float))
        assert abs(played[0] - first - MARGIN) <= 1 or first == 0
        assert last - played[1] <= MARGIN + 1


def test_stems_follow_the_tempo_map_of_their_track() -> None:
    mix = stem_swapped(singing_throughout(song(122.0, 1)), singing_throughout(song(124.0, 2)))
    clip = mix.timeline.clips[1]
    assert clip.warp  # otherwise the test would check nothing
    for stem in stem_clips(clip):
        at = np.linspace(stem.start, stem.end - 1, 50)
        assert np.abs(stem.sources_at(at) - clip.sources_at(at)).max() < 1.0
        assert stem.recording == f"{clip.content_hash}/{stem.made}"
    stretched = {segment.derived for segment in stretched_segments_of(mix.timeline)}
    assert stretched >= {stem.made for stem in stem_clips(clip)}


def test_stem_swap_round_trips_through_json() -> None:
    timeline = stem_swapped(
        singing_throughout(song(122.0, 1)), singing_throughout(song(124.0, 2))
    ).timeline
    assert timeline_of(view_of(timeline)) == timeline


def test_mix_without_separator_allows_all_other_kinds() -> None:
    assert without_stem_swaps(DjRules(allowed_kinds=["stem_swap", "cut"])).allowed_kinds == ["cut"]
    assert without_stem_swaps(DjRules(allowed_kinds=["stem_swap"])).allowed_kinds == ["fade"]


def test_only_separable_stems_are_faded() -> None:
    mix = stem_swapped(singing_throughout(song(122.0, 1)), singing_throughout(song(124.0, 2)))
    (faders,) = mix.timeline.clips[0].stem_faders
    assert {stem for stem, _ in faders.faders} == set(FOUR_STEMS)
    assert faders.maker == "known1"


# An overlap of 32 s and 16 bars of 2 s
SWAP = Candidate("stem_swap", 16, 0, 0, 100.0, 0.0, 132.0, 32.0, 32.0)


@pytest.mark.parametrize(
    ("outgoing_s", "bar", "cut"),
    [
        ((), 12, False),  # three quarters of the overlap
        ((90.0, 127.8), 14, False),  # at the next bar after the last word
        ((90.0, 140.0), 16, True),  # the words continue past the end
        ((90.0, 124.2), 12, False),  # less than a word's length before the bar
    ],
)
def test_voices_change_where_the_fewest_words_are_lost(outgoing_s, bar, cut) -> None:
    sung = (outgoing_s,) if outgoing_s else ()
    pair = Pair(*(track(name, track_analysis()) for name in "ab"))
    silent = Pair(with_vocals(pair.outgoing, *sung), with_vocals(pair.incoming))
    handover = handover_of(SWAP, silent)
    assert (handover.bar, handover.cut) == (bar, cut)
