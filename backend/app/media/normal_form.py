"""Normal form, in which all sound is stored: FLAC, 44.1 kHz, stereo."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import soundfile

from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ..errors import InvalidAudioError
from .ffmpeg.full_disk import raise_storage_full

# FLAC's fastest setting: files are a tenth larger than by default, and read in a sixth less time. A
# track is written once, but read for every mix.
_COMPRESSION = 0.0
_SUBTYPES = {16: "PCM_16", 24: "PCM_24"}
_WRITE_BLOCK = 1 << 16


class NormalFormWriter:
    """Writes blocks of float32 as FLAC of 16 or 24 bits.

    Raises ``StorageFull`` on a full disk. Full scale 1.0 is ``2**(bits - 1)`` in both directions,
    so that integers of a lossless source stay the same. (libsndfile's own conversion, not used
    here, scales by one step less when writing.) The same samples give the same bytes. ``level``, a
    power of two, scales what is written.
    """

    def __init__(self, path: Path, bits: int = 16, *, level: float = 1.0) -> None:
        self._full_scale = np.float32(2 ** (bits - 1))
        self._gain = self._full_scale * np.float32(level)
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
        scaled = interleaved * self._gain
        np.rint(scaled, out=scaled)
        np.clip(scaled, -self._full_scale, self._full_scale - 1, out=scaled)
        whole = scaled.astype(self._integer)
        with raise_storage_full():
            # libsndfile uses the upper 24 bits of 32.
            self._file.write(whole if self._integer.itemsize == 2 else whole << 8)

    def push(self, sound: Samples) -> None:
        """Append samples of shape (2, n), block by block, because `write` makes four copies."""
        for start in range(0, sound.shape[1], _WRITE_BLOCK):
            self.write(sound[:, start : start + _WRITE_BLOCK].T)

    def close(self) -> None:
        """Finish the file."""
        with raise_storage_full():
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class TrackReader:
    """Reads any stretch of a file in normal form, exact to the sample.

    A reader is for one thread. ``gain`` is applied to all samples. If the file holds only a part of
    a track, ``first`` is the track's sample with which the file begins; no earlier sample can be
    read.
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
        Raises ``InvalidAudioError`` if the stretch is not within the track.
        """
        if start < self.first or n < 0 or start + n > self.n_samples:
            raise InvalidAudioError(
                f"samples {start} to {start + n} are outside of a track of {self.n_samples}"
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def write_normal_form(path: Path, samples: Samples, bits: int = 16) -> None:
    """Write float32 samples of shape (2, n) as a track in normal form."""
    with NormalFormWriter(path, bits) as writer:
        writer.push(samples)
