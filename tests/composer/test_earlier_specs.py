"""Specs of earlier versions still give the same songs, on which stored figures rest."""

from __future__ import annotations

import numpy as np
import pytest

from composer.compose import compose_song
from composer.song import Realism, Song, SongSpec, StyleName, TempoChange

REALISM = Realism(
    tuning_cents=12.0,
    room=0.2,
    hiss_db=-50.0,
    drums_db=-3.0,
    kit_octaves=0.6,
    dynamics=0.18,
    variation=0.3,
    restless=True,
    pickup=True,
)
# Of version 0.2.0: number of beats, sum of their times, and the sound weighted by two sines.
EARLIER: dict[StyleName, tuple[float, ...]] = {
    "ballad": (13, 72.760884, 49549.9283, 51617.6022),
    "dnb": (25, 131.227007, 48454.5261, 51083.6748),
    "hiphop": (17, 103.275601, 32560.7110, 31605.2542),
    "house": (21, 115.330295, 30844.2203, 31524.1328),
    "pop": (21, 118.010703, 61630.2898, 56199.8046),
    "techno": (25, 152.023787, 65381.0185, 67580.6118),
    "waltz": (22, 120.630454, 25900.5566, 24941.8506),
}


def earlier(style: StyleName) -> SongSpec:
    """A spec that uses every option of earlier versions."""
    return SongSpec(
        style=style,
        seed=11,
        duration_s=14.0,
        timing="human",
        drift=0.02,
        tempo_change=TempoChange(3, 110.0),
        lead_in_s=0.4,
        swing=0.3,
        realism=REALISM,
    )


def summary(song: Song) -> tuple[float, ...]:
    """Figures that change with any note: its time, its pitch or its level."""
    n = np.arange(song.samples.shape[1])
    sides = song.samples.astype(np.float64)
    waves = np.sin(2.0 * np.pi * n * 0.00311), np.sin(2.0 * np.pi * n * 0.0517)
    sums = [float(np.sum(np.abs(sides[0] * waves[0]))), float(np.sum(np.abs(sides[1] * waves[1])))]
    return (len(song.beats), float(song.beats.sum()), *sums)


@pytest.mark.parametrize("style", sorted(EARLIER))
def test_earlier_spec_gives_the_same_song(style: StyleName) -> None:
    # 1e-6: what another processor's arithmetic may change; a missing hat changes 1e-4.
    assert summary(compose_song(earlier(style))) == pytest.approx(EARLIER[style], rel=1e-6)
