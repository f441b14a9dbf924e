"""Measure details of a sound, with cached results: onsets, pitch, waveform."""

from __future__ import annotations

import math

import numpy as np

from ...analysis.result_files import load_json, save_json
from ...analysis.sources.single_sound import VERSION as ANALYSIS_VERSION
from ...analysis.sources.single_sound import find_onsets_and_pitch
from ...contract.base import Shape
from ...dsp.samples import Samples
from ...media.normal_form import TrackReader
from ...store.files.blobs import ContentStore

#: Increase it when the same sound would get other results.
VERSION = 1
FACTS_VERSION = f"v{ANALYSIS_VERSION}-{VERSION}"
#: Number of waveform peaks: three for each pixel of a phone, one on a wide screen.
MAX_PEAKS = 1000
#: With a smaller share of voiced frames a sound counts as unpitched; noise reaches about 1 %.
MIN_VOICED_SHARE = 0.05
_NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


class SoundFacts(Shape):
    """The fields of ``SoundDetail`` that are measured."""

    onsets_s: list[float]
    pitch_hz: float | None
    pitch_note: str | None
    voiced_share: float
    peaks: list[float]


def sound_facts(store: ContentStore, content_hash: str) -> SoundFacts:
    """Analyse a sound, unless the result is cached.

    Raise FileNotFoundError if its file was deleted.
    """
    path = store.derived(content_hash, f"sound-{FACTS_VERSION}.json")
    cached = load_json(SoundFacts, path)
    if cached is not None:
        return cached
    with TrackReader(store.path(content_hash)) as reader:
        facts = analyse_sound(reader.read(0, reader.n_samples))
    save_json(facts, path)
    store.persist(path)
    return facts


def analyse_sound(sound: Samples) -> SoundFacts:
    """Analyse a sound, float32 ``(2, n)``."""
    onsets_s, pitch = find_onsets_and_pitch(sound)
    hz = pitch.median_hz if pitch.voiced_share >= MIN_VOICED_SHARE else None
    return SoundFacts(
        onsets_s=[round(float(onset), 4) for onset in onsets_s],
        pitch_hz=None if hz is None else round(hz, 2),
        pitch_note=None if hz is None else note_of(hz),
        voiced_share=round(pitch.voiced_share, 3),
        peaks=peaks_of(sound),
    )


def note_of(hz: float) -> str:
    """The nearest note with its octave; A4 is 440 Hz, C4 is middle C."""
    number = round(69 + 12 * math.log2(hz / 440.0))
    return f"{_NOTES[number % 12]}{number // 12 - 1}"


def peaks_of(sound: Samples) -> list[float]:
    """The peaks of at most ``MAX_PEAKS`` equal stretches, over both channels."""
    loudest = np.abs(sound).max(axis=0)
    edges = np.linspace(0, len(loudest), min(MAX_PEAKS, len(loudest)) + 1).astype(np.intp)
    return [round(float(peak), 3) for peak in np.maximum.reduceat(loudest, edges[:-1])]
