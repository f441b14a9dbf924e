"""Loops of a track's last bars: found, written out, chosen, laid out, and told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import LoudnessProfile
from backend.app.contract.analysis import Stretch
from backend.app.contract.dj import DjRules
from backend.app.contract.mixes import TimelineView
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import UNCONSTRAINED, JoinConstraints
from backend.app.dj.joins.loops import loop_of, looped_pair_of
from backend.app.dj.joins.plan import MixPlan, plan_dj_mix
from backend.app.dj.joins.written_out import written_out
from backend.app.dj.loop import Loop
from backend.app.dj.pair import Pair
from backend.app.dj.timeline_json import timeline_of, view_of
from backend.app.dsp.samples import SAMPLE_RATE, samples
from backend.app.errors import InvalidTimeline
from backend.app.services.mixtape.planning.join_precedence import base_wishes
from tests.dj.llm_set import track, track_analysis

RULES = DjRules(allowed_kinds=["blend", "sweep", "echo", "cut", "fade", "gap"])
# Bars last 2 s; the last one ends at 198.25 s.
LAST_BARS = Loop(samples(190.25), samples(8.0), 4)


def song(name: str, sung_to_s: float = 189.0, **change: object) -> DeckTrack:
    """A song with a voice from 40 s on."""
    vocals = [Stretch(start_s=40.0, end_s=sung_to_s)]
    return track(name, track_analysis().model_copy(update={"vocals": vocals, **change}))


def soon_sung(name: str = "b") -> DeckTrack:
    """A song whose voice begins after nine seconds."""
    return song(name, vocals=[Stretch(start_s=9.0, end_s=150.0)])


def planned(*tracks: DeckTrack, rules: DjRules = RULES) -> MixPlan:
    return plan_dj_mix(tracks, rules, loudness_lufs=-14.0)


def fading(deck: DeckTrack, over_s: float) -> DeckTrack:
    """The track, 30 dB down over its last seconds."""
    energies = deck.loudness.energies.copy()
    count = round(10 * over_s)
    energies[-count:] *= 10.0 ** (-np.linspace(0.0, 3.0, count))
    return replace(deck, loudness=LoudnessProfile(energies, deck.loudness.peaks))


def test_last_steady_bars_without_a_voice_are_looped() -> None:
    assert loop_of(Pair(song("a"), soon_sung()), 16) == LAST_BARS


@pytest.mark.parametrize(
    ("sung_to_s", "bars"), [(189.0, 4), (193.0, 2), (196.0, 1), (198.0, None), (150.0, None)]
)
def test_loop_has_no_voice_and_is_not_made_of_long_outros(sung_to_s, bars) -> None:
    loop = loop_of(Pair(song("a", sung_to_s), soon_sung()), 16)
    assert (loop.length / samples(2.0) if loop else None) == bars
    assert loop is None or loop.length * loop.times <= samples(32.0)


def test_unsure_or_irregular_beats_are_not_looped() -> None:
    rhythm = track_analysis().rhythm
    for name in ("confidence", "downbeat_confidence"):
        unsure = rhythm.model_copy(update={name: 0.45})
        assert loop_of(Pair(song("a", rhythm=unsure), soon_sung()), 16) is None
    # a beat more in the bar before the last two: only those two are whole
    odd = [at + (at > len(rhythm.beats_s) - 12) for at in rhythm.downbeats]
    uneven = rhythm.model_copy(update={"downbeats": odd[:-1]})
    loop = loop_of(Pair(song("a", rhythm=uneven), soon_sung()), 16)
    assert loop is None or loop.length <= samples(4.0)


def test_fade_out_is_not_looped() -> None:
    assert loop_of(Pair(fading(song("a"), 20.0), soon_sung()), 16) is None
    # the bars before a short one are: it is left out
    loop = loop_of(Pair(fading(song("a", 180.0), 5.0), soon_sung()), 16)
    assert loop is not None and loop.end < samples(196.3)


def test_last_chord_is_not_looped() -> None:
    """A bar as loud as the others, but all of it in its first half."""
    deck = song("a")
    energies = deck.loudness.energies.copy()
    energies[1962:1972] *= 1.9
    energies[1972:] *= 0.1
    ringing = replace(deck, loudness=LoudnessProfile(energies, deck.loudness.peaks))
    loop = loop_of(Pair(ringing, soon_sung()), None)
    assert loop is not None and loop.end == samples(196.25)


def test_written_out_track_goes_on_as_it_ended() -> None:
    pair = written_out(Pair(song("a"), soon_sung()), LAST_BARS)
    grid, deck = pair.out_grid, pair.outgoing
    assert grid is not None
    assert deck.music_end_s == deck.duration_s == pytest.approx(198.25 + 32.0)
    assert grid.bars_s == pytest.approx(0.25 + 2.0 * np.arange(len(grid.bars_s)))
    assert grid.bars_s[-1] == pytest.approx(deck.duration_s)
    assert grid.beats_s == pytest.approx(0.25 + 0.5 * np.arange(len(grid.beats_s)))
    assert len(deck.loudness.energies) == pytest.approx(10 * deck.duration_s, abs=1)
    assert grid.confidences(200.0, 220.0) == (0.9, 0.9)


def test_song_that_stops_after_its_voice_is_looped_into_a_long_blend() -> None:
    rules = RULES.model_copy(update={"max_trim_share": 0.05})
    plan = planned(song("a", 189.0), soon_sung(), song("c"), rules=rules)
    candidate, clip = plan.choices[0].candidate, plan.timeline.clips[0]
    assert candidate.kind == "blend" and candidate.bars >= 8
    assert candidate.loop is not None and clip.loop == candidate.loop
    assert "the last 4 bars of “Title of a” looped" in plan.reports[0].reason
    assert len(plan.timeline.chapters) == len(plan.timeline.clips) == 3
    assert plan.reports[0].downbeats_aligned and plan.reports[0].planned_beat_error_ms == 0.0
    assert plan.reports[0].vocal_overlap_s == 0.0
    # at the loop's end, the clip is in its repeats or over
    assert clip.end + clip.body_offset > clip.loop.end
    assert clip.end + clip.body_offset <= clip.loop.end + clip.loop.added + 2


def test_without_the_loop_the_same_join_is_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    tracks = song("a", 189.0), soon_sung()
    with_loop = planned(*tracks).choices[0]
    monkeypatch.setattr("backend.app.dj.joins.loops.loop_of", lambda *_: None)
    without = planned(*tracks).choices[0]
    assert without.candidate.kind != "blend" or without.candidate.bars < with_loop.candidate.bars
    assert without.rated.penalty > with_loop.rated.penalty + 0.1


def test_loops_only_where_a_blend_is_allowed_and_wished() -> None:
    pair = Pair(song("a"), soon_sung())
    assert looped_pair_of(pair, RULES, UNCONSTRAINED) is not None
    assert looped_pair_of(pair, RULES, JoinConstraints(kind="cut")) is None
    assert looped_pair_of(pair, RULES, JoinConstraints(loops=False)) is None
    assert looped_pair_of(pair, DjRules(allowed_kinds=["fade"]), UNCONSTRAINED) is None


def test_looped_join_is_kept_when_the_mix_is_rendered_again() -> None:
    tracks = song("a", 189.0), soon_sung()
    plan = planned(*tracks)
    view = TimelineView.model_validate_json(view_of(plan.timeline).model_dump_json())
    assert timeline_of(view) == plan.timeline
    wish = next(iter(base_wishes(view).values()))
    assert wish.constraints.loops
    again = plan_dj_mix(tracks, RULES, loudness_lufs=-14.0, join_wishes=[wish])
    assert again.choices[0].by == "earlier"
    assert again.timeline.clips == plan.timeline.clips


def test_timeline_states_the_loop_and_reads_rows_without_one() -> None:
    plan = planned(song("a", 189.0), soon_sung())
    view = view_of(plan.timeline)
    loop, clip = view.clips[0].loop, plan.timeline.clips[0]
    assert loop is not None
    assert (loop.source_start_s, loop.length_s) == pytest.approx((190.25, 8.0))
    # the last pair is the end of the first pass
    assert view.clips[0].warp[-1][0] == pytest.approx(198.25)
    assert view.clips[0].source_end_s == pytest.approx(198.25)
    stored = view.model_dump()
    for one in stored["clips"]:
        del one["loop"]
    old = timeline_of(TimelineView.model_validate(stored))
    assert [one.loop for one in old.clips] == [None, None]
    at = np.array([clip.mix_at(samples(199.0)), clip.mix_at(samples(206.5))])
    assert clip.sources_at(at) / SAMPLE_RATE == pytest.approx([191.0, 190.5])


@pytest.mark.parametrize(
    "loop",
    [Loop(samples(190.0), 100, 1), Loop(10, samples(1.0), 1), Loop(samples(1.0), samples(2.0), 0)],
)
def test_loops_that_cannot_be_played_are_refused(loop: Loop) -> None:
    timeline = planned(song("a"), soon_sung()).timeline
    clips = (replace(timeline.clips[0], loop=loop), *timeline.clips[1:])
    with pytest.raises(InvalidTimeline):
        replace(timeline, clips=clips)
