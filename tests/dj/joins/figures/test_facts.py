"""Figures of a join candidate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.analysis import GridStretch
from backend.app.contract.dj import KINDS, DjRules
from backend.app.dj.joins.candidates import Candidate, candidates_of
from backend.app.dj.joins.figures.facts import Facts, PairFacts, facts_of
from backend.app.dj.pair import Pair
from tests.dj.analysed_tracks import composed_deck, with_vocals
from tests.dj.llm_set import track, track_analysis

# Bars of 2 s from 0.25 s on; vocals from 40 s to 150 s; music from 0.1 s to 199 s
CANDIDATE = Candidate("fade", 0, None, None, 160.25, 16.25, 176.25, 32.25, 16.0)


def facts(kind="fade", *, into: dict | None = None, **change) -> Facts:
    pair = Pair(
        track("a", track_analysis()), track("b", track_analysis().model_copy(update=into or {}))
    )
    return facts_of(replace(CANDIDATE, kind=kind, **change), pair)


@pytest.mark.parametrize(
    ("out_end_s", "cut_off"), [(40.4, False), (40.6, True), (149.4, True), (149.6, False)]
)
def test_voice_is_cut_off_only_within_a_phrase(out_end_s, cut_off) -> None:
    assert facts(out_end_s=out_end_s).voice_cut_off == cut_off


@pytest.mark.parametrize(("kind", "both_s"), [("fade", 10.0), ("cut", 0.0), ("stem_swap", 0.0)])
def test_vocals_overlap_while_both_tracks_sing(kind, both_s) -> None:
    at = {"out_s": 140.0, "out_end_s": 160.0, "in_s": 40.0, "in_end_s": 60.0, "overlap_s": 20.0}
    assert facts(kind, bars=10, **at).vocal_overlap_s == pytest.approx(both_s)


def test_cue_scores_count_near_a_cue_only() -> None:
    assert (facts().out_score, facts().in_score) == (0.9, 0.9)
    assert (facts(out_s=160.3).out_score, facts(out_s=160.4).out_score) == (0.9, 0.2)


@pytest.mark.parametrize(("start_s", "lands"), [(32.25, True), (32.3, True), (32.4, False)])
def test_join_lands_on_a_section_that_begins_at_its_end(start_s, lands) -> None:
    section = track_analysis().sections[0].model_copy(update={"start_s": start_s})
    assert facts(into={"sections": [section]}).lands_on_section == lands


@pytest.mark.parametrize("field", ["confidence", "downbeat_confidence"])
def test_confidence_is_the_lowest_of_both_tracks(field) -> None:
    rhythm = track_analysis().rhythm.model_copy(update={field: 0.4})
    assert facts(into={"rhythm": rhythm}).confidence == 0.4


def test_track_with_uncertain_beat_has_no_confidence() -> None:
    rhythm = track_analysis().rhythm.model_copy(update={"confidence": 0.34})
    assert facts(into={"rhythm": rhythm}).confidence == 0.0


def test_confidence_is_that_of_the_stretch_of_the_join() -> None:
    rhythm = track_analysis().rhythm
    stretches = [
        GridStretch(
            start_s=start_s,
            end_s=end_s,
            tempo_bpm=120.0,
            steady=True,
            confidence=beats,
            downbeat_confidence=bars,
        )
        for start_s, end_s, beats, bars in ((0.25, 20.0, 0.7, 0.5), (20.0, 199.0, 0.9, 0.8))
    ]
    into = {"rhythm": rhythm.model_copy(update={"stretches": stretches})}
    early = facts(into=into)
    assert (early.beat_confidence, early.confidence) == (0.7, 0.5)
    later = facts(into=into, in_s=24.25, in_end_s=40.25)
    assert (later.beat_confidence, later.confidence) == (0.9, 0.8)


def test_music_left_out_is_counted_on_both_sides() -> None:
    left_out = facts().trimmed_out_s, facts().trimmed_in_s
    assert left_out == pytest.approx((199.0 - 176.25, 16.25 - 0.1))
    assert facts(in_s=0.0).trimmed_in_s == 0.0


def test_only_matched_kinds_have_a_tempo_change() -> None:
    assert facts("blend", tempo_ratio=0.97).stretch_percent == pytest.approx(-3.0)
    assert facts("fade", tempo_ratio=0.97).stretch_percent is None


def test_no_phrase_is_claimed_where_the_metre_is_unknown() -> None:
    rhythm = track_analysis().rhythm
    unknown = rhythm.model_copy(update={"downbeat_confidence": 0.2})
    at = {"out_bar": 80, "in_bar": 8}
    known = facts("blend", bars=8, **at)
    assert (known.out_on_phrase, known.in_on_phrase) == (True, True)
    assert facts("blend", into={"rhythm": unknown}, bars=8, **at).in_on_phrase is None


def test_facts_do_not_depend_on_candidates_seen_before() -> None:
    decks = composed_deck("house", 122.0, "A minor"), composed_deck("pop", 118.0, "C major", 3)
    pair = Pair(with_vocals(decks[0], (100.0, 118.0)), decks[1])
    shared, candidates = PairFacts(pair), candidates_of(pair, DjRules(max_pitch_semitones=2))
    assert {one.kind for one in candidates} == {*KINDS}
    for candidate in candidates:
        assert shared.of(candidate) == facts_of(candidate, Pair(pair.outgoing, pair.incoming))
