from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.corrections import apply_correction
from backend.app.contract.analysis import GridFix
from backend.app.contract.dj import KINDS, DjRules
from backend.app.dj.deck import DeckTrack, grid_of
from backend.app.dj.joins.candidates import JoinConstraints, candidates_of
from backend.app.dj.joins.choose import JoinWish
from backend.app.dj.joins.plan import MixPlan, plan_dj_mix
from backend.app.dj.levels.loudness_steps import smoothed_gains_db
from backend.app.dj.pair import Pair
from backend.app.dj.tempo_stretch import fold_between
from backend.app.dj.timeline_json import timeline_of, view_of
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.render.player.stretched_segments import stretched_segment_of
from composer.compose import compose_song
from composer.song import SongSpec
from tests.dj.analysed_tracks import composed_deck, deck_of, singing_throughout

RULES = DjRules()


def house(tempo_bpm: float = 124.0, key: str = "A minor", seed: int = 1) -> DeckTrack:
    return composed_deck("house", tempo_bpm, key, seed)


def plan(*decks: DeckTrack, rules: DjRules = RULES, **more) -> MixPlan:
    return plan_dj_mix(decks, rules, loudness_lufs=-14.0, **more)


def test_house_tracks_blend_on_beats_and_phrases() -> None:
    mix = plan(house(122.0), house(124.5, "E minor", 2))
    (report,) = mix.reports
    assert (report.kind, report.step, report.bars % 8) == ("blend", 1, 0)
    assert report.planned_beat_error_ms is not None
    assert report.planned_beat_error_ms < 0.1  # only rounding: the grids are exact
    assert report.downbeats_aligned
    assert report.on_phrase
    assert report.bass_both_share is not None
    assert report.bass_both_share < 0.05
    assert report.tempo_change_percent == pytest.approx(-2.01, abs=0.01)


def test_incoming_tempo_returns_over_the_configured_bars() -> None:
    out, into = house(122.0), house(124.5, "E minor", 2)
    for bars in (0, 8, 16):
        mix = plan(out, into, rules=DjRules(return_bars=bars))
        (join,) = mix.timeline.transitions
        clip = mix.timeline.clips[1]
        overlap = [p for p in clip.warp if p[1] <= join.end]
        ratio = (overlap[-1][0] - overlap[0][0]) / (overlap[-1][1] - overlap[0][1])
        assert ratio == pytest.approx(122.0 / 124.5, abs=1e-5)
        return_s = (clip.warp[-1][0] - overlap[-1][0]) / SAMPLE_RATE
        assert return_s == pytest.approx(bars * 4 * 60 / 124.5, abs=0.01)


def test_tempo_returns_in_inaudible_steps() -> None:
    mix = plan(house(120.0), house(126.0, "E minor", 2))
    points = np.array(mix.timeline.clips[1].warp, float)
    ratios = np.diff(points[:, 0]) / np.diff(points[:, 1])
    # 4.8 % over 8 bars of four beats; people notice steps of 2 %
    assert np.abs(np.diff(np.append(ratios, 1.0))).max() < 0.002


@pytest.mark.parametrize(
    ("out_bpm", "in_bpm", "fold"), [(87, 174, 2.0), (174, 87, 0.5), (120, 124, 1)]
)
def test_half_and_double_time_count_as_same_tempo(out_bpm, in_bpm, fold) -> None:
    assert fold_between(out_bpm, in_bpm) == fold


def test_hip_hop_and_drum_and_bass_blend_in_double_time() -> None:
    mix = plan(composed_deck("hiphop", 87.0, "C major"), composed_deck("dnb", 174.6, "C major"))
    (report,) = mix.reports
    assert report.kind == "blend"
    assert abs(report.tempo_change_percent or 9.9) < 0.5
    assert report.downbeats_aligned


def test_beyond_stretch_limit_falls_back_with_reason() -> None:
    mix = plan(house(120.0), composed_deck("techno", 132.0, "A minor"))
    (report,) = mix.reports
    assert report.kind not in ("blend", "sweep")
    assert mix.timeline.clips[1].warp == ()
    assert report.ladder[0].reason == ("Can't beat-match: 9.1 % tempo change needed (limit 6 %).")
    assert "Can't beat-match: 9.1 % tempo change needed (limit 6 %)." in report.reason
    assert [rung.kind for rung in report.ladder] == list(KINDS)
    assert report.step is not None
    assert report.ladder[report.step - 1].taken


