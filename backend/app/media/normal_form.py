"""The one form in which audio is kept: FLAC of ours, 44.1 kHz stereo, read with exact seeks."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile

from ..dsp.samples import SAMPLE_RATE, Samples


class TrackReader:
    """Reads any stretch of a track in normal form. One thread at a time; each opens its own."""

    def __init__(self, path: Path) -> None:
        self._file = soundfile.SoundFile(path)
        self.n_samples: int = self._file.frames

    def read(self, start: int, n_samples: int) -> Samples:
        """Samples ``[start, start + n_samples)``, float32 ``(2, n)``, silence past the ends.

        The array is the transpose of interleaved samples: writing them interleaved costs nothing.
        """
        first, last = max(start, 0), min(start + n_samples, self.n_samples)
        if first == start and last == start + n_samples:
            self._seek(first)
            block: Samples = self._file.read(n_samples, dtype="float32", always_2d=True).T
            return block
        padded = np.zeros((n_samples, self._file.channels), np.float32).T
        if first < last:
            padded[:, first - start : last - start] = self.read(first, last - first)
        return padded

    def _seek(self, position: int) -> None:
        # A seek in FLAC costs a search even to where the file already is.
        if self._file.tell() != position:
            self._file.seek(position)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> TrackReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def write_normal_form(path: Path, samples: Samples, *, bits: int = 16) -> None:
    """Write float32 ``(2, n)`` as a track in normal form, with 16 or 24 bits."""
    with soundfile.SoundFile(
        path, "w", SAMPLE_RATE, len(samples), subtype=f"PCM_{bits}", format="FLAC"
    ) as file:
        file.write(np.ascontiguousarray(samples.T))
