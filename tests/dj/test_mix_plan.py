from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from backend.app.analysis.manual import with_fix
from backend.app.contract.analysis import GridFix
from backend.app.contract.dj import KINDS, DjRules
from backend.app.dj.candidates import Wish, candidates_of, fold_of
from backend.app.dj.choose import PairWish
from backend.app.dj.couple import Couple
from backend.app.dj.deck import DeckTrack, grid_of
from backend.app.dj.gains import ridden_gains_db
from backend.app.dj.mix_plan import MixPlan, plan_dj_mix
from backend.app.dj.timeline_view import timeline_of, view_of
from backend.app.dsp.samples import SAMPLE_RATE
from composer.compose import compose_song
from composer.song import SongSpec
from tests.dj.heard import deck_of

RULES = DjRules()


@cache
def deck(style: str, tempo_bpm: float, key: str, seed: int = 1, **more: float) -> DeckTrack:
    spec = SongSpec(style=style, tempo_bpm=tempo_bpm, key=key, seed=seed, bars=64, **more)
    return deck_of(compose_song(spec))


def house(tempo_bpm: float = 124.0, key: str = "A minor", seed: int = 1) -> DeckTrack:
    return deck("house", tempo_bpm, key, seed)


def plan(*decks: DeckTrack, rules: DjRules = RULES, **more) -> MixPlan:
    return plan_dj_mix(decks, rules, loudness_lufs=-14.0, **more)


def test_two_house_tracks_are_blended_beat_on_beat_and_phrase_on_phrase() -> None:
    mix = plan(house(122.0), house(124.5, "E minor", 2))
    (report,) = mix.reports
    assert (report.kind, report.step, report.bars % 8) == ("blend", 1, 0)
    assert report.planned_beat_error_ms is not None
    assert report.planned_beat_error_ms < 0.1  # the grids are the truth: what is left is rounding
    assert report.downbeats_aligned
    assert report.on_phrase
    assert report.bass_both_share is not None
    assert report.bass_both_share < 0.05
    assert report.tempo_change_percent == pytest.approx(-2.01, abs=0.01)


def test_the_incoming_follows_in_the_overlap_and_is_home_after_the_bars_that_the_rules_set() -> (
    None
):
    out, into = house(122.0), house(124.5, "E minor", 2)
    for bars in (0, 8, 16):
        mix = plan(out, into, rules=DjRules(return_bars=bars))
        (join,) = mix.timeline.transitions
        clip = mix.timeline.clips[1]
        overlap = [p for p in clip.warp if p[1] <= join.end]
        ratio = (overlap[-1][0] - overlap[0][0]) / (overlap[-1][1] - overlap[0][1])
        assert ratio == pytest.approx(122.0 / 124.5, abs=1e-5)
        home_s = (clip.warp[-1][0] - overlap[-1][0]) / SAMPLE_RATE
        assert home_s == pytest.approx(bars * 4 * 60 / 124.5, abs=0.01)


def test_a_tempo_comes_home_in_steps_too_small_to_be_heard() -> None:
    mix = plan(house(120.0), house(126.0, "E minor", 2))
    points = np.array(mix.timeline.clips[1].warp, float)
    ratios = np.diff(points[:, 0]) / np.diff(points[:, 1])
    # 4.8 % over 8 bars of four beats; people notice steps of 2 %
    assert np.abs(np.diff(np.append(ratios, 1.0))).max() < 0.002


@pytest.mark.parametrize(
    ("out_bpm", "in_bpm", "fold"), [(87, 174, 2.0), (174, 87, 0.5), (120, 124, 1)]
)
def test_half_and_double_time_count_as_the_same_tempo(out_bpm, in_bpm, fold) -> None:
    assert fold_of(out_bpm, in_bpm) == fold


def test_hip_hop_under_drum_and_bass_is_blended_in_double_time() -> None:
    mix = plan(deck("hiphop", 87.0, "C major"), deck("dnb", 174.6, "C major"))
    (report,) = mix.reports
    assert report.kind == "blend"
    assert abs(report.tempo_change_percent or 9.9) < 0.5
    assert report.downbeats_aligned


def test_past_the_stretch_limit_nothing_is_stretched_and_the_ladder_says_why() -> None:
    mix = plan(house(120.0), deck("techno", 132.0, "A minor"))
    (report,) = mix.reports
    assert report.kind not in ("blend", "sweep")
    assert mix.timeline.clips[1].warp == ()
    assert report.ladder[0].reason.startswith("Ruled out: the tempo would change by -9.1 %")
    assert [rung.kind for rung in report.ladder] == list(KINDS)
    assert report.step is not None
    assert report.ladder[report.step - 1].taken


