"""Scores by time: tempi that change, and keys that modulate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.mir.contestants import Detected
from bench.mir.corpus import MirSong
from bench.mir.scores import score
from bench.mir.stretches import key_time, local_tempo, tempo_time

# 40 beats at 93 BPM, then 80 at 120: 25.8 and 40 s.
CHANGE_S = 1.0 + 40 * 60.0 / 93.0
BEATS = np.concatenate((1.0 + np.arange(40) * 60.0 / 93.0, CHANGE_S + np.arange(81) * 0.5))
END_S = float(BEATS[-1])
TEMPOS = ((1.0, CHANGE_S, 93.0), (CHANGE_S, END_S, 120.0))
KEYS = ((0.0, CHANGE_S, "A minor"), (CHANGE_S, END_S + 3.0, "C minor"))
SLOW = (CHANGE_S - 1.0) / (END_S - 1.0)


def song() -> MirSong:
    beats = tuple(BEATS.tolist())
    return MirSong("a", Path("a.ogg"), "given", "twotempi", "C minor", 4, beats, beats[::4], KEYS)


def detected(**found: object) -> Detected:
    return replace(Detected((), (), None, None), **found)


def test_local_tempo_does_not_mix_two_stretches() -> None:
    tempo = local_tempo(BEATS)
    assert tempo[:40] == pytest.approx(np.full(40, 93.0))
    assert tempo[40:] == pytest.approx(np.full(80, 120.0))


@pytest.mark.parametrize(
    ("tempo_bpm", "share"),
    [(93.0, SLOW), (120.0, 1.0 - SLOW), (121.1, 1.0 - SLOW), (121.3, 0.0), (60.0, 0.0)],
)
def test_single_tempo_is_right_for_a_part_of_the_song(tempo_bpm: float, share: float) -> None:
    assert tempo_time(song(), detected(tempo_bpm=tempo_bpm)) == pytest.approx(share)


def test_mean_of_two_tempi_is_never_right() -> None:
    mean_bpm = song().tempo_bpm()
    assert 93.0 < mean_bpm < 120.0
    assert tempo_time(song(), detected(tempo_bpm=mean_bpm)) == 0.0


def test_list_of_tempi_is_right_throughout() -> None:
    assert tempo_time(song(), detected(tempos=TEMPOS)) == 1.0
    # Seconds that no stretch covers count as wrong.
    assert tempo_time(song(), detected(tempos=TEMPOS[1:])) == pytest.approx(1.0 - SLOW)


def test_drifting_song_is_judged_by_its_local_tempo() -> None:
    periods = 0.5 * (1.0 + 0.03 * np.sin(np.arange(400) * 2.0 * np.pi / 400.0))
    beats = tuple(np.concatenate(([0.0], np.cumsum(periods))).tolist())
    drifting = replace(song(), beats_s=beats)
    # Within 1 % of the middle where the sine is below a third: 22 % of the time.
    assert 0.15 < tempo_time(drifting, detected(tempo_bpm=120.0)) < 0.3


@pytest.mark.parametrize(
    ("key", "share"), [("A minor", SLOW), ("C minor", 1.0 - SLOW), ("Eb major", 0.0), (None, 0.0)]
)
def test_single_key_is_right_for_its_stretch(key: str | None, share: float) -> None:
    assert key_time(song(), detected(key=key)) == pytest.approx(share)


def test_stated_modulation_is_right_throughout() -> None:
    assert key_time(song(), detected(keys=KEYS)) == pytest.approx(1.0)
    late = ((0.0, CHANGE_S + 10.0, "A minor"), (CHANGE_S + 10.0, END_S, "C minor"))
    early = ((0.0, CHANGE_S - 10.0, "A minor"), (CHANGE_S - 10.0, END_S, "C minor"))
    wrong = 10.0 / (END_S - 1.0)
    for keys in (late, early):
        assert key_time(song(), detected(keys=keys)) == pytest.approx(1.0 - wrong)


def test_scores_hold_both_shares() -> None:
    found = detected(beats_s=tuple(BEATS.tolist()), tempos=TEMPOS, keys=KEYS)
    scores = score(song(), found, names_keys=True)
    assert (scores.tempo_time, scores.key_time) == (1.0, pytest.approx(1.0))
    assert score(song(), found, names_keys=False).key_time is None
