"""Composed songs, their measured features, and their true rhythm."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from backend.app.analysis.framing import MidSideAnalyser
from backend.app.analysis.harmony.pitches import PitchSpectra, PitchSpectrumAnalyser
from backend.app.analysis.mid_side import analysis_blocks
from backend.app.analysis.stereo_centre import Centre, CentreAnalyser
from backend.app.contract.analysis import Rhythm
from backend.app.dsp.samples import Samples
from composer.compose import compose_song
from composer.song import Song, SongSpec, StyleName


@lru_cache(maxsize=12)
def song(
    style: StyleName = "house", seed: int = 1, key: str | None = None, duration_s: float = 24.0
) -> Song:
    return compose_song(SongSpec(style=style, seed=seed, key=key, duration_s=duration_s))


def pitches_of(sound: Samples, block: int = 1 << 17) -> PitchSpectra:
    analyser = PitchSpectrumAnalyser()
    push_all(analyser, sound, block)
    return analyser.finish()


def centre_of(sound: Samples, block: int = 1 << 17) -> Centre:
    analyser = CentreAnalyser()
    push_all(analyser, sound, block)
    return analyser.finish()


def push_all(analyser: MidSideAnalyser, sound: Samples, block: int) -> None:
    for part in analysis_blocks(sound[:, i : i + block] for i in range(0, sound.shape[1], block)):
        analyser.push(part)


def rhythm_of(song: Song) -> Rhythm:
    """Return the true rhythm of a song."""
    last = len(song.beats) - 1  # no bar begins with the closing hit
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
