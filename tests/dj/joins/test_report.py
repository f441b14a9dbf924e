"""Figures computed from a planned join."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.dj import DjRules, TransitionReport
from backend.app.dj.joins.candidates import JoinConstraints
from backend.app.dj.joins.choose import JoinWish, choose_joins
from backend.app.dj.joins.explanations import fallbacks_of, reason_of
from backend.app.dj.joins.layout import build_timeline
from backend.app.dj.joins.report import report_of
from backend.app.dsp.samples import SAMPLE_RATE
from tests.dj.llm_set import track, track_analysis

# The grid begins at 0.25 s
DECKS = [track(name, track_analysis().model_copy(update={"music_start_s": 0.2})) for name in "ab"]


def report(kind: str, *, late_s: float = 0.0) -> TransitionReport:
    """The report of a join whose incoming beats are late."""
    wish = JoinWish(JoinConstraints(kind=kind, out_s=112.25, in_s=16.25), "you")
    choices = choose_joins(DECKS, DjRules(), [wish])
    timeline = build_timeline(DECKS, choices, DjRules(), [0.0, 0.0])
    first, second = timeline.clips
    moved = replace(second, source_start=second.source_start - round(late_s * SAMPLE_RATE))
    return report_of(0, choices[0], replace(timeline, clips=(first, moved)), 0.5, None)


@pytest.mark.parametrize(("late_s", "aligned"), [(0.0, True), (0.034, True), (0.036, False)])
def test_downbeats_up_to_35_ms_apart_are_aligned(late_s, aligned) -> None:
    late = report("blend", late_s=late_s)
    assert late.downbeats_aligned == aligned
    assert late.planned_beat_error_ms == pytest.approx(1000 * late_s, abs=0.03)  # a sample


def test_unmatched_join_has_no_beat_or_bass_figures() -> None:
    cut = report("cut")
    assert cut.downbeats_aligned is None
    assert cut.planned_beat_error_ms is None
    assert cut.bass_both_share is None
    assert cut.vocal_overlap_s is None
    assert report("fade").vocal_overlap_s is not None


def test_both_basses_count_where_neither_is_half_filtered() -> None:
    assert report("fade").bass_both_share is None
    assert report("blend").bass_both_share == pytest.approx(0.0, abs=0.01)
    assert report("sweep").bass_both_share == pytest.approx(0.0, abs=0.05)


def test_mix_begins_just_before_the_first_sound() -> None:
    choices = choose_joins(DECKS, DjRules())
    first, _ = build_timeline(DECKS, choices, DjRules(), [0.0, 0.0]).clips
    assert (first.start, first.source_start) == (0, round(0.18 * SAMPLE_RATE))


def test_reasons_of_a_join_are_separate_sentences() -> None:
    wish = JoinWish(JoinConstraints(kind="echo"), "llm", "Ends with a shout")
    (choice,) = choose_joins(DECKS, DjRules(), [wish])
    assert reason_of(choice).startswith("Ends with a shout. Echo-out, ")


def test_kinds_that_are_off_say_so_however_safe() -> None:
    rules = DjRules(allowed_kinds=["blend", "fade"])
    (choice,) = choose_joins(DECKS, rules)
    reasons = {rung.kind: rung.reason for rung in fallbacks_of(choice)}
    assert choice.candidate.kind == "blend"
    assert reasons["stem_swap"] == "Stem swaps are off in this mix."
    assert reasons["cut"] == "The DJ rules don't allow it."
    assert reasons["fade"] == "Not needed."


def test_bars_of_the_base_are_not_called_ignored() -> None:
    base = JoinConstraints(kind="blend", bars=16, in_s=1e6)  # can't be met anywhere
    wish = JoinWish(base, "you", fallback=JoinConstraints(kind="cut"))
    (choice,) = choose_joins(DECKS, DjRules(), [wish])
    assert (choice.candidate.kind, choice.note) == ("cut", "")
    own = JoinWish(base, "you", fallback=JoinConstraints(kind="cut", bars=16))
    assert "the 16 bars were ignored" in choose_joins(DECKS, DjRules(), [own])[0].note
