from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.analysis.corrections import apply_correction
from backend.app.analysis.structure.cues import find_cues
from backend.app.contract.analysis import (
    GridFix,
    GridStretch,
    Harmony,
    KeySection,
    Rhythm,
    Section,
    Stretch,
    TrackAnalysis,
)
from tests.analysis.analysed_songs import click_rhythm


def analysis_of(rhythm: Rhythm, duration_s: float) -> TrackAnalysis:
    """An analysis with a calm first half and an energetic second half."""
    n_bars = len(rhythm.downbeats)
    energy = [0.4] * (n_bars // 2) + [1.0] * (n_bars - n_bars // 2)
    middle_s = duration_s / 2
    sections = [
        Section(start_s=0.0, end_s=middle_s, label="intro", energy=0.4),
        Section(start_s=middle_s, end_s=duration_s, label="full", energy=1.0),
    ]
    ins, outs = find_cues(rhythm, sections, energy, [], 0.0, duration_s)
    return TrackAnalysis(
        version=1,
        duration_s=duration_s,
        rhythm=rhythm,
        harmony=Harmony(key="C major", confidence=0.5),
        energy=energy,
        sections=sections,
        vocals=[],
        loudness_lufs=-14.0,
        music_start_s=0.0,
        music_end_s=duration_s,
        cue_ins=ins,
        cue_outs=outs,
    )


@st.composite
def analyses(draw: st.DrawFn) -> TrackAnalysis:
    n_beats = draw(st.integers(2, 200))
    tempo_bpm = draw(st.floats(60.0, 180.0))
    rhythm = click_rhythm(n_beats, tempo_bpm, draw(st.floats(0.0, 2.0)))
    # A drummer who deviates from the grid, and a first downbeat that is not the first beat.
    stray = np.random.default_rng(n_beats).uniform(0.0, 0.02, n_beats)
    first = draw(st.integers(0, min(3, n_beats - 1)))
    rhythm = rhythm.model_copy(
        update={
            "beats_s": (np.asarray(rhythm.beats_s) + stray).tolist(),
            "downbeats": list(range(first, n_beats, 4)),
            "steady": False,
        }
    )
    return analysis_of(rhythm, rhythm.beats_s[-1] + draw(st.floats(0.0, 5.0)))


FIXES = st.builds(
    GridFix,
    tempo=st.sampled_from(["as_heard", "double", "half"]),
    tempo_bpm=st.none() | st.floats(40.0, 250.0),
    shift_beats=st.floats(-8.0, 8.0),
    downbeat_s=st.none() | st.floats(0.0, 200.0),
    beats_per_bar=st.none() | st.integers(2, 7),
    key=st.none() | st.just("F# minor"),
)


@settings(deadline=None, max_examples=60)
@given(analyses(), FIXES)
def test_any_correction_keeps_the_analysis_consistent(
    analysis: TrackAnalysis, fix: GridFix
) -> None:
    fixed = apply_correction(analysis, fix)
    rhythm = fixed.rhythm
    assert fixed.manual == fix
    assert np.all(np.diff(rhythm.beats_s) > 0.0)
    assert all(0.0 <= beat_s <= analysis.duration_s + 1e-6 for beat_s in rhythm.beats_s)
    assert all(0 <= i < len(rhythm.beats_s) for i in rhythm.downbeats)
    assert len(fixed.energy) in (0, len(rhythm.downbeats))
    assert all(0.0 <= energy <= 1.0 for energy in fixed.energy)
    assert fixed.cue_ins
    assert fixed.cue_outs
    assert fixed.sections
    assert TrackAnalysis.model_validate_json(fixed.model_dump_json()) == fixed


@settings(deadline=None, max_examples=60)
@given(analyses())
def test_doubling_then_halving_restores_the_beats(analysis: TrackAnalysis) -> None:
    doubled = apply_correction(analysis, GridFix(tempo="double"))
    assert doubled.rhythm.tempo_bpm == 2.0 * analysis.rhythm.tempo_bpm
    assert set(analysis.rhythm.beats_s) <= set(doubled.rhythm.beats_s)
    again = apply_correction(doubled, GridFix(tempo="half"))
    assert again.rhythm.beats_s == analysis.rhythm.beats_s
    assert set(analysis.rhythm.downbeats) <= set(again.rhythm.downbeats)


@settings(deadline=None, max_examples=60)
@given(analyses(), st.integers(0, 7))
def test_halving_keeps_the_phrase_start(analysis: TrackAnalysis, start: int) -> None:
    heard = analysis.rhythm.model_copy(
        update={"phrase_start": start % len(analysis.rhythm.downbeats)}
    )
    rhythm = apply_correction(
        analysis.model_copy(update={"rhythm": heard}), GridFix(tempo="half")
    ).rhythm
    starts = [rhythm.beats_s[i] for i in rhythm.downbeats]
    assert heard.beats_s[heard.downbeats[heard.phrase_start]] in starts


@settings(deadline=None, max_examples=60)
@given(analyses(), st.floats(40.0, 250.0))
def test_entered_tempo_gives_steady_grid_through_first_downbeat(
    analysis: TrackAnalysis, tempo_bpm: float
) -> None:
    rhythm = apply_correction(analysis, GridFix(tempo_bpm=tempo_bpm)).rhythm
    anchor_s = analysis.rhythm.beats_s[analysis.rhythm.downbeats[0]]
    assert (rhythm.tempo_bpm, rhythm.steady) == (tempo_bpm, True)
    assert np.diff(rhythm.beats_s) == pytest.approx(60.0 / tempo_bpm)
    assert min(abs(rhythm.beats_s[i] - anchor_s) for i in rhythm.downbeats) < 1e-6
    # The grid begins and ends less than a beat from the track's ends.
    assert rhythm.beats_s[0] < 60.0 / tempo_bpm
    assert analysis.duration_s - rhythm.beats_s[-1] < 60.0 / tempo_bpm + 1e-6


def test_shift_by_half_a_beat_moves_all_beats() -> None:
    analysis = analysis_of(click_rhythm(33, 120.0, 1.0), 20.0)
    rhythm = apply_correction(analysis, GridFix(shift_beats=0.5)).rhythm
    assert rhythm.beats_s == pytest.approx([t + 0.25 for t in analysis.rhythm.beats_s])
    assert rhythm.downbeats == analysis.rhythm.downbeats


def test_shift_drops_beats_before_the_start() -> None:
    analysis = analysis_of(click_rhythm(33, 120.0), 20.0)
    rhythm = apply_correction(analysis, GridFix(shift_beats=-1.0)).rhythm
    assert rhythm.beats_s == pytest.approx(analysis.rhythm.beats_s[:-1])
    # The first downbeat is outside the track; the second one, at 2 s, comes a beat sooner.
    assert rhythm.beats_s[rhythm.downbeats[0]] == pytest.approx(1.5)


@settings(deadline=None, max_examples=60)
@given(analyses(), st.floats(0.0, 100.0))
def test_beat_nearest_to_entered_downbeat_begins_a_bar(
    analysis: TrackAnalysis, downbeat_s: float
) -> None:
    rhythm = apply_correction(analysis, GridFix(downbeat_s=downbeat_s)).rhythm
    nearest = int(np.argmin(np.abs(np.asarray(rhythm.beats_s) - downbeat_s)))
    assert nearest in rhythm.downbeats
    assert rhythm.beats_s == analysis.rhythm.beats_s


def test_bars_are_counted_from_the_first_downbeat() -> None:
    analysis = analysis_of(click_rhythm(31), 15.5)
    assert apply_correction(analysis, GridFix(beats_per_bar=3)).rhythm.downbeats == list(
        range(0, 31, 3)
    )


def test_entered_key_replaces_the_keys_of_parts_and_keeps_toneless_ranges() -> None:
    analysis = analysis_of(click_rhythm(129), 64.5)
    part = KeySection(start_s=0.0, end_s=30.0, key="A minor", confidence=0.9)
    toneless = [Stretch(start_s=0.0, end_s=8.0)]
    harmony = analysis.harmony.model_copy(update={"sections": [part], "toneless": toneless})
    changed = analysis.model_copy(update={"harmony": harmony})
    fixed = apply_correction(changed, GridFix(key="F# minor")).harmony
    assert fixed == Harmony(key="F# minor", confidence=1.0, toneless=toneless)
    assert apply_correction(changed, GridFix(beats_per_bar=3)).harmony == harmony


def test_entered_key_is_certain_and_changes_nothing_else() -> None:
    analysis = analysis_of(click_rhythm(129), 64.5)
    fixed = apply_correction(analysis, GridFix(key="F# minor"))
    assert fixed.harmony == Harmony(key="F# minor", confidence=1.0)
    assert fixed.rhythm == analysis.rhythm
    assert fixed.energy == analysis.energy
    assert fixed.cue_ins == analysis.cue_ins


def test_energy_and_sections_follow_the_new_bars() -> None:
    analysis = analysis_of(click_rhythm(128), 64.0)
    fixed = apply_correction(analysis, GridFix(tempo="half"))
    # 16 bars of 4 s: the first half calm, the second energetic.
    assert fixed.energy == pytest.approx([0.4] * 8 + [1.0] * 8)
    assert [s.start_s for s in fixed.sections] == [0.0, 32.0]


def test_entered_tempo_gives_grid_without_detected_beats() -> None:
    analysis = analysis_of(click_rhythm(0), 60.0)
    fixed = apply_correction(analysis, GridFix(tempo_bpm=120.0))
    assert len(fixed.rhythm.beats_s) == 121
    assert fixed.cue_ins[0].at_s == 0.0


def test_phrase_start_is_counted_within_the_first_phrase() -> None:
    heard = click_rhythm(129).model_copy(update={"phrase_start": 10})
    fixed = apply_correction(analysis_of(heard, 64.5), GridFix(shift_beats=0.5))
    assert fixed.rhythm.phrase_start == 2


def test_energy_is_full_where_none_was_measured() -> None:
    analysis = analysis_of(click_rhythm(0), 60.0)
    fixed = apply_correction(analysis, GridFix(tempo_bpm=120.0))
    assert set(fixed.energy) == {1.0}
    assert len(fixed.energy) == len(fixed.rhythm.downbeats)


def test_moved_beats_are_certain_and_bars_keep_their_confidence() -> None:
    stretch = GridStretch(
        start_s=0.0,
        end_s=64.0,
        tempo_bpm=120.0,
        steady=True,
        confidence=0.5,
        downbeat_confidence=0.4,
    )
    analysis = analysis_of(click_rhythm(128, 120.0, 0.5), 65.0)
    ends_s = analysis.rhythm.beats_s[0], analysis.rhythm.beats_s[-1]
    stretch = stretch.model_copy(update={"start_s": ends_s[0], "end_s": ends_s[1]})
    rhythm = analysis.rhythm.model_copy(update={"stretches": [stretch]})
    measured = analysis.model_copy(update={"rhythm": rhythm})
    (moved,) = apply_correction(measured, GridFix(shift_beats=0.5)).rhythm.stretches
    assert (moved.confidence, moved.downbeat_confidence) == (1.0, 0.4)
    (doubled,) = apply_correction(measured, GridFix(tempo="double")).rhythm.stretches
    assert doubled.tempo_bpm == pytest.approx(2.0 * analysis.rhythm.tempo_bpm, rel=1e-3)
    counted = apply_correction(measured, GridFix(downbeat_s=ends_s[0])).rhythm.stretches[0]
    assert (counted.confidence, counted.downbeat_confidence) == (0.5, 1.0)
    confirmed = apply_correction(measured, GridFix(confirmed=True)).rhythm
    assert (confirmed.confidence, confirmed.downbeat_confidence) == (1.0, 1.0)
    assert not confirmed.beats_are_unsure
    assert confirmed.beats_s == analysis.rhythm.beats_s
    assert apply_correction(analysis, GridFix(shift_beats=0.5)).rhythm.stretches == []
