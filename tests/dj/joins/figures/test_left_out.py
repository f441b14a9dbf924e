"""How much of a song joins may leave out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.analysis import Section, SectionLabel
from backend.app.contract.dj import DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import Candidate
from backend.app.dj.joins.figures.facts import facts_of
from backend.app.dj.joins.figures.left_out import WHOLE_S
from backend.app.dj.joins.plan import MixPlan, plan_dj_mix
from backend.app.dj.joins.rules import songs_stay_whole
from backend.app.dj.joins.verdicts import Case
from backend.app.dj.pair import Pair
from tests.dj.analysed_tracks import composed_deck
from tests.dj.llm_set import track, track_analysis


def song(
    name: str = "a", *sections: tuple[float, float, SectionLabel], whole: bool = False
) -> DeckTrack:
    """A track of 199 s of music with these sections ``(start_s, end_s, label)``."""
    parts = [Section(start_s=a, end_s=b, label=name, energy=1.0) for a, b, name in sections]
    analysis = track_analysis().model_copy(update={"sections": parts})
    return replace(track(name, analysis), keep_whole=whole)


def veto(out: DeckTrack, into: DeckTrack, out_s: float, in_s: float, **rules) -> str:
    cut = Candidate("cut", 0, 0, 0, out_s, in_s, out_s, in_s, 0.0)
    facts = facts_of(cut, Pair(out, into))
    verdict = songs_stay_whole(Case(cut, facts, DjRules(**rules)))
    assert not verdict.binding  # a user may overrule it for a join
    return verdict.reason if verdict.veto else ""


@pytest.mark.parametrize(("out_s", "in_s"), [(170.0, 0.25), (199.0, 30.0)])
def test_more_than_a_tenth_of_a_song_is_not_left_out(out_s: float, in_s: float) -> None:
    assert "of a song would be left out (limit 10%)" in veto(song(), song("b"), out_s, in_s)
    assert not veto(song(), song("b"), out_s, in_s, max_trim_share=0.2)


@pytest.mark.parametrize(("out_s", "in_s"), [(182.0, 0.25), (199.0, 18.0)])
def test_a_little_of_both_ends_may_be_left_out(out_s: float, in_s: float) -> None:
    assert not veto(song(), song("b"), out_s, in_s)


def test_last_chorus_is_never_left_out() -> None:
    out = song("a", (0.0, 185.0, "medium"), (185.0, 197.0, "full"))
    assert "chorus or the loudest part" in veto(out, song("b"), 188.0, 0.25)
    assert not veto(out, song("b"), 192.0, 0.25)  # most of it is played


def test_first_chorus_is_never_left_out() -> None:
    into = song("b", (0.0, 12.0, "full"), (12.0, 199.0, "medium"))
    assert "chorus or the loudest part" in veto(song(), into, 199.0, 10.0)


@pytest.mark.parametrize(("out", "into"), [(True, False), (False, True)])
def test_song_to_keep_whole_loses_nothing(out: bool, into: bool) -> None:
    pair = song("a", whole=out), song("b", whole=into)
    assert bool(veto(*pair, 190.0, 0.25)) == out
    assert bool(veto(*pair, 199.0, 9.0)) == into
    assert not veto(*pair, 199.0 - WHOLE_S + 0.1, 0.25)


def lost_s(mix: MixPlan) -> list[float]:
    """Seconds that each track loses at both of its joins."""
    losses = [0.0] * len(mix.timeline.clips)
    for index, report in enumerate(mix.reports):
        losses[index] += report.trimmed_s[0]
        losses[index + 1] += report.trimmed_s[1]
    return losses


def decks() -> list[DeckTrack]:
    kinds = (("house", 122.0), ("techno", 126.0), ("hiphop", 92.0), ("pop", 118.0))
    return [composed_deck(style, bpm, "A minor", n) for n, (style, bpm) in enumerate(kinds, 1)]


def test_mix_leaves_out_a_tenth_of_each_song_at_most() -> None:
    mix = plan_dj_mix(decks(), DjRules(), loudness_lufs=-14.0)
    for lost, deck in zip(lost_s(mix), decks(), strict=True):
        assert lost <= 0.1 * (deck.music_end_s - deck.music_start_s) + 0.01


def test_mix_of_whole_songs_leaves_nothing_out() -> None:
    mix = plan_dj_mix(decks(), DjRules(keep_whole=True), loudness_lufs=-14.0)
    assert max(lost_s(mix)) <= 2 * WHOLE_S  # at either end


def test_one_song_of_a_mix_is_kept_whole() -> None:
    tracks = decks()
    tracks[1] = replace(tracks[1], keep_whole=True)
    mix = plan_dj_mix(tracks, DjRules(max_trim_share=0.6), loudness_lufs=-14.0)
    assert lost_s(mix)[1] <= 2 * WHOLE_S
