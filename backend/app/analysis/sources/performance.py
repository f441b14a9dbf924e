"""Analyse how a sound is played: onsets, power, pitch, chord tones, brightness."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from ...dsp.granular.performance import POWER_HOP, Matrix, Performance
from ...dsp.granular.score import Parts
from ...dsp.samples import SAMPLE_RATE, Samples
from ..harmony.chord_tones import CHORD_PROMINENCE, DEFAULT_PROMINENCE, ChordAnalyser
from ..harmony.pitch_track import PitchTracker
from ..metered_blocks import MeteredBlocks
from ..mid_side import analysis_blocks
from ..result_files import load_arrays, save_arrays
from ..rhythm.onset_picking import StereoSpectraAnalyser, find_onsets
from ..rhythm.onsets import BAND_EDGES_HZ

# raised whenever the analysis of the same sound changes; old results are then recomputed
VERSION = 4

_BAND_CENTRES_OCTAVES = np.log2(np.sqrt(BAND_EDGES_HZ[1:] * BAND_EDGES_HZ[:-1])).astype(np.float32)


def analyse_performance(
    blocks: Iterable[Samples], parts: Parts | None = None, *, channels_cancel: bool = False
) -> Performance:
    """Analyse a stream of blocks, float32 ``(2, n)``.

    ``parts`` says what the sound consists of, if known: drums get no pitch, a voice no chords.
    ``channels_cancel`` as in :mod:`...dsp.channels`.
    """
    spectra, voice, powers = StereoSpectraAnalyser(), PitchTracker(), _PowerMeter()
    source = MeteredBlocks(blocks, powers.push)
    chords = ChordAnalyser(CHORD_PROMINENCE if parts == "chords" else DEFAULT_PROMINENCE)
    for block in analysis_blocks(source, reverse_right=channels_cancel):
        spectra.push(block)
        if parts in (None, "voice"):
            voice.push(block.mid)
        if parts in (None, "chords"):
            chords.push(block.mid)
    measured = spectra.finish()
    hz = voice.finish().hz
    return Performance(
        n_samples=source.n_samples,
        onsets=np.rint(find_onsets(measured) * SAMPLE_RATE).astype(np.int64),
        power=powers.finish(),
        pitch=np.asarray(1200.0 * np.log2(hz), np.float32),
        tones=chords.finish(),
        brightness=_brightness(measured.bands),
    )


def save_performance(performance: Performance, path: Path) -> None:
    """Write a performance's analysis to disk, atomically."""
    save_arrays(path, **asdict(performance))


def load_performance(path: Path) -> Performance | None:
    """Read what :func:`save_performance` wrote; None if the file is missing or damaged."""
    names = [field.name for field in fields(Performance)][1:]
    return load_arrays(
        path, lambda arrays: Performance(int(arrays["n_samples"]), *(arrays[n] for n in names))
    )


class _PowerMeter:
    """Measures the mean square of every ``POWER_HOP`` samples of a stream."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._powers = [self._rest]

    def push(self, block: Samples) -> None:
        squares = np.concatenate([self._rest, np.square(block).mean(axis=0)])
        whole = len(squares) // POWER_HOP * POWER_HOP
        self._powers.append(squares[:whole].reshape(-1, POWER_HOP).mean(axis=1))
        self._rest = squares[whole:]

    def finish(self) -> Matrix:
        last = [self._rest.mean(keepdims=True)] if len(self._rest) else []
        return np.concatenate([*self._powers, *last])


def _brightness(bands: Matrix) -> Matrix:
    """Compute each frame's spectral centroid in octaves over 1 Hz; NaN for silence."""
    total = bands.sum(axis=1)
    middle = bands @ _BAND_CENTRES_OCTAVES / np.maximum(total, 1e-9)
    return np.asarray(np.where(total > 1e-6, middle, np.nan), np.float32)
