"""Measure a stem: loudness, levels over time, spectrum, key and pitch classes.

Beats and bars are those of the whole track (:mod:`..track`). Levels have a resolution fine enough
to separate sung words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from ...contract.analysis import Harmony
from ...contract.base import Shape
from ...contract.stems import StemName
from ...dsp.loudness import ABSOLUTE_GATE_LUFS, LoudnessMeter, integrated_lufs
from ...dsp.samples import Samples
from ..framing import Frames, MidSideAnalyser
from ..harmony.key import estimate_key_by_chords, estimate_tuning, pitch_classes
from ..harmony.pitches import PITCH_RATE, PitchSpectra, PitchSpectrumAnalyser
from ..metered_blocks import MeteredBlocks
from ..mid_side import ANALYSIS_RATE, analysis_blocks
from ..result_files import load_json
from ..spectral_peaks import Floats, bin_of, power_spectra
from ..stereo_centre import BAND_EDGES_HZ

VERSION = 1  # version of StemFacts; cached facts of other versions are measured again

WINDOW = 1024  # 46 ms, shorter than the rest between two words
HOP = 441
LEVEL_RATE = ANALYSIS_RATE / HOP  # 50 levels a second
BANDS_HZ = BAND_EDGES_HZ  # edges of StemFacts.bands
VOICE_FROM_HZ = 150.0  # below this a separated voice contains only bleed of kick and bass
SILENT_LUFS = -60.0  # a quieter stem is a residue of the separation: the instrument does not play

QUIETEST_DB = -120
CHROMA_MOMENTS = 2
CHROMA_RATE = PITCH_RATE / CHROMA_MOMENTS
"""2.7 a second: shorter than a beat of most music, and so shorter than a chord."""

# With this scale, the sum of a frame's spectral powers equals the frame's power.
_POWER_SCALE = 2.0 / (WINDOW * float(np.square(np.hanning(WINDOW).astype(np.float32)).sum()))


class StemFacts(Shape):
    """Measurements of a stem; times are seconds of the whole track.

    Attributes
    ----------
    levels_db : RMS over 46 ms in whole dBFS, ``LEVEL_RATE`` a second; vocals only above
        ``VOICE_FROM_HZ``
    bands : the share of the power in each band of ``BANDS_HZ``
    centroid_hz : the mean frequency, weighted with the magnitudes
    harmony : the key estimated from its chords
    chroma : strength of each pitch class from C up, 0 to 99, ``CHROMA_RATE`` a second
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


def analyse_stem(
    stem: StemName, blocks: Iterable[Samples], progress: Callable[[float], None] | None = None
) -> StemFacts:
    """Measure a stem in one pass over its blocks.

    Parameters
    ----------
    blocks : the stem in order, float32 ``(2, n)`` at 44.1 kHz, any ``n``
    progress : called after each block with the seconds measured so far; may raise, to stop
    """
    meter = LoudnessMeter()
    source = MeteredBlocks(blocks, meter.push, progress)
    spectrum_meter = _SpectrumMeter(VOICE_FROM_HZ if stem == "vocals" else 0.0)
    pitch_analyser = PitchSpectrumAnalyser()
    for block in analysis_blocks(source):
        spectrum_meter.push(block)
        pitch_analyser.push(block)
    lufs = integrated_lufs(meter.energies)
    loudness_lufs = lufs if math.isfinite(lufs) else ABSOLUTE_GATE_LUFS
    pitches = pitch_analyser.finish()
    levels_db, bands, centroid_hz = spectrum_meter.finish()
    silent = loudness_lufs < SILENT_LUFS
    return StemFacts(
        version=VERSION,
        duration_s=source.duration_s,
        loudness_lufs=round(loudness_lufs, 2),
        silent=silent,
        levels_db=levels_db,
        bands=bands,
        centroid_hz=centroid_hz,
        harmony=Harmony(key=None, confidence=0.0) if silent else estimate_key_by_chords(pitches),
        chroma=_chroma(pitches),
    )


def load_facts(path: Path) -> StemFacts | None:
    """Read a stem's facts; None if the file is missing, damaged or of another version."""
    facts = load_json(StemFacts, path)
    return facts if facts is not None and facts.version == VERSION else None


class _SpectrumMeter(MidSideAnalyser):
    """Measures levels, bands and centroid of a stream; keeps one number per frame."""

    def __init__(self, from_hz: float) -> None:
        super().__init__(WINDOW, HOP)
        self._from = bin_of(from_hz, WINDOW)
        self._levels = [np.zeros(0)]
        self._powers = np.zeros(WINDOW // 2 + 1)
        self._magnitudes = np.zeros(WINDOW // 2 + 1)

    def finish(self) -> tuple[list[int], list[float], float]:
        """Return levels in dB, the share of each band, the centroid in Hz."""
        self._flush()
        power = np.concatenate(self._levels)
        levels_db = np.rint(10.0 * np.log10(np.maximum(power, 10.0 ** (QUIETEST_DB / 10.0))))
        edges = [bin_of(hz, WINDOW) for hz in BANDS_HZ]
        bands = np.add.reduceat(self._powers[: edges[-1]], edges[:-1])
        shares = bands / max(float(bands.sum()), 1e-12)
        hz = np.arange(WINDOW // 2 + 1) * ANALYSIS_RATE / WINDOW
        centroid = float(hz @ self._magnitudes) / max(float(self._magnitudes.sum()), 1e-9)
        return levels_db.astype(int).tolist(), np.round(shares, 4).tolist(), round(centroid, 1)

    def _analyse(self, mid: Frames, side: Frames) -> None:
        power = _scaled_power(mid) + _scaled_power(side)
        self._levels.append(power[:, self._from :].sum(axis=1))
        self._powers += power.sum(axis=0)
        self._magnitudes += np.sqrt(power).sum(axis=0)


def _scaled_power(frames: Frames) -> Floats:
    return np.asarray(power_spectra(frames) * _POWER_SCALE, np.float64)


def _chroma(pitches: PitchSpectra) -> list[list[int]]:
    """Scale pitch classes to the stem's strongest moments, ``CHROMA_RATE`` a second."""
    both = pitches.bass + pitches.treble
    if not both.any():
        return []
    notes = pitch_classes(both, estimate_tuning(both))
    n = len(notes) // CHROMA_MOMENTS
    held = notes[: n * CHROMA_MOMENTS].reshape(n, CHROMA_MOMENTS, 12).mean(axis=1)
    top = float(np.percentile(held.max(axis=1), 95)) if n else 0.0
    if top <= 0.0:
        return []
    scaled: list[list[int]] = np.clip(np.rint(99.0 * held / top), 0, 99).astype(int).tolist()
    return scaled
