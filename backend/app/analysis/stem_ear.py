"""What is measured on a stem: how loud, where it sounds, which pitches, which part of the spectrum.

Whole tracks are heard by ``analysis.track``. A stem keeps the track's beats, so all that is left to
hear is what this player does; it is kept with a resolution fine enough to tell words apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError
from scipy import fft

from ..contract.analysis import Harmony
from ..contract.base import Shape
from ..contract.stems import StemName
from ..dsp.loudness import ABSOLUTE_GATE_LUFS, LoudnessMeter, integrated_lufs
from ..dsp.samples import Samples, seconds
from ..store.aside import made_aside
from .centre import BAND_EDGES_HZ
from .framing import Framer
from .key import key_of_pitches, pitch_classes, tuning_of
from .mono import EAR_RATE, EarBlock, ear_blocks
from .pitches import PITCH_RATE, Matrix, PitchEar

VERSION = 1
"""Of these facts: what an older ear heard is heard anew."""

WINDOW = 1024  # 46 ms: the rest between two words is longer
HOP = 441
LEVEL_RATE = EAR_RATE / HOP
"""50 levels a second."""
BANDS_HZ = BAND_EDGES_HZ
"""Edges of the bands of :attr:`StemFacts.bands`."""
VOICE_FROM_HZ = 150.0
"""What of a separated voice lies lower is the kick and the bass shining through."""

SILENT_LUFS = -60.0
"""A stem this quiet is what separating left behind, and nobody playing."""

QUIETEST_DB = -120
CHROMA_MOMENTS = 2
CHROMA_RATE = PITCH_RATE / CHROMA_MOMENTS
"""2.7 a second: less than a beat of most music, and so less than a chord."""

Floats = npt.NDArray[np.float64]


class StemFacts(Shape):
    """What was heard in a stem; times are those of its track.

    Attributes
    ----------
    levels_db : RMS over 46 ms in whole dB of full scale, ``LEVEL_RATE`` a second; of a voice, of
        what lies above ``VOICE_FROM_HZ``
    bands : the share of the power in each band of ``BANDS_HZ``
    centroid_hz : the mean of the spectrum, weighted with its magnitude
    harmony : the key that its chords speak for
    chroma : how strongly each pitch class from C up sounds, 0 to 99, ``CHROMA_RATE`` a second
    """

    version: int
    duration_s: float
    loudness_lufs: float
    silent: bool
    levels_db: list[int]
    bands: list[float]
    centroid_hz: float
    harmony: Harmony
    chroma: list[list[int]]


def hear_stem(
    stem: StemName,
    blocks: Iterable[Samples],
    progress: Callable[[float], None] | None = None,
) -> StemFacts:
    """Listen to a stem once, from its first block to its last.

    Parameters
    ----------
    stem : which one it is
    blocks : the stem in order, float32 ``(2, n)`` at 44.1 kHz, ``n`` at will
    progress : called after each block with the seconds heard so far; may raise, to stop
    """
    source = _Source(blocks, progress)
    spectra, pitches = _SpectrumEar(VOICE_FROM_HZ if stem == "vocals" else 0.0), PitchEar()
    for heard in ear_blocks(source):
        spectra.push(heard)
        pitches.push(heard)
    loudness_lufs = source.loudness_lufs()
    bass, treble = pitches.finish()
    levels_db, bands, centroid_hz = spectra.finish()
    silent = loudness_lufs < SILENT_LUFS
    return StemFacts(
        version=VERSION,
        duration_s=source.duration_s,
        loudness_lufs=round(loudness_lufs, 2),
        silent=silent,
        levels_db=levels_db,
        bands=bands,
        centroid_hz=centroid_hz,
        harmony=Harmony(key=None, confidence=0.0) if silent else key_of_pitches(bass, treble),
        chroma=_chroma(bass, treble),
    )


def save_facts(facts: StemFacts, path: Path) -> None:
    """Keep facts as JSON, written aside and renamed into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with made_aside(path) as part:
        part.write_text(facts.model_dump_json(), encoding="utf-8")


