from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.analysis.levels.loudness import LoudnessProfile, measure_loudness
from backend.app.contract.mixes import TimelineView
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.shapes.plain_crossfades import CUT_FADE, LEAD_IN_S, plan_crossfades
from backend.app.dj.levels import track_gains
from backend.app.dj.levels.track_gains import CEILING_DBTP, forecast, gain_for, gain_shift_db
from backend.app.dj.timeline import Clip, Timeline
from backend.app.dj.timeline_json import timeline_of, view_of
from backend.app.dsp.samples import SAMPLE_RATE, samples
from backend.app.errors import InvalidTimeline
from tests.sounds import clicks, noise, sine


def steady(length: int, energy: float = 0.01) -> LoudnessProfile:
    """A track of constant loudness, with peaks 3 dB above its level."""
    peak = np.float32(1.4 * energy**0.5)
    return LoudnessProfile(np.full(length // 4410, energy), np.full(-(-length // 441), peak))


def track(name: str, duration_s: float, *, artist: str = "", energy: float = 0.01) -> DeckTrack:
    length = samples(duration_s)
    return DeckTrack(name, f"hash of {name}", name, artist, length, steady(length, energy))


def plan(*tracks: DeckTrack, transition_ms: int = 8000, lufs: float = -14.0) -> Timeline:
    return plan_crossfades(tracks, transition_ms=transition_ms, loudness_lufs=lufs)


def test_mix_length_is_tracks_minus_overlaps() -> None:
    timeline = plan(track("a", 60), track("b", 50), track("c", 40))
    assert timeline.duration_s == pytest.approx(60 + 50 + 40 - 2 * 8)
    assert [clip.start for clip in timeline.clips] == [samples(0), samples(52), samples(94)]


def test_overlap_takes_at_most_half_of_either_track_with_reason() -> None:
    timeline = plan(track("long", 60), track("jingle", 5), track("after", 60), transition_ms=30_000)
    assert [join.end - join.start for join in timeline.transitions] == [samples(2.5)] * 2
    assert "“jingle” has only 5.0 s of music" in timeline.transitions[0].reason
    assert "2.5 s instead of 30.0 s" in timeline.transitions[1].reason


def silent_at(name: str, start_s: float, music_s: float, end_s: float) -> DeckTrack:
    energies = np.repeat([0.0, 0.01, 0.0], [round(10 * t) for t in (start_s, music_s, end_s)])
    peaks = (1.4 * np.repeat(energies, 10) ** 0.5).astype(np.float32)
    length = samples(start_s + music_s + end_s)
    return DeckTrack(name, f"hash of {name}", name, "", length, LoudnessProfile(energies, peaks))


def test_silence_at_the_ends_of_tracks_is_left_out() -> None:
    timeline = plan(silent_at("a", 0, 30, 25), silent_at("b", 15, 30, 0))
    # The lead-in before the first sound is kept.
    assert timeline.duration_s == pytest.approx(52.0 + LEAD_IN_S)
    join = timeline.transitions[0]
    assert join.end == timeline.clips[0].end == samples(30)
    assert timeline.clips[1].source_start == samples(15 - LEAD_IN_S)
    assert timeline.chapters[1].start == pytest.approx(samples(26), abs=samples(LEAD_IN_S))


def test_cut_keeps_recorded_pauses_of_two_seconds() -> None:
    short = plan(silent_at("a", 0, 30, 2), silent_at("b", 1, 30, 0), transition_ms=0)
    long = plan(silent_at("a", 0, 30, 5), silent_at("b", 5, 30, 0), transition_ms=0)
    assert short.duration_s == 63.0
    assert long.duration_s == pytest.approx(60.0 + LEAD_IN_S)


def test_gapless_tracks_have_no_fade_and_one_gain() -> None:
    quiet, loud = track("quiet", 60, energy=0.001), track("loud", 60, energy=0.004)
    other = track("other", 60, energy=0.1)
    gapless = plan_crossfades(
        [quiet, loud, other], transition_ms=0, loudness_lufs=-14.0, gapless={0}
    )
    first, second, last = gapless.clips
    assert (first.fade_out, second.fade_in) == (0, 0)
    assert first.gain_db == second.gain_db
    assert (second.fade_out, last.fade_in) == (CUT_FADE, CUT_FADE)
    assert last.gain_db != second.gain_db
    assert "Gapless" in gapless.transitions[0].reason
    assert gapless.transitions[1].reason == "A hard cut, as requested."


def test_gapless_tracks_keep_the_ends_that_meet() -> None:
    """The half minute before a join to the continuing track is not a hidden track."""
    first, last = track("first", 100), track("last", 60)
    first.loudness.energies[600:800], first.loudness.peaks[6000:8000] = 0.0, 0.0
    plans = [
        plan_crossfades([first, last], transition_ms=0, loudness_lufs=-14.0, gapless=gapless)
        for gapless in ({0}, set())
    ]
    runs_on, cut = (plan.clips[0] for plan in plans)
    assert runs_on.source_start + runs_on.length == first.length
    assert cut.source_start + cut.length < samples(62)


def test_track_too_short_for_any_overlap_is_not_called_a_requested_cut() -> None:
    one = DeckTrack("one", "h", "one", "", 1, steady(1))
    assert "instead of 8.0 s" in plan(track("a", 60), one).transitions[0].reason


def test_full_length_overlap_has_reason() -> None:
    assert "8.0 s, as requested" in plan(track("a", 60), track("b", 60)).transitions[0].reason


def test_outgoing_track_is_low_passed_over_the_overlap_only() -> None:
    first, last = plan(track("a", 60), track("b", 60)).clips
    (closing,) = first.effects
    assert (closing.kind, closing.start, closing.length) == ("low_pass", samples(52), samples(8))
    assert closing.shares == ((samples(52), 0.0), (samples(60), 1.0))
    assert last.effects == ()


def test_hard_cut_has_short_fades_and_no_overlap() -> None:
    timeline = plan(track("a", 60), track("b", 60), transition_ms=0)
    first, second = timeline.clips
    assert second.start == first.end
    assert (first.fade_out, second.fade_in) == (CUT_FADE, CUT_FADE)
    assert timeline.transitions[0].kind == "cut"


def test_mix_begins_and_ends_without_fades() -> None:
    timeline = plan(track("a", 60), track("b", 60))
    assert timeline.clips[0].fade_in == 0
    assert timeline.clips[-1].fade_out == 0


def test_chapter_begins_in_the_middle_of_its_join() -> None:
    timeline = plan(track("a", 60, artist="Ada"), track("b", 60))
    assert [chapter.start for chapter in timeline.chapters] == [0, samples(56)]
    assert [chapter.title for chapter in timeline.chapters] == ["Ada – a", "b"]


def test_tracks_are_levelled_to_equal_loudness() -> None:
    quiet, loud = track("quiet", 60, energy=0.001), track("loud", 60, energy=0.1)
    timeline = plan(quiet, loud)
    # 20 dB between the energies
    assert timeline.clips[0].gain_db - timeline.clips[1].gain_db == pytest.approx(20.0, abs=0.01)
    assert forecast(timeline, [quiet.loudness, loud.loudness])[0] == pytest.approx(-14.0, abs=0.02)


def test_gain_compensates_for_limiting() -> None:
    strikes = clicks(40.0, 5.0, peak=0.9)
    profile = measure_loudness([strikes])
    plain = -18.0 - profile.integrated_lufs
    assert 20 * np.log10(0.9) + plain > CEILING_DBTP + 3  # so the limiter is active
    assert gain_for(profile, -18.0) > plain + 0.5


def test_gain_compensates_for_stricter_ceiling() -> None:
    drums = clicks(30.0, 0.1, peak=0.9)
    deck = DeckTrack("d", "d", "d", "", drums.shape[1], measure_loudness([drums]))
    timeline = plan(deck, lufs=-18.0)
    assert gain_shift_db(timeline, [deck.loudness], -18.0) == pytest.approx(0.0, abs=0.05)
    assert gain_shift_db(timeline, [deck.loudness], -18.0, ceiling_dbtp=-4.0) > 0.3


def test_gain_stops_at_maximum_limiting() -> None:
    sparse = measure_loudness([clicks(40.0, 5.0, peak=0.9)])
    over_db = 20 * np.log10(sparse.peaks.max()) + gain_for(sparse, -14.0) - CEILING_DBTP
    assert over_db == pytest.approx(track_gains.MAX_LIMITING_DB, abs=0.01)


def test_limiter_release_carries_over_between_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loudness = measure_loudness([clicks(20.0, 0.5, peak=0.9)])
    timeline = plan(DeckTrack("d", "d", "d", "", 20 * SAMPLE_RATE, loudness))
    whole = forecast(timeline, [loudness])
    monkeypatch.setattr(track_gains, "_BLOCK", 70)
    assert forecast(timeline, [loudness]) == pytest.approx(whole, abs=1e-6)


def test_silence_gets_no_gain() -> None:
    assert gain_for(steady(44100 * 10, energy=0.0), -14.0) == 0.0


def test_single_track_is_a_mix() -> None:
    timeline = plan(track("a", 60))
    assert timeline.transitions == ()
    assert timeline.length == samples(60)


def test_loudness_profile_is_equal_in_blocks() -> None:
    sound = noise(3.0, seed=1)
    whole = measure_loudness([sound])
    parts = measure_loudness(np.split(sound, [441 * 20, 441 * 150], axis=1))
    assert np.array_equal(parts.energies, whole.energies)
    assert np.array_equal(parts.peaks, whole.peaks)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 400_000), min_size=1, max_size=12),
    transition_ms=st.integers(0, 30_000),
)
def test_any_crate_gives_a_timeline_that_round_trips(
    lengths: list[int], transition_ms: int
) -> None:
    tracks = [
        DeckTrack(str(i), "x", f"t{i}", "", length, steady(length))
        for i, length in enumerate(lengths)
    ]
    timeline = plan(*tracks, transition_ms=transition_ms)
    asked = round(transition_ms * SAMPLE_RATE / 1000)
    overlaps = [min(asked, a // 2, b // 2) for a, b in pairwise(lengths)]
    for before, after in pairwise(timeline.transitions):
        assert before.end <= after.start  # three tracks never play at once
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
def test_unplayable_timeline_is_rejected(clips: tuple[Clip, ...]) -> None:
    with pytest.raises(InvalidTimeline):
        Timeline(clips)


def test_profile_holds_true_peaks() -> None:
    tone = sine(1.0, SAMPLE_RATE / 4, peak_db=0.0, phase=np.pi / 4)
    # The samples reach -3 dBFS; 0.2 dB, because the tone is cut at its ends, which makes it ring.
    assert 20 * np.log10(measure_loudness([tone]).peaks.max()) == pytest.approx(0.0, abs=0.2)
