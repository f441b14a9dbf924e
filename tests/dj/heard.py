"""Composed songs as the DJ sees them, with the truth in the place of what would be heard."""

from __future__ import annotations

import numpy as np

from backend.app.analysis.loudness import LoudnessProfile, measure_loudness
from backend.app.contract.analysis import Cue, Harmony, Rhythm, Section, Stretch, TrackAnalysis
from backend.app.dj.deck import DeckTrack
from backend.app.dsp.samples import SAMPLE_RATE
from composer.song import Song


def deck_of(song: Song, *, content: str | None = None) -> DeckTrack:
    """A composed song with its own truth."""
    profile = measure_loudness([song.samples])
    name = content or song.title
    return DeckTrack(
        name, name, song.title, song.artist, song.samples.shape[1], profile, _truth(song, profile)
    )


def _truth(song: Song, profile: LoudnessProfile) -> TrackAnalysis:
    beats, downbeats = song.beats[:-1], song.downbeats[:-1]
    indices = [int(np.abs(beats - at).argmin()) for at in downbeats]
    phrases = [int(np.abs(downbeats - at).argmin()) for at in song.phrases]
    return TrackAnalysis(
        version=1,
        duration_s=song.duration_s,
        rhythm=Rhythm(
            tempo_bpm=song.tempo_bpm,
            steady=True,
            confidence=1.0,
            beats_s=[float(at) for at in beats],
            beats_per_bar=song.beats_per_bar,
            downbeats=indices,
            downbeat_confidence=1.0,
            phrase_start=phrases[0],
        ),
        harmony=Harmony(key=song.key, confidence=1.0),
        energy=[],
        sections=[
            Section(start_s=s.start_s, end_s=s.end_s, label="medium", energy=s.energy)
            for s in song.sections
        ],
        vocals=_vocals(song),
        loudness_lufs=profile.integrated_lufs,
        music_start_s=float(beats[0]),
        music_end_s=song.duration_s,
        cue_ins=[_cue(song.sections[0].start_s)],
        cue_outs=[_cue(s.start_s) for s in song.sections[-3:-1]],
    )


def _cue(at_s: float) -> Cue:
    return Cue(at_s=at_s, score=0.9, on_phrase=True, reason="a section")


def _vocals(song: Song) -> list[Stretch]:
    """Half-second blocks in which the voice is louder than a whisper, joined."""
    block = SAMPLE_RATE // 2
    voice = song.stems["vocals"]
    n = voice.shape[1] // block
    loud = np.sqrt((voice[:, : n * block].reshape(2, n, block) ** 2).mean(axis=(0, 2))) > 0.003
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    return [
        Stretch(start_s=start / 2, end_s=end / 2)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