def load_facts(path: Path) -> StemFacts | None:
    """Read what :func:`save_facts` wrote; None where it is not there, not whole, or of another ear.

    A power cut may leave a file of the right name with a part of its bytes, or with zeros.
    """
    try:
        facts = StemFacts.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return facts if facts.version == VERSION else None


class _Source:
    """The blocks on their way to the ears, counted and measured."""

    def __init__(self, blocks: Iterable[Samples], progress: Callable[[float], None] | None) -> None:
        self._blocks, self._progress = blocks, progress
        self._meter, self._n_samples = LoudnessMeter(), 0

    def __iter__(self) -> Iterator[Samples]:
        for block in self._blocks:
            self._meter.push(block)
            yield block
            self._n_samples += block.shape[1]
            if self._progress is not None:
                self._progress(self.duration_s)

    @property
    def duration_s(self) -> float:
        """How much has come by."""
        return seconds(self._n_samples)

    def loudness_lufs(self) -> float:
        """The loudness of all that has come by; that of the gate where nothing passes it."""
        lufs = integrated_lufs(self._meter.energies)
        return lufs if math.isfinite(lufs) else ABSOLUTE_GATE_LUFS


class _SpectrumEar:
    """Levels, bands and centroid of a stream; keeps a number a frame."""

    def __init__(self, from_hz: float) -> None:
        self._mid, self._side = Framer(WINDOW, HOP), Framer(WINDOW, HOP)
        self._from = _bin(from_hz)
        self._levels: list[Floats] = []
        self._powers = np.zeros(WINDOW // 2 + 1)
        self._magnitudes = np.zeros(WINDOW // 2 + 1)

    def push(self, block: EarBlock) -> None:
        """Take the next block."""
        for mid, side in zip(self._mid.push(block.mid), self._side.push(block.side), strict=True):
            self._hear(mid, side)

    def finish(self) -> tuple[list[int], list[float], float]:
        """Levels in dB, the share of each band, the centroid in Hz."""
        for mid, side in zip(self._mid.finish(), self._side.finish(), strict=True):
            self._hear(mid, side)
        power = np.concatenate([np.zeros(0), *self._levels])
        levels_db = np.rint(10.0 * np.log10(np.maximum(power, 10.0 ** (QUIETEST_DB / 10.0))))
        edges = [_bin(hz) for hz in BANDS_HZ]
        bands = np.add.reduceat(self._powers[: edges[-1]], edges[:-1])
        shares = bands / max(float(bands.sum()), 1e-12)
        hz = np.arange(WINDOW // 2 + 1) * EAR_RATE / WINDOW
        centroid = float(hz @ self._magnitudes) / max(float(self._magnitudes.sum()), 1e-9)
        return levels_db.astype(int).tolist(), np.round(shares, 4).tolist(), round(centroid, 1)

    def _hear(self, mid: Matrix, side: Matrix) -> None:
        power = _powers(mid) + _powers(side)
        self._levels.append(power[:, self._from :].sum(axis=1))
        self._powers += power.sum(axis=0)
        self._magnitudes += np.sqrt(power).sum(axis=0)


def _powers(frames: Matrix) -> Floats:
    """One-sided power of each bin, ``(n, WINDOW / 2 + 1)``: their sum is the mean square."""
    window = np.hanning(WINDOW).astype(np.float32)
    spectrum = fft.rfft(frames * window, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.asarray(power * (2.0 / (WINDOW * float(np.square(window).sum()))), np.float64)


def _bin(hz: float) -> int:
    return round(hz * WINDOW / EAR_RATE)


def _chroma(bass: Matrix, treble: Matrix) -> list[list[int]]:
    """Pitch classes, ``CHROMA_RATE`` a second, relative to the stem's strongest moments."""
    pitches = bass + treble
    if not len(pitches) or not pitches.any():
        return []
    notes = pitch_classes(pitches, tuning_of(pitches))
    n = len(notes) // CHROMA_MOMENTS
    held = notes[: n * CHROMA_MOMENTS].reshape(n, CHROMA_MOMENTS, 12).mean(axis=1)
    top = float(np.percentile(held.max(axis=1), 95)) if n else 0.0
    if top <= 0.0:
        return []
    scaled = np.clip(np.rint(99.0 * held / top), 0, 99)
    return [[int(value) for value in row] for row in scaled]
