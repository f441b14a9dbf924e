"""Trim and level a sound; measure its tempo, key and loudness."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ...analysis.sources.loops import FASTEST_BPM, SLOWEST_BPM, Loop, estimate_sound_key, find_loop
from ...contract.sounds import SoundKind
from ...dsp.samples import Samples
from ...media.trim_and_level import audible_part, levelled, loudness_of

_NAMED_TEMPO = re.compile(
    r"(?<![\d.])(\d{2,3}(?:\.\d{1,2})?)[ _-]?bpm|bpm[ _-]?(\d{2,3}(?:\.\d{1,2})?)(?![\d.])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PreparedSound:
    """A sound as it is stored.

    ``tempo_bpm`` and ``beats`` are those of a loop, ``key`` is set if the sound has one.
    """

    samples: Samples
    tempo_bpm: float | None
    beats: int | None
    key: str | None
    loudness_lufs: float


def prepare_sound(sound: Samples, *, kind: SoundKind, file_name: str) -> PreparedSound:
    """Trim, level and measure a sound, float32 ``(2, n)``."""
    audible = audible_part(sound)
    loop = find_loop(sound, audible.start, named_tempo_bpm(file_name))
    part = _loop(sound, loop) if loop else sound[:, audible.start : audible.end]
    ready = levelled(part)
    return PreparedSound(
        samples=ready,
        tempo_bpm=round(loop.tempo_bpm, 3) if loop else None,
        beats=loop.beats if loop else None,
        key=None if kind == "percussion" else estimate_sound_key(ready),
        loudness_lufs=round(loudness_of(ready), 2),
    )


def named_tempo_bpm(file_name: str) -> float | None:
    """The tempo in a file's name ("Break_124bpm.wav"), if it is plausible."""
    found = _NAMED_TEMPO.search(file_name)
    tempo_bpm = float(found[1] or found[2]) if found else 0.0
    return tempo_bpm if SLOWEST_BPM <= tempo_bpm <= FASTEST_BPM else None


def _loop(sound: Samples, loop: Loop) -> Samples:
    """Cut out the loop; add silence if the file ends some milliseconds early."""
    part = sound[:, loop.start : loop.start + loop.n_samples]
    return np.pad(part, ((0, 0), (0, loop.n_samples - part.shape[1])))
