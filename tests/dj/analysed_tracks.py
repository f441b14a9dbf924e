"""Composed songs as deck tracks, with the known truth as their analysis."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from backend.app.analysis.levels.loudness import LoudnessProfile, measure_loudness
from backend.app.contract.analysis import Cue, Harmony, Rhythm, Section, Stretch, TrackAnalysis
from backend.app.dj.deck import DeckTrack
from backend.app.dsp.samples import SAMPLE_RATE
from composer.compose import compose_song
from composer.song import Song, SongSpec, StyleName

TimedT = TypeVar("TimedT", Section, Stretch, Cue)
FloatT = TypeVar("FloatT", np.float32, np.float64)


def deck_of(song: Song, *, content_hash: str | None = None) -> DeckTrack:
    """A composed song with its true analysis."""
    profile = measure_loudness([song.samples])
    name = content_hash or song.title
    return DeckTrack(
        name, name, song.title, song.artist, song.samples.shape[1], profile, _truth(song, profile)
    )


def composed_deck(
    style: StyleName, tempo_bpm: float, key: str, seed: int = 1, bars: int = 64
) -> DeckTrack:
    """A composed song with its true analysis, retimed to a tempo.

    Plans are computed from profiles and analyses, so one composed song serves for many tempos.
    """
    return _retimed(_reference_deck(style, seed, bars), tempo_bpm, key, f"{key} {style} {seed}")


@cache
def _reference_deck(style: StyleName, seed: int, bars: int) -> DeckTrack:
    return deck_of(compose_song(SongSpec(style=style, tempo_bpm=120.0, seed=seed, bars=bars)))


def _retimed(deck: DeckTrack, tempo_bpm: float, key: str, name: str) -> DeckTrack:
    """Scale a song's profile and all times of its analysis to another tempo."""
    known = deck.analysis
    assert known
    by = known.rhythm.tempo_bpm / tempo_bpm
    length = round(by * deck.length)
    beats_s = [by * at for at in known.rhythm.beats_s]
    analysis = known.model_copy(
        update={
            "duration_s": length / SAMPLE_RATE,
            "rhythm": known.rhythm.model_copy(update={"tempo_bpm": tempo_bpm, "beats_s": beats_s}),
            "harmony": known.harmony.model_copy(update={"key": key}),
            "sections": [_scaled(one, by) for one in known.sections],
            "vocals": [_scaled(one, by) for one in known.vocals],
            "music_start_s": by * known.music_start_s,
            "music_end_s": length / SAMPLE_RATE,
            "cue_ins": [_scaled(one, by) for one in known.cue_ins],
            "cue_outs": [_scaled(one, by) for one in known.cue_outs],
        }
    )
    profile = LoudnessProfile(_hops(deck.loudness.energies, by), _hops(deck.loudness.peaks, by))
    return DeckTrack(name, name, name, deck.artist, length, profile, analysis)


def _scaled(one: TimedT, by: float) -> TimedT:
    """Multiply the times in a part of an analysis."""
    times = {name: by * at for name, at in one if name.endswith("_s")}
    return one.model_copy(update=times)


def _hops(levels: npt.NDArray[FloatT], by: float) -> npt.NDArray[FloatT]:
    """Levels per hop of a song that is stretched by a factor."""
    return levels[(np.arange(round(by * len(levels))) / by).astype(int)]


def with_vocals(deck: DeckTrack, *parts: tuple[float, float]) -> DeckTrack:
    """Copy a track with vocals only in these parts."""
    assert deck.analysis is not None
    sung = [Stretch(start_s=a, end_s=b) for a, b in parts]
    return replace(deck, analysis=deck.analysis.model_copy(update={"vocals": sung}))


def singing_throughout(deck: DeckTrack) -> DeckTrack:
    """The track with vocals from its start to its end."""
    return with_vocals(deck, (0.0, deck.duration_s))


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
    """Join the half seconds in which the voice is louder than a whisper."""
    block = SAMPLE_RATE // 2
    voice = song.stems["vocals"]
    n = voice.shape[1] // block
    loud = np.sqrt((voice[:, : n * block].reshape(2, n, block) ** 2).mean(axis=(0, 2))) > 0.003
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    return [
        Stretch(start_s=start / 2, end_s=end / 2)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
