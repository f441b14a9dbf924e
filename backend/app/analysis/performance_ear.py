"""Hears what is played in a sound of any length, and keeps it on disk."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..dsp.performance import POWER_HOP, Matrix, Performance
from ..dsp.samples import SAMPLE_RATE, Samples
from ..dsp.score import Parts
from ..store.aside import made_aside
from .chord_tones import IN_ANYTHING, IN_CHORDS, ChordEar
from .mono import ear_blocks
from .onset_picks import StrikeEar, find_onsets
from .onsets import BAND_EDGES_HZ
from .pitch_track import YinEar

VERSION = 2
"""Raised whenever the same sound would be heard otherwise: what was kept is no good then."""

_MIDDLES = np.log2(np.sqrt(BAND_EDGES_HZ[1:] * BAND_EDGES_HZ[:-1])).astype(np.float32)


def hear_performance(blocks: Iterable[Samples], parts: Parts | None = None) -> Performance:
    """Listen to a stream of blocks, float32 ``(2, n)``.

    ``parts`` says what it consists of, where that is known: nobody listens for pitches in drums,
    nor for chords in a voice.
    """
    strikes, voice, powers = StrikeEar(), YinEar(), _Powers()
    chords = ChordEar(IN_CHORDS if parts == "chords" else IN_ANYTHING)
    for block in ear_blocks(powers.passing(blocks)):
        strikes.push(block)
        if parts in (None, "voice"):
            voice.push(block.mid)
        if parts in (None, "chords"):
            chords.push(block.mid)
    heard = strikes.finish()
    hz = voice.finish().hz
    return Performance(
        n_samples=powers.n_samples,
        onsets=np.rint(find_onsets(heard) * SAMPLE_RATE).astype(np.int64),
        power=powers.finish(),
        pitch=np.asarray(1200.0 * np.log2(hz), np.float32),
        tones=chords.finish(),
        brightness=_brightness(heard.bands),
    )


def save_performance(performance: Performance, path: Path) -> None:
    """Keep a performance, written aside and renamed into place."""
    with made_aside(path) as part, part.open("wb") as file:
        np.savez(
            file,
            n_samples=performance.n_samples,
            onsets=performance.onsets,
            power=performance.power,
            pitch=performance.pitch,
            tones=performance.tones,
            brightness=performance.brightness,
        )


def load_performance(path: Path) -> Performance | None:
    """Read what :func:`save_performance` wrote; None where it is not there, or not whole."""
    try:
        with path.open("rb") as file, np.load(file) as kept:
            return Performance(
                n_samples=int(kept["n_samples"]),
                onsets=kept["onsets"],
                power=kept["power"],
                pitch=kept["pitch"],
                tones=kept["tones"],
                brightness=kept["brightness"],
            )
    except (FileNotFoundError, zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError):
        return None


class _Powers:
    """Mean squares of a stream that passes."""

    def __init__(self) -> None:
        self.n_samples = 0
        self._rest = np.zeros(0, np.float32)
        self._kept: list[Matrix] = []

    def passing(self, blocks: Iterable[Samples]) -> Iterable[Samples]:
        for block in blocks:
            self.n_samples += block.shape[1]
            squares = np.concatenate([self._rest, np.square(block).mean(axis=0)])
            whole = len(squares) // POWER_HOP * POWER_HOP
            self._kept.append(squares[:whole].reshape(-1, POWER_HOP).mean(axis=1))
            self._rest = squares[whole:]
            yield block

    def finish(self) -> Matrix:
        last = [self._rest.mean(keepdims=True)] if len(self._rest) else []
        return np.concatenate([np.zeros(0, np.float32), *self._kept, *last])


def _brightness(bands: Matrix) -> Matrix:
    """The middle of each frame's spectrum, in octaves."""
    total = bands.sum(axis=1)
    middle = bands @ _MIDDLES / np.maximum(total, 1e-9)
    return np.asarray(np.where(total > 1e-6, middle, np.nan), np.float32)