def test_waltz_and_four_four_are_not_beat_matched() -> None:
    mix = plan(house(120.0), composed_deck("waltz", 120.0, "A minor"))
    assert mix.reports[0].ladder[0].reason == "Can't beat-match: 3 beats per bar on 4."


def test_tracks_without_beat_are_joined_unmatched() -> None:
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
    analysis = track.analysis.model_copy(update={"rhythm": rhythm, "cue_ins": [], "cue_outs": []})
    return DeckTrack("n", "n", "N", "", track.length, track.loudness, analysis)


def test_vocals_do_not_overlap() -> None:
    first, last = singing_throughout(house(122.0)), singing_throughout(house(124.5, "E minor", 2))
    (report,) = plan(first, last).reports
    assert (report.vocal_overlap_s or 0.0) <= 0.5


def test_user_choice_sets_kind_length_and_position() -> None:
    out, into = house(122.0), house(124.5, "E minor", 2)
    grid = grid_of(out)
    assert grid is not None
    wish = JoinConstraints(kind="sweep", bars=8, out_s=float(grid.bars_s[40]) + 0.1)
    (report,) = plan(out, into, join_wishes=[JoinWish(wish, "you")]).reports
    assert (report.kind, report.bars, report.proposed_by) == ("sweep", 8, "you")
    assert report.start_s == pytest.approx(grid.bars_s[40] - grid.bars_s[0], abs=0.03)


def test_stretch_limit_overrules_user_choice_with_note() -> None:
    wish = JoinWish(JoinConstraints(kind="blend"), "you")
    mix = plan(house(120.0), composed_deck("techno", 132.0, "A minor"), join_wishes=[wish])
    assert mix.reports[0].proposed_by == "rules"
    assert "can't beat-match: 9.1 % tempo change needed (limit 6 %)" in mix.notes[0]


def test_pitch_shift_needs_rule_and_aligns_keys() -> None:
    out, into = house(122.0, "A minor"), house(123.0, "Bb minor", 2)
    assert plan(out, into).timeline.clips[1].pitch_semitones == 0
    mix = plan(out, into, rules=DjRules(max_pitch_semitones=1))
    clip = mix.timeline.clips[1]
    assert clip.pitch_semitones == -1
    assert mix.reports[0].key_distance is not None
    assert mix.reports[0].key_distance <= 1
    segment = stretched_segment_of(clip)
    assert segment is not None
    assert segment.length == clip.length  # the whole track is stretched, to shift its pitch


def test_gains_level_joins_within_small_moves() -> None:
    moved = smoothed_gains_db([-3.0, -5.0, -4.0], [3.0, None])
    assert moved[2] == -4.0
    step = 3.0 + (moved[1] + 5.0) - (moved[0] + 3.0)
    assert abs(step) < 1.0
    assert max(abs(moved[0] + 3.0), abs(moved[1] + 5.0)) < 1.6


def test_dj_timeline_round_trips_through_json() -> None:
    mix = plan(house(122.0), house(124.5, "E minor", 2), composed_deck("techno", 138.0, "C major"))
    assert any(clip.warp for clip in mix.timeline.clips)
    assert any(clip.echo or clip.fade_in for clip in mix.timeline.clips)
    text = view_of(mix.timeline).model_dump_json()
    assert timeline_of(type(view_of(mix.timeline)).model_validate_json(text)) == mix.timeline


def test_changed_join_keeps_gains_and_other_joins() -> None:
    decks = [house(122.0 + n, "A minor", n) for n in range(4)]
    first = plan(*decks)
    kept = [
        JoinWish(JoinConstraints(r.kind, r.bars, *_points(first, i)), "you")
        for i, r in enumerate(first.reports)
    ]
    changed = [kept[0], JoinWish(JoinConstraints(kind="cut"), "you"), kept[2]]
    second = plan(*decks, join_wishes=changed, base=first.timeline)
    assert [r.kind for r in second.reports] == [first.reports[0].kind, "cut", first.reports[2].kind]
    assert [c.gain_db for c in second.timeline.clips] == [c.gain_db for c in first.timeline.clips]
    assert second.timeline.clips[0] == first.timeline.clips[0]


