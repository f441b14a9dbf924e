"""Tracks with hand-made analyses, for a language model to join."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from backend.app.analysis.levels.loudness import LoudnessProfile
from backend.app.contract.analysis import Cue, Harmony, Rhythm, Section, Stretch, TrackAnalysis
from backend.app.dj.deck import DeckTrack
from backend.app.dj.pair import Pair
from backend.app.dsp.samples import samples

DURATION_S = 200.0
FIRST_BEAT_S = 0.25
TEMPO_BPM = 120.0  # a bar lasts 2 s, downbeats lie at 0.25 s, 2.25 s ...


def track_analysis(tempo_bpm: float = TEMPO_BPM, key: str | None = "A minor") -> TrackAnalysis:
    """A steady track in 4/4 with vocals from 40 s to 150 s, and cues on its phrases."""
    beats = np.arange(FIRST_BEAT_S, DURATION_S, 60.0 / tempo_bpm)
    bars = beats[::4]
    cues = [
        Cue(at_s=float(at), score=0.9, on_phrase=True, reason="a phrase begins") for at in bars[::8]
    ]
    return TrackAnalysis(
        version=1,
        duration_s=DURATION_S,
        rhythm=Rhythm(
            tempo_bpm=tempo_bpm,
            steady=True,
            confidence=0.9,
            beats_s=beats.tolist(),
            beats_per_bar=4,
            downbeats=list(range(0, len(beats), 4)),
            downbeat_confidence=0.9,
        ),
        harmony=Harmony(key=key, confidence=0.8),
        energy=np.linspace(0.2, 1.0, len(bars)).tolist(),
        sections=[Section(start_s=0.25, end_s=DURATION_S, label="full", energy=1.0)],
        vocals=[Stretch(start_s=40.0, end_s=150.0)],
        loudness_lufs=-10.0,
        music_start_s=0.1,
        music_end_s=DURATION_S - 1.0,
        cue_ins=cues[:4],
        cue_outs=cues[-4:],
    )


def track(name: str, analysis: TrackAnalysis | None = None, title: str = "") -> DeckTrack:
    """A track without sound."""
    profile = LoudnessProfile(np.full(2000, 0.01), np.full(20000, np.float32(0.1)))
    title = title or f"Title of {name}"
    return DeckTrack(
        name, f"hash of {name}", title, "Somebody", samples(DURATION_S), profile, analysis
    )


def in_a_row(*tracks: DeckTrack) -> list[Pair]:
    """Pairs of adjacent tracks."""
    return [Pair(first, second) for first, second in pairwise(tracks)]


def a_set(count: int = 3) -> list[Pair]:
    """The joins of ``count`` tracks with a beat and a key."""
    return in_a_row(*(track(f"track-{n}", track_analysis()) for n in range(count)))
