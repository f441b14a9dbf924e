"""What is heard in a sound from close: measured once, kept beside its samples, found again."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from ..contract.base import Shape
from ..dsp.samples import Samples
from ..media.normal_form import TrackReader
from ..store.aside import made_aside
from ..store.blobs import ContentStore

VERSION = 1
"""Raised whenever the same hearing would be written down otherwise."""

MOST_PEAKS = 1000
"""Three for every pixel of a picture as narrow as a phone, and one on a wide screen."""

LEAST_VOICED = 0.05
"""Of noise, one frame in a hundred or so passes for voiced: that makes no pitch."""

_NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


class SoundFacts(Shape):
    """What was heard, in the words of ``SoundDetail``."""

    onsets_s: list[float]
    pitch_hz: float | None
    pitch_note: str | None
    voiced_share: float
    peaks: list[float]


def facts_of(store: ContentStore, content: str) -> SoundFacts:
    """What is heard in a sound: found again, or listened to and kept.

    Raises
    ------
    FileNotFoundError
        If the sound is no longer there.
    """
    from ..analysis.sound_ear import VERSION as EAR_VERSION  # loads scipy, which the API need not

    name = f"sound-v{EAR_VERSION}-{VERSION}.json"
    kept = _load(store.derived(content, name))
    if kept is not None:
        return kept
    with TrackReader(store.path(content)) as reader:
        facts = hear(reader.read(0, reader.n_samples))
    _save(facts, store.derived(content, name))
    return facts


def hear(sound: Samples) -> SoundFacts:
    """Listen to a sound, float32 ``(2, n)``."""
    from ..analysis.sound_ear import hear_sound

    heard = hear_sound(sound)
    hz = heard.pitch_hz if heard.voiced_share >= LEAST_VOICED else None
    return SoundFacts(
        onsets_s=[round(float(onset), 4) for onset in heard.onsets_s],
        pitch_hz=None if hz is None else round(hz, 2),
        pitch_note=None if hz is None else note_of(hz),
        voiced_share=round(heard.voiced_share, 3),
        peaks=peaks_of(sound),
    )


def note_of(hz: float) -> str:
    """The nearest note of the scale in which A4 is 440 Hz, with its octave: C4 is middle C."""
    number = round(69 + 12 * math.log2(hz / 440.0))
    return f"{_NOTES[number % 12]}{number // 12 - 1}"


def peaks_of(sound: Samples) -> list[float]:
    """The largest magnitude of each of at most ``MOST_PEAKS`` equal stretches, both channels."""
    loudest = np.abs(sound).max(axis=0)
    edges = np.linspace(0, len(loudest), min(MOST_PEAKS, len(loudest)) + 1).astype(np.intp)
    return [round(float(peak), 3) for peak in np.maximum.reduceat(loudest, edges[:-1])]


def _load(path: Path) -> SoundFacts | None:
    try:
        return SoundFacts.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None  # not heard yet, or cut off by a power cut


def _save(facts: SoundFacts, path: Path) -> None:
    with made_aside(path) as part:
        part.write_text(facts.model_dump_json(), encoding="utf-8")
