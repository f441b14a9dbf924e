"""The one form in which sound is kept after the gate: a FLAC of ours, 44.1 kHz stereo."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import soundfile

from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ..errors import InvalidAudioError
from .full_disk import full_disk_told

# FLAC's lightest: a tenth larger than its default, and read in a sixth less time; a track is
# written once and read for every mix.
_COMPRESSION = 0.0
_SUBTYPES = {16: "PCM_16", 24: "PCM_24"}
_WRITE_BLOCK = 1 << 16


class NormalFormWriter:
    """Writes blocks of float32 as FLAC of 16 or 24 bits.

    Full scale 1.0 is ``2**(bits - 1)`` both ways, so integers of a lossless source come out as they
    went in. (libsndfile's own conversion scales by one step less when it writes, and is not used.)
    The same samples give the same bytes.

    Raises
    ------
    StorageFull
        By ``write`` and ``close``, if the disk is full.
    """

    def __init__(self, path: Path, bits: int = 16) -> None:
        self._scale = np.float32(2 ** (bits - 1))
        self._integer = np.dtype(np.int16 if bits == 16 else np.int32)
        self._file = soundfile.SoundFile(
            path,
            "w",
            samplerate=SAMPLE_RATE,
            channels=CHANNELS,
            format="FLAC",
            subtype=_SUBTYPES[bits],
            compression_level=_COMPRESSION,
        )

    def write(self, interleaved: npt.NDArray[np.float32]) -> None:
        """Append samples of shape (n, 2)."""
        scaled = interleaved * self._scale
        np.rint(scaled, out=scaled)
        np.clip(scaled, -self._scale, self._scale - 1, out=scaled)
        whole = scaled.astype(self._integer)
        with full_disk_told():
            # libsndfile takes the upper 24 bits of 32
            self._file.write(whole if self._integer.itemsize == 2 else whole << 8)

    def close(self) -> None:
        """Finish the file."""
        with full_disk_told():
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class TrackReader:
    """Reads any stretch of a file in the normal form, to the sample.

    One reader belongs to one thread; several threads each open their own. ``gain`` is given to what
    is read. ``first`` is the sample that the file begins with, where it holds only a part of a
    track; there is nothing to be read before it.
    """

    def __init__(self, path: Path, *, gain: float = 1.0, first: int = 0) -> None:
        self._file = soundfile.SoundFile(path)
        self._position = first
        self._gain = np.float32(gain)
        self.first = first
        self.n_samples: int = first + self._file.frames

    def read(self, start: int, n: int) -> Samples:
        """Samples ``[start, start + n)`` as float32 of shape (2, n).

        The result is a view of interleaved memory, so writing it out interleaved costs no copy.

        Raises
        ------
        InvalidAudioError
            If the stretch does not lie within the track.
        """
        if start < self.first or n < 0 or start + n > self.n_samples:
            raise InvalidAudioError(
                f"samples {start} to {start + n} of a track of {self.n_samples} were asked for"
            )
        if start != self._position:
            self._file.seek(start - self.first)
        block = self._file.read(n, dtype="float32", always_2d=True)
        self._position = start + len(block)
        if len(block) != n:
            raise InvalidAudioError("a stored track ends before its stated length")
        if self._gain != 1.0:
            block *= self._gain
        samples: Samples = block.T
        return samples

    def close(self) -> None:
        """Close the file."""
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


def write_normal_form(path: Path, samples: Samples, bits: int = 16) -> None:
    """Write float32 of shape (2, n) as a track in the normal form."""
    with NormalFormWriter(path, bits) as writer:
        for start in range(0, samples.shape[1], _WRITE_BLOCK):
            writer.write(samples[:, start : start + _WRITE_BLOCK].T)
