from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.analysis.loudness import LoudnessProfile, measure_loudness
from backend.app.contract.mixes import TimelineView
from backend.app.dj import levels
from backend.app.dj.deck import DeckTrack
from backend.app.dj.levels import CEILING_DBTP, forecast, gain_for, gain_shift_db
from backend.app.dj.planner import CUT_FADE, crowded_notes, plan_crossfades
from backend.app.dj.timeline import Clip, Timeline
from backend.app.dj.timeline_view import timeline_of, view_of
from backend.app.dsp.samples import SAMPLE_RATE, samples
from backend.app.errors import InvalidTimeline
from tests.sounds import clicks, noise, sine


def steady(length: int, energy: float = 0.01) -> LoudnessProfile:
    """A track of constant loudness, whose peaks are 3 dB over its level."""
    peak = np.float32(1.4 * energy**0.5)
    return LoudnessProfile(np.full(length // 4410, energy), np.full(-(-length // 441), peak))


def track(name: str, duration_s: float, *, artist: str = "", energy: float = 0.01) -> DeckTrack:
    length = samples(duration_s)
    return DeckTrack(name, f"hash of {name}", name, artist, length, steady(length, energy))


def plan(*tracks: DeckTrack, transition_ms: int = 8000, lufs: float = -14.0) -> Timeline:
    return plan_crossfades(tracks, transition_ms=transition_ms, loudness_lufs=lufs)


def test_a_mix_is_as_long_as_its_tracks_less_their_overlaps() -> None:
    timeline = plan(track("a", 60), track("b", 50), track("c", 40))
    assert timeline.duration_s == pytest.approx(60 + 50 + 40 - 2 * 8)
    assert [clip.start for clip in timeline.clips] == [samples(0), samples(52), samples(94)]


def test_an_overlap_is_never_longer_than_either_track_and_says_so() -> None:
    timeline = plan(track("long", 60), track("jingle", 3), track("after", 60))
    assert [join.end - join.start for join in timeline.transitions] == [samples(3), samples(3)]
    assert "“jingle” is only 3.0 s long" in timeline.transitions[0].reason
    assert "3.0 s instead of 8.0 s" in timeline.transitions[0].reason


def test_a_full_length_overlap_is_said_to_be_as_asked() -> None:
    assert "8.0 s, as asked" in plan(track("a", 60), track("b", 60)).transitions[0].reason


def test_the_outgoing_track_is_low_passed_over_the_overlap_and_nowhere_else() -> None:
    first, last = plan(track("a", 60), track("b", 60)).clips
    (closing,) = first.effects
    assert (closing.kind, closing.start, closing.length) == ("low_pass", samples(52), samples(8))
    assert closing.shares == ((samples(52), 0.0), (samples(60), 1.0))
    assert last.effects == ()


def test_a_hard_cut_does_not_overlap_but_does_not_click_either() -> None:
    timeline = plan(track("a", 60), track("b", 60), transition_ms=0)
    first, second = timeline.clips
    assert second.start == first.end
    assert (first.fade_out, second.fade_in) == (CUT_FADE, CUT_FADE)
    assert timeline.transitions[0].kind == "cut"


def test_the_mix_begins_and_ends_as_its_tracks_do() -> None:
    timeline = plan(track("a", 60), track("b", 60))
    assert timeline.clips[0].fade_in == 0
    assert timeline.clips[-1].fade_out == 0


def test_a_chapter_begins_in_the_middle_of_its_join() -> None:
    timeline = plan(track("a", 60, artist="Ada"), track("b", 60))
    assert [chapter.start for chapter in timeline.chapters] == [0, samples(56)]
    assert [chapter.title for chapter in timeline.chapters] == ["Ada – a", "b"]


def test_quiet_and_loud_tracks_are_played_equally_loud() -> None:
    quiet, loud = track("quiet", 60, energy=0.001), track("loud", 60, energy=0.1)
    timeline = plan(quiet, loud)
    # 20 dB between the energies
    assert timeline.clips[0].gain_db - timeline.clips[1].gain_db == pytest.approx(20.0, abs=0.01)
    assert forecast(timeline, [quiet.loudness, loud.loudness])[0] == pytest.approx(-14.0, abs=0.02)


def test_gain_makes_up_for_what_the_limiter_takes() -> None:
    drums = clicks(20.0, 0.5, peak=0.9)
    profile = measure_loudness([drums])
    plain = -14.0 - profile.integrated_lufs
    assert 20 * np.log10(0.9) + plain > CEILING_DBTP + 3  # the limiter has work to do
    assert gain_for(profile, -14.0) > plain + 0.5


def test_a_stricter_ceiling_is_made_up_for() -> None:
    drums = clicks(30.0, 0.1, peak=0.9)
    deck = DeckTrack("d", "d", "d", "", drums.shape[1], measure_loudness([drums]))
    timeline = plan(deck, lufs=-18.0)
    assert gain_shift_db(timeline, [deck.loudness], -18.0) == pytest.approx(0.0, abs=0.05)
    assert gain_shift_db(timeline, [deck.loudness], -18.0, ceiling_dbtp=-4.0) > 0.3


def test_the_limiter_is_never_asked_for_more_than_a_limiter_can_do_well() -> None:
    sparse = measure_loudness([clicks(20.0, 2.0, peak=0.9)])
    over_db = 20 * np.log10(sparse.peaks.max()) + gain_for(sparse, -14.0) - CEILING_DBTP
    assert over_db == pytest.approx(levels.MAX_LIMITING_DB, abs=0.01)


def test_what_the_limiter_holds_is_held_on_from_one_piece_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loudness = measure_loudness([clicks(20.0, 0.5, peak=0.9)])
    timeline = plan(DeckTrack("d", "d", "d", "", 20 * SAMPLE_RATE, loudness))
    whole = forecast(timeline, [loudness])
    monkeypatch.setattr(levels, "_PIECE", 70)
    assert forecast(timeline, [loudness]) == pytest.approx(whole, abs=1e-6)


def test_three_tracks_at_once_are_told() -> None:
    crowded = plan(track("a", 60), track("short", 10), track("b", 60))
    assert "“short” is shorter than its two crossfades" in crowded_notes(crowded)[0]
    assert "for 6.0 s" in crowded_notes(crowded)[0]
    assert crowded_notes(plan(track("a", 60), track("b", 60))) == []


def test_silence_gets_no_gain() -> None:
    assert gain_for(steady(44100 * 10, energy=0.0), -14.0) == 0.0


def test_one_track_alone_is_a_mix() -> None:
    timeline = plan(track("a", 60))
    assert timeline.transitions == ()
    assert timeline.length == samples(60)


def test_profile_of_real_sound_agrees_with_itself_in_blocks() -> None:
    sound = noise(3.0, seed=1)
    whole = measure_loudness([sound])
    parts = measure_loudness(np.split(sound, [441 * 20, 441 * 150], axis=1))
    assert parts.energies == pytest.approx(whole.energies, rel=1e-6)
    assert np.array_equal(parts.peaks, whole.peaks)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 400_000), min_size=1, max_size=12),
    transition_ms=st.integers(0, 30_000),
)
def test_any_crate_gives_a_timeline_that_survives_its_json(
    lengths: list[int], transition_ms: int
) -> None:
    tracks = [
        DeckTrack(str(i), "x", f"t{i}", "", length, steady(length))
        for i, length in enumerate(lengths)
    ]
    timeline = plan(*tracks, transition_ms=transition_ms)
    asked = round(transition_ms * SAMPLE_RATE / 1000)
    overlaps = [min(asked, a, b) for a, b in pairwise(lengths)]
    assert timeline.length == max(c.end for c in timeline.clips)
    assert timeline.clips[-1].end == sum(lengths) - sum(overlaps)
    again = TimelineView.model_validate_json(view_of(timeline).model_dump_json())
    assert timeline_of(again) == timeline


@pytest.mark.parametrize(
    "clips",
    [
        (),
        (Clip("a", "x", "A", "", start=0, length=0),),
        (Clip("a", "x", "A", "", start=-1, length=5),),
        (Clip("a", "x", "A", "", start=0, length=5, fade_in=6),),
        (Clip("a", "x", "A", "", start=9, length=5), Clip("b", "x", "B", "", start=0, length=5)),
    ],
    ids=["no clips", "empty clip", "before the start", "fade too long", "out of order"],
)
def test_a_timeline_that_cannot_be_played_is_refused(clips: tuple[Clip, ...]) -> None:
    with pytest.raises(InvalidTimeline):
        Timeline(clips)


def test_a_profile_holds_true_peaks_and_not_just_samples() -> None:
    tone = sine(1.0, SAMPLE_RATE / 4, peak_db=0.0, phase=np.pi / 4)
    # Its samples reach -3 dBFS; 0.2 dB: at its ends the tone is cut, which rings
    assert 20 * np.log10(measure_loudness([tone]).peaks.max()) == pytest.approx(0.0, abs=0.2)
