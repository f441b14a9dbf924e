"""Energy of tracks relative to their set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import LoudnessProfile
from backend.app.contract.analysis import Harmony, Rhythm, Section, TrackAnalysis
from backend.app.dj.deck import DeckTrack
from backend.app.dj.harmony import Camelot
from backend.app.dj.order.cost import (
    OrderTrack,
)
from backend.app.dj.order.energy import order_tracks_of


def deck(
    name: str,
    *,
    bpm: float,
    mean_square: float,
    intro: float = 0.2,
    outro: float = 0.2,
    confidence: float = 0.9,
) -> DeckTrack:
    beats = [0.5 * beat for beat in range(64)]
    analysis = TrackAnalysis(
        version=1,
        duration_s=32.0,
        rhythm=Rhythm(
            tempo_bpm=bpm,
            steady=True,
            confidence=confidence,
            beats_s=beats,
            beats_per_bar=4,
            downbeats=list(range(0, 64, 4)),
            downbeat_confidence=1.0,
        ),
        harmony=Harmony(key="A minor", confidence=0.8),
        energy=[intro] * 4 + [0.8] * 8 + [outro] * 4,
        sections=[
            Section(start_s=0.0, end_s=8.0, label="intro", energy=intro),
            Section(start_s=24.0, end_s=32.0, label="outro", energy=outro),
        ],
        vocals=[],
        loudness_lufs=-10.0,
        music_start_s=0.0,
        music_end_s=32.0,
        cue_ins=[],
        cue_outs=[],
    )
    loudness = LoudnessProfile(np.full(320, mean_square), np.ones(3200, np.float32))
    return DeckTrack(name, name, name, "Someone", 32 * 44100, loudness, analysis)


def test_louder_and_faster_tracks_have_more_energy() -> None:
    quiet, middle, loud = order_tracks_of(
        [
            deck("quiet", bpm=90.0, mean_square=0.01),
            deck("middle", bpm=120.0, mean_square=0.02),
            deck("loud", bpm=174.0, mean_square=0.05),
        ]
    )
    assert (quiet.energy, loud.energy) == (0.0, 1.0)
    assert 0.2 < middle.energy < 0.8
    assert loud == OrderTrack("loud", "Someone", 174.0, Camelot(8, True), 1.0)


@pytest.mark.parametrize("part", ["intro", "outro"])
def test_quiet_intro_or_outro_does_not_lower_energy(part: str) -> None:
    one, other = order_tracks_of(
        [
            deck("a", bpm=124.0, mean_square=0.02, **{part: 0.7}),
            deck("b", bpm=124.0, mean_square=0.02, **{part: 0.0}),
        ]
    )
    assert one.energy == other.energy == 0.5


def test_nearly_equal_tracks_have_nearly_equal_energy() -> None:
    tracks = [deck("a", bpm=124.0, mean_square=0.0200), deck("b", bpm=124.0, mean_square=0.0202)]
    one, other = order_tracks_of(tracks)  # 0.04 LU apart
    assert abs(one.energy - other.energy) < 0.02


def test_unknown_values_count_as_average() -> None:
    known = deck("a", bpm=124.0, mean_square=0.02)
    unanalysed = replace(known, track_id="b", analysis=None)
    vague = replace(deck("c", bpm=200.0, mean_square=0.02, confidence=0.1))
    found = order_tracks_of([known, unanalysed, vague])
    assert [t.tempo_bpm for t in found] == [124.0, None, None]
    assert [t.key for t in found] == [Camelot(8, True), None, Camelot(8, True)]
    assert [t.energy for t in found] == [0.5, 0.5, 0.5]
    assert order_tracks_of([]) == []


def test_three_lu_weigh_as_much_as_half_an_octave_of_tempo() -> None:
    level = 0.02
    louder, faster, plain = order_tracks_of(
        [
            deck("louder", bpm=100.0, mean_square=level * 10**0.3),
            deck("faster", bpm=100.0 * 2**0.25, mean_square=level),
            deck("plain", bpm=100.0, mean_square=level),
        ]
    )
    assert louder.energy - plain.energy == pytest.approx(1.0, abs=0.01)
    assert faster.energy - plain.energy == pytest.approx(0.5, abs=0.01)


def test_fuller_track_has_more_energy() -> None:
    full = deck("full", bpm=100.0, mean_square=0.02)
    assert full.analysis is not None
    thin = replace(full, analysis=full.analysis.model_copy(update={"energy": [0.65] * 16}))
    full_track, thin_track = order_tracks_of([full, thin])
    assert full_track.energy - thin_track.energy == pytest.approx(0.5, abs=0.01)


def test_silence_counts_as_minus_70_lufs() -> None:
    powers = (0.0, 0.0002, 0.02)  # two of them at -37.7 and -17.7 LUFS
    found = order_tracks_of([deck(f"{power}", bpm=124.0, mean_square=power) for power in powers])
    assert [one.energy for one in found] == pytest.approx([0.0, 32.3 / 52.3, 1.0], abs=0.001)
