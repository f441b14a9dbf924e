"""Read drum one-shots from a folder, such as a drum kit of Debian's package hydrogen-data."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from composer.song import SAMPLE_RATE, Samples

# Words that a drum's file name has; of several drums a name fits, the first one takes it.
WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "kick": (("kick",), ("bassdrum",)),
    "rim": (("sidestick",), ("rim",)),
    "snare": (("snare",),),
    "clap": (("clap",),),
    "open": (("hat", "open"),),
    "hat": (("hat", "closed"),),
    "ride": (("ride",),),
    "crash": (("crash",), ("cymbal",)),
}
SUFFIXES = (".wav", ".flac")
# A recorded hit begins where it first reaches this share of its peak; silence before it goes.
BEGINS = 0.05
# No hit rings longer, as no synthesised one does.
LONGEST_S = 2.5


@lru_cache(maxsize=64)
def recorded(folder: str, drum: str) -> Samples | None:
    """One recorded hit of a drum, shape (n,), peak 1; None if the folder has none.

    Of several recordings of a drum, the loudest is taken.
    """
    hits = [_read(path) for path in sorted(Path(folder).iterdir()) if _drum_of(path) == drum]
    audible = [hit for hit in hits if np.abs(hit).max(initial=0.0) > 0.0]
    return _trimmed(max(audible, key=lambda hit: float(np.abs(hit).max()))) if audible else None


def _drum_of(path: Path) -> str | None:
    """The drum that a file is named after, such as "snare" for ``808_Snare_1.flac``."""
    name = "".join(letter for letter in path.stem.lower() if letter.isalpha())
    if path.suffix.lower() not in SUFFIXES or "semi" in name:
        return None
    fits = (d for d, ways in WORDS.items() if any(all(w in name for w in way) for way in ways))
    return next(fits, None)


def _read(path: Path) -> Samples:
    """Read a file as mono at the composer's rate, shape (n,)."""
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = sound.mean(axis=1)
    if rate != SAMPLE_RATE:
        mono = signal.resample_poly(mono, SAMPLE_RATE, rate)
    return np.asarray(mono, dtype=np.float32)


def _trimmed(hit: Samples) -> Samples:
    """Cut the silence before a hit and what rings too long, with a short fade; peak 1."""
    loud = np.abs(hit) >= BEGINS * np.abs(hit).max()
    cut = hit[int(np.argmax(loud)) :][: round(LONGEST_S * SAMPLE_RATE)]
    fade = np.minimum(1.0, np.arange(len(cut), 0, -1) / 256.0)
    return np.asarray(cut * fade / np.abs(cut).max(), dtype=np.float32)