def test_a_waltz_is_not_laid_on_four_beats() -> None:
    mix = plan(house(120.0), deck("waltz", 120.0, "A minor"))
    assert mix.reports[0].ladder[0].reason == "4 beats to the bar do not fit on 3."


def test_without_a_beat_tracks_fade_and_the_mix_still_stands() -> None:
    quiet = deck_without_beats()
    mix = plan(quiet, house(), quiet)
    assert mix.reports[0].kind in ("fade", "gap", "cut")
    assert mix.timeline.length > 0


def deck_without_beats() -> DeckTrack:
    track = house()
    assert track.analysis is not None
    rhythm = track.analysis.rhythm.model_copy(
        update={"confidence": 0.0, "beats_s": [], "downbeats": []}
    )
    heard = track.analysis.model_copy(update={"rhythm": rhythm, "cue_ins": [], "cue_outs": []})
    return DeckTrack("n", "n", "N", "", track.length, track.loudness, heard)


def test_never_two_voices_where_there_is_another_way() -> None:
    songs = [
        deck("pop", 118 + n, key, n) for n, key in enumerate(("C major", "G major", "A minor"))
    ]
    for report in plan(*songs).reports:
        assert (report.vocal_overlap_s or 0.0) <= 0.5


def test_a_person_gets_the_kind_the_length_and_the_point_that_they_ask_for() -> None:
    out, into = house(122.0), house(124.5, "E minor", 2)
    grid = grid_of(out)
    assert grid is not None
    wish = Wish(kind="sweep", bars=8, out_s=float(grid.bars_s[40]) + 0.1)
    (report,) = plan(out, into, wishes=[PairWish(wish, "you")]).reports
    assert (report.kind, report.bars, report.proposed_by) == ("sweep", 8, "you")
    assert report.start_s == pytest.approx(grid.bars_s[40] - grid.bars_s[0], abs=0.03)


def test_not_even_a_person_gets_more_than_the_stretch_limit_and_is_told() -> None:
    wish = PairWish(Wish(kind="blend"), "you")
    mix = plan(house(120.0), deck("techno", 132.0, "A minor"), wishes=[wish])
    assert mix.reports[0].proposed_by == "rules"
    assert "more than 6 %" in mix.notes[0]


def test_pitch_moves_only_where_the_rules_allow_it_and_the_keys_then_agree() -> None:
    out, into = house(122.0, "A minor"), house(123.0, "Bb minor", 2)
    assert plan(out, into).timeline.clips[1].pitch_semitones == 0
    mix = plan(out, into, rules=DjRules(max_pitch_semitones=1))
    clip = mix.timeline.clips[1]
    assert clip.pitch_semitones == -1
    assert mix.reports[0].key_distance is not None
    assert mix.reports[0].key_distance <= 1
    assert clip.stretched_end == clip.end  # the whole track sounds in its new key


def test_gains_make_joins_level_without_leaving_their_tracks_far() -> None:
    moved = ridden_gains_db([-3.0, -5.0, -4.0], [3.0, None])
    assert moved[2] == -4.0
    step = 3.0 + (moved[1] + 5.0) - (moved[0] + 3.0)
    assert abs(step) < 1.0
    assert max(abs(moved[0] + 3.0), abs(moved[1] + 5.0)) < 1.6


def test_a_timeline_with_bends_filters_and_echoes_survives_its_json() -> None:
    mix = plan(house(122.0), house(124.5, "E minor", 2), deck("techno", 138.0, "C major"))
    assert any(clip.warp for clip in mix.timeline.clips)
    assert any(clip.echo or clip.fade_in for clip in mix.timeline.clips)
    text = view_of(mix.timeline).model_dump_json()
    assert timeline_of(type(view_of(mix.timeline)).model_validate_json(text)) == mix.timeline


def test_changing_one_join_keeps_the_gains_and_the_other_joins() -> None:
    decks = [house(122.0 + n, "A minor", n) for n in range(4)]
    first = plan(*decks)
    kept = [
        PairWish(Wish(r.kind, r.bars, *_points(first, i)), "you")
        for i, r in enumerate(first.reports)
    ]
    changed = [kept[0], PairWish(Wish(kind="cut"), "you"), kept[2]]
    second = plan(*decks, wishes=changed, earlier=first.timeline)
    assert [r.kind for r in second.reports] == [first.reports[0].kind, "cut", first.reports[2].kind]
    assert [c.gain_db for c in second.timeline.clips] == [c.gain_db for c in first.timeline.clips]
    assert second.timeline.clips[0] == first.timeline.clips[0]