def _points(mix: MixPlan, index: int) -> tuple[float, float]:
    join = mix.timeline.transitions[index]
    out, into = mix.timeline.clips[join.outgoing], mix.timeline.clips[join.incoming]
    out_s = float(out.sources_at(np.array([float(join.start)]))[0]) / SAMPLE_RATE
    return out_s, into.source_start / SAMPLE_RATE


def test_every_pair_has_a_gap_candidate() -> None:
    kinds = {c.kind for c in candidates_of(Pair(house(), deck_without_beats()), RULES)}
    assert "gap" in kinds
    short = compose_song(SongSpec(style="house", seed=3, bars=2))
    mix = plan(house(), deck_of(short), house(123.0, "D minor", 4))
    assert len(mix.timeline.clips) == 3


def test_only_allowed_kinds_are_used() -> None:
    rules = DjRules(allowed_kinds=["cut", "gap"])
    mix = plan(house(122.0), house(124.0, "E minor", 2), rules=rules)
    assert mix.reports[0].kind == "cut"
    assert "don't allow" in mix.reports[0].ladder[0].reason


@pytest.mark.parametrize("kind", KINDS)
def test_positions_outside_the_track_still_give_a_mix(kind) -> None:
    decks = [house(122.0), house(124.0, "E minor", 2), house(123.0, "G major", 3)]
    for out_s, in_s in ((0.0, 9999.0), (9999.0, 0.0)):
        wish = JoinWish(JoinConstraints(kind=kind, out_s=out_s, in_s=in_s), "you")
        mix = plan(*decks, join_wishes=[wish, wish])
        assert len(mix.timeline.clips) == 3
        assert all(clip.length > 0 for clip in mix.timeline.clips)


@pytest.mark.parametrize("kind", KINDS)
def test_positions_in_silence_still_give_a_mix(kind) -> None:
    late = with_corrected_grid(house(122.0), music_from_s=6.0)
    decks = [late, with_corrected_grid(house(124.0, "E minor", 2), music_from_s=6.0), late]
    end_s = decks[1].duration_s
    for out_s, in_s in ((0.1, 1.0), (3.0, 3.0), (5.9, end_s - 1.0), (end_s, end_s - 0.1)):
        wish = JoinWish(JoinConstraints(kind=kind, out_s=out_s, in_s=in_s), "you")
        mix = plan(*decks, join_wishes=[wish, wish])
        assert all(clip.length > 0.9 * SAMPLE_RATE for clip in mix.timeline.clips)


def with_corrected_grid(deck: DeckTrack, *, music_from_s: float) -> DeckTrack:
    """Copy a track with a corrected tempo, so that beats also run through silence."""
    assert deck.analysis is not None
    fixed = apply_correction(deck.analysis, GridFix(tempo_bpm=deck.analysis.rhythm.tempo_bpm))
    analysis = fixed.model_copy(
        update={"music_start_s": music_from_s, "music_end_s": deck.duration_s - 3.0}
    )
    return replace(deck, analysis=analysis)


def test_equal_tempos_match_with_stretch_limit_zero() -> None:
    mix = plan(house(123.7), house(123.7, "E minor", 2), rules=DjRules(max_stretch_percent=0.0))
    assert mix.reports[0].kind == "blend"


def test_ignored_length_is_noted() -> None:
    out, into = house(122.0), house(124.5, "E minor", 2)
    mix = plan(out, into, join_wishes=[JoinWish(JoinConstraints(kind="echo", bars=8), "you")])
    assert mix.reports[0].kind == "echo"
    assert "the 8 bars were ignored" in mix.notes[0]
    counted = plan(out, into, join_wishes=[JoinWish(JoinConstraints(bars=8), "you")]).reports[0]
    assert (counted.kind in ("blend", "sweep"), counted.bars) == (True, 8)


def test_gap_is_last_resort_with_note() -> None:
    rules = DjRules(allowed_kinds=["blend"])
    mix = plan(house(120.0), composed_deck("techno", 132.0, "A minor"), rules=rules)
    assert mix.reports[0].kind == "gap"
    assert "No join that the DJ rules allow" in mix.notes[0]


def test_blend_without_bass_swap_has_no_filters() -> None:
    wish = JoinWish(JoinConstraints(kind="blend", bass_swap=False), "llm", "Both are thin.")
    mix = plan(house(122.0), house(124.5, "E minor", 2), join_wishes=[wish])
    assert [clip.effects for clip in mix.timeline.clips] == [(), ()]
