"""Stem swaps: when they are chosen, and who sings when."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from backend.app.contract.analysis import Stretch
from backend.app.contract.dj import DjRules
from backend.app.contract.stems import FOUR_STEMS
from backend.app.dj.candidates import Wish
from backend.app.dj.choose import PairWish
from backend.app.dj.deck import DeckTrack
from backend.app.dj.mix_plan import MixPlan, plan_dj_mix
from backend.app.dj.stem_swap import MARGIN, stem_clips
from backend.app.dj.timeline import StemFaders
from backend.app.dj.timeline_view import timeline_of, view_of
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.render.pieces import pieces_of
from composer.compose import compose_song
from composer.song import SongSpec
from tests.dj.heard import deck_of

SEPARATOR = ("known1", FOUR_STEMS)


@cache
def song(tempo_bpm: float, seed: int) -> DeckTrack:
    spec = SongSpec(style="house", tempo_bpm=tempo_bpm, key="A minor", seed=seed, bars=64)
    return deck_of(compose_song(spec))


def singing(deck: DeckTrack, *parts: tuple[float, float]) -> DeckTrack:
    """The track as if somebody sang in these parts of it, and nowhere else."""
    assert deck.analysis is not None
    sung = [Stretch(start_s=a, end_s=b) for a, b in parts]
    return replace(deck, analysis=deck.analysis.model_copy(update={"vocals": sung}))


def always(deck: DeckTrack) -> DeckTrack:
    return singing(deck, (0.0, deck.duration_s))


def plan(*decks: DeckTrack, separator=SEPARATOR, **more) -> MixPlan:
    return plan_dj_mix(decks, DjRules(), loudness_lufs=-14.0, separator=separator, **more)


def asked(*decks: DeckTrack, **more) -> MixPlan:
    wish = PairWish(Wish(kind="stem_swap", bars=16), "you")
    return plan(*decks, wishes=[wish] * (len(decks) - 1), **more)


def gain_at(faders: StemFaders, stem: str, at: float) -> float:
    line = np.array(dict(faders.faders)[stem], float)  # type: ignore[index]
    return float(np.interp(at, line[:, 0], line[:, 1]))


def test_where_two_would_sing_at_once_stems_are_swapped() -> None:
    decks = always(song(122.0, 1)), always(song(124.0, 2))
    (report,) = plan(*decks).reports
    assert (report.kind, report.step, report.vocal_overlap_s) == ("stem_swap", 2, 0.0)
    assert "No beat-matched blend" in report.reason


def test_nobody_takes_songs_apart_for_a_join_that_does_without() -> None:
    decks = singing(song(122.0, 1)), singing(song(124.0, 2))
    (report,) = plan(*decks).reports
    assert report.kind == "blend"


def test_without_a_separator_there_are_no_stem_swaps_whatever_is_asked() -> None:
    mix = asked(always(song(122.0, 1)), always(song(124.0, 2)), separator=None)
    (report,) = mix.reports
    assert report.kind != "stem_swap"
    assert any("separates no stems" in note for note in mix.notes)


def test_one_voice_and_one_bass_are_heard_at_any_time() -> None:
    mix = asked(always(song(122.0, 1)), always(song(124.0, 2)))
    (out,), (into,) = (clip.stem_faders for clip in mix.timeline.clips)
    (join,) = mix.timeline.transitions
    assert (out.start, out.end) == (into.start, into.end) == (join.start, join.end)
    for at in np.linspace(join.start, join.end, 500):
        for stem in FOUR_STEMS:
            power = gain_at(out, stem, at) ** 2 + gain_at(into, stem, at) ** 2
            # Equal power: four straight lines for a quarter sine are within 4 % of it
            assert power == pytest.approx(1.0, abs=0.08)
    bar = (join.end - join.start) / 16
    # The beat is the incoming's after two bars; the voice stays the outgoing's for half of them
    assert gain_at(into, "drums", join.start + 2.1 * bar) == 1.0
    assert gain_at(out, "vocals", join.start + 7.9 * bar) == 1.0
    assert gain_at(into, "vocals", join.end) == 1.0


def test_the_singers_change_where_the_outgoing_one_pauses() -> None:
    deck = song(122.0, 1)
    bare = asked(singing(deck), always(song(122.0, 2)))
    (join,) = bare.timeline.transitions  # laid where it will be laid again: singing moves nothing
    start_s = (join.start + bare.timeline.clips[0].body_offset) / SAMPLE_RATE
    bar_s = 4 * 60 / 122.0
    pause = (start_s + 9.6 * bar_s, start_s + 10.4 * bar_s)
    mix = asked(
        singing(deck, (0.0, pause[0]), (pause[1], deck.duration_s)), singing(song(122.0, 2))
    )
    (out,) = mix.timeline.clips[0].stem_faders
    changed = (dict(out.faders)["vocals"][-1][0] - out.start) / SAMPLE_RATE / bar_s
    assert changed == pytest.approx(10.0, abs=0.01)


def test_only_the_seconds_round_the_join_are_taken_apart() -> None:
    mix = asked(always(song(122.0, 1)), always(song(124.0, 2)))
    for clip in mix.timeline.clips:
        (faders,) = clip.stem_faders
        first, last = faders.source
        heard = clip.sources_at(np.array([faders.start, faders.end], float))
        assert abs(heard[0] - first - MARGIN) <= 1 or first == 0
        assert last - heard[1] <= MARGIN + 1


def test_stems_follow_the_same_map_of_tempo_as_the_track() -> None:
    mix = asked(always(song(122.0, 1)), always(song(124.0, 2)))
    clip = mix.timeline.clips[1]
    assert clip.warp  # else this test says nothing
    for stem in stem_clips(clip):
        at = np.linspace(stem.start, stem.end - 1, 50)
        assert np.abs(stem.sources_at(at) - clip.sources_at(at)).max() < 1.0
        assert stem.recording == f"{clip.content}/{stem.made}"
    stretched = {piece.made for piece in pieces_of(mix.timeline)}
    assert stretched >= {stem.made for stem in stem_clips(clip)}


def test_a_swap_survives_the_timeline_file() -> None:
    timeline = asked(always(song(122.0, 1)), always(song(124.0, 2))).timeline
    assert timeline_of(view_of(timeline)) == timeline