def _points(mix: MixPlan, index: int) -> tuple[float, float]:
    join = mix.timeline.transitions[index]
    out, into = mix.timeline.clips[join.outgoing], mix.timeline.clips[join.incoming]
    out_s = float(out.sources_at(np.array([float(join.start)]))[0]) / SAMPLE_RATE
    return out_s, into.source_start / SAMPLE_RATE


def test_every_pair_can_at_least_be_parted_by_a_breath() -> None:
    kinds = {c.kind for c in candidates_of(Couple.of(house(), deck_without_beats()), RULES)}
    assert "gap" in kinds
    short = compose_song(SongSpec(style="house", seed=3, bars=2))
    mix = plan(house(), deck_of(short), house(123.0, "D minor", 4))
    assert len(mix.timeline.clips) == 3


def test_only_allowed_kinds_are_used() -> None:
    rules = DjRules(allowed_kinds=["cut", "gap"])
    mix = plan(house(122.0), house(124.0, "E minor", 2), rules=rules)
    assert mix.reports[0].kind == "cut"
    assert "do not allow" in mix.reports[0].ladder[0].reason


@pytest.mark.parametrize("kind", KINDS)
def test_points_far_outside_a_track_still_give_a_mix(kind) -> None:
    decks = [house(122.0), house(124.0, "E minor", 2), house(123.0, "G major", 3)]
    for out_s, in_s in ((0.0, 9999.0), (9999.0, 0.0)):
        wish = PairWish(Wish(kind=kind, out_s=out_s, in_s=in_s), "you")
        mix = plan(*decks, wishes=[wish, wish])
        assert len(mix.timeline.clips) == 3
        assert all(clip.length > 0 for clip in mix.timeline.clips)


@pytest.mark.parametrize("kind", KINDS)
def test_points_in_the_silence_round_the_music_still_give_a_mix(kind) -> None:
    late = laid_grid(house(122.0), music_from_s=6.0)
    decks = [late, laid_grid(house(124.0, "E minor", 2), music_from_s=6.0), late]
    end_s = decks[1].duration_s
    for out_s, in_s in ((0.1, 1.0), (3.0, 3.0), (5.9, end_s - 1.0), (end_s, end_s - 0.1)):
        wish = PairWish(Wish(kind=kind, out_s=out_s, in_s=in_s), "you")
        mix = plan(*decks, wishes=[wish, wish])
        assert all(clip.length > 0.9 * SAMPLE_RATE for clip in mix.timeline.clips)


def laid_grid(deck: DeckTrack, *, music_from_s: float) -> DeckTrack:
    """The track with a tempo that a person gave: its beats run through the silence, too."""
    assert deck.analysis is not None
    fixed = with_fix(deck.analysis, GridFix(tempo_bpm=deck.analysis.rhythm.tempo_bpm))
    heard = fixed.model_copy(
        update={"music_start_s": music_from_s, "music_end_s": deck.duration_s - 3.0}
    )
    return replace(deck, analysis=heard)


def test_equal_tempi_are_matched_even_where_nothing_may_be_stretched() -> None:
    mix = plan(house(123.7), house(123.7, "E minor", 2), rules=DjRules(max_stretch_percent=0.0))
    assert mix.reports[0].kind == "blend"


def test_a_length_that_a_kind_does_not_have_is_told() -> None:
    out, into = house(122.0), house(124.5, "E minor", 2)
    mix = plan(out, into, wishes=[PairWish(Wish(kind="echo", bars=8), "you")])
    assert mix.reports[0].kind == "echo"
    assert "the 8 bars were left aside" in mix.notes[0]
    counted = plan(out, into, wishes=[PairWish(Wish(bars=8), "you")]).reports[0]
    assert (counted.kind in ("blend", "sweep"), counted.bars) == (True, 8)


def test_where_nothing_allowed_fits_a_breath_is_left_and_told() -> None:
    rules = DjRules(allowed_kinds=["blend"])
    mix = plan(house(120.0), deck("techno", 132.0, "A minor"), rules=rules)
    assert mix.reports[0].kind == "gap"
    assert "Nothing that the DJ rules allow" in mix.notes[0]


def test_a_blend_may_keep_both_basses() -> None:
    wish = PairWish(Wish(kind="blend", bass_swap=False), "llm", "Both are thin.")
    mix = plan(house(122.0), house(124.5, "E minor", 2), wishes=[wish])
    assert [clip.effects for clip in mix.timeline.clips] == [(), ()]
