"""Grooves of composed songs: swing, accents, the kick's pitch."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from backend.app.analysis.groove.find_grooves import find_grooves
from backend.app.analysis.mid_side import analysis_blocks
from backend.app.analysis.rhythm.onsets import SpectraAnalyser
from backend.app.contract.analysis import Groove, Rhythm, Section
from backend.app.dsp.samples import Samples
from composer.compose import compose_song
from composer.song import Absence, SongSpec, StyleName
from tests.analysis.analysed_songs import click_rhythm, rhythm_of
from tests.sounds import SR, clicks

DRUMS = ("kick", "snare", "clap", "hat", "open", "ride", "crash")


def groove_between(sound: Samples, rhythm: Rhythm, start_s: float, end_s: float) -> Groove | None:
    """The groove of a part of a sound."""
    analyser = SpectraAnalyser()
    for block in analysis_blocks([sound]):
        analyser.push(block.mid)
    part = Section(start_s=start_s, end_s=end_s, label="full", energy=1.0)
    return next(iter(find_grooves(analyser.finish(), rhythm, [part])), None)


@lru_cache(maxsize=16)
def groove_of(spec: SongSpec) -> Groove | None:
    """The groove of a composed song's fullest part, found with its true beats."""
    song = compose_song(spec)
    full = max(song.sections, key=lambda part: part.energy * part.bars)
    return groove_between(song.samples, rhythm_of(song), full.start_s, full.end_s)


def groove(style: StyleName, **properties: float) -> Groove:
    found = groove_of(SongSpec(style=style, tempo_bpm=120.0, seed=3, bars=16, **properties))
    assert found is not None
    return found


@pytest.mark.parametrize("swing", [0.0, 0.2, 0.35, 0.6])
def test_swung_sixteenths_are_measured_where_they_are_played(swing: float) -> None:
    sixteenths = groove("hiphop", swing=swing).sixteenths
    assert sixteenths is not None
    # 0.03 of an eighth is 7 ms at 120 BPM, less than a frame of the onsets.
    assert sixteenths.at == pytest.approx(0.5 + swing / 2, abs=0.03)


@pytest.mark.parametrize("shuffle", [0.0, 0.8, 1.0])
def test_shuffled_eighths_lie_near_the_triplet(shuffle: float) -> None:
    eighths = groove("pop", shuffle=shuffle).eighths
    assert eighths is not None
    # 0.02 of a beat is 10 ms at 120 BPM: a frame.
    assert eighths.at == pytest.approx(0.5 + shuffle / 6, abs=0.02)


def test_accents_lie_where_the_drums_play() -> None:
    found = groove("pop")
    assert [slot for slot, accent in enumerate(found.mid) if accent > 0.7] == [6, 18]  # the snare
    low, kick = np.array(found.low), [0, 12]  # on one and three
    assert (low[kick] > 0.7).all()
    assert found.confidence > 0.9


def test_sixteenth_counts_for_the_two_slots_round_it() -> None:
    low = groove("twostep", swing=0.0).low  # a kick on the third sixteenth of beat three
    assert low[15] > 0.9
    low = groove("dembow").mid  # snares three sixteenths after the beat
    assert min(low[4], low[5]) > 0.3
    assert max(low[2], low[7]) < 0.1


@pytest.mark.parametrize("kick_hz", [50.0, 60.0, 75.0])
def test_pitch_of_the_kick_is_measured(kick_hz: float) -> None:
    sound = clicks(16.0, 0.5)
    t = np.arange(round(0.3 * SR)) / SR
    falling = 2 * np.pi * (kick_hz * t + 110 * 0.03 * (1 - np.exp(-t / 0.03)))
    kick = 0.5 * np.sin(falling) * np.exp(-t / 0.11)
    for start in range(0, sound.shape[1] - len(kick), SR // 2):
        sound[:, start : start + len(kick)] += kick.astype(np.float32)
    found = groove_between(sound, click_rhythm(33), 0.0, 16.0)
    assert found is not None
    # 3 Hz: the window's bins are 5.4 Hz apart.
    assert found.kick_hz == pytest.approx(kick_hz, abs=3.0)


def test_song_without_drums_has_no_groove() -> None:
    absences = tuple(Absence(drum) for drum in DRUMS)
    without = SongSpec(style="house", tempo_bpm=120.0, seed=3, bars=16, absences=absences)
    assert groove_of(without) is None
    assert groove_of(SongSpec(style="chamber", seed=3, bars=16)) is None


def test_half_time_sixteenths_are_no_shuffle() -> None:
    """Where half the tempo was found, sixteenths lie at 0.625 and at 0.75 of the beat."""
    spec = SongSpec(style="halftime", tempo_bpm=140.0, seed=3, bars=16)
    song = compose_song(spec)
    halved = rhythm_of(song)
    every_other = halved.beats_s[::2]
    halved = halved.model_copy(
        update={
            "tempo_bpm": 70.0,
            "beats_s": every_other,
            "downbeats": list(range(0, len(every_other) - 1, 4)),
        }
    )
    found = groove_between(song.samples, halved, 0.0, song.duration_s)
    assert found is not None
    assert found.eighths is None or abs(found.eighths.at - 0.5) < 0.05
