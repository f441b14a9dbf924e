"""Composed songs as the ears of the analysis hear them, and the truth about them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from backend.app.analysis.mono import ear_blocks
from backend.app.analysis.tones import ToneEar, Tones
from backend.app.contract.analysis import Rhythm
from backend.app.dsp.samples import Samples
from composer.compose import compose_song
from composer.song import Song, SongSpec, StyleName


@lru_cache(maxsize=12)
def song(
    style: StyleName = "house", seed: int = 1, key: str | None = None, duration_s: float = 24.0
) -> Song:
    return compose_song(SongSpec(style=style, seed=seed, key=key, duration_s=duration_s))


def tones_of(sound: Samples, block: int = 1 << 17) -> Tones:
    ear = ToneEar()
    for heard in ear_blocks(sound[:, i : i + block] for i in range(0, sound.shape[1], block)):
        ear.push(heard)
    return ear.finish()


def rhythm_of(song: Song) -> Rhythm:
    """The truth, as the rhythm's ear would give it."""
    last = len(song.beats) - 1  # the closing hit begins no bar
    return Rhythm(
        tempo_bpm=song.tempo_bpm,
        steady=True,
        confidence=1.0,
        beats_s=song.beats.tolist(),
        beats_per_bar=song.beats_per_bar,
        downbeats=list(range(0, last, song.beats_per_bar)),
        downbeat_confidence=1.0,
    )


def click_rhythm(n_beats: int, tempo_bpm: float = 120.0, first_s: float = 0.0) -> Rhythm:
    """A steady grid of four to the bar."""
    return Rhythm(
        tempo_bpm=tempo_bpm,
        steady=True,
        confidence=1.0,
        beats_s=(first_s + np.arange(n_beats) * 60.0 / tempo_bpm).tolist(),
        beats_per_bar=4,
        downbeats=list(range(0, n_beats - 1, 4)),
        downbeat_confidence=1.0,
    )
