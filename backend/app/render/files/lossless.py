"""Write a mix as FLAC and WAV of 24 bits, and pass on what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from ...contract.jobs import AudioFormat
from ...dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ...media.ffmpeg.full_disk import raise_storage_full
from ...store.files.atomic_write import atomic_write
from ..ffmpeg_pipe import interleaved
from .formats import PCM_SUBTYPE
from .tags import MixTags, tag_flac, tag_wav

_RIFF_LIMIT = (1 << 32) - (1 << 20)  # a WAV states its length in 32 bits; longer files are RF64
_BYTES_PER_FRAME = 3 * CHANNELS
_FULL_SCALE = np.float32(1 << 23)


@contextmanager
def lossless_encoder(
    files: Sequence[tuple[Path, AudioFormat]],
    *,
    length: int,
    tags: MixTags,
    listen: Sequence[Callable[[Samples], None]],
) -> Iterator[Callable[[Samples], None]]:
    """Yield a function that writes blocks into every file; each is FLAC or WAV.

    All files hold the same samples, with which ``listen`` are called, too: as a decoder returns
    them, to the bit.
    """
    with ExitStack() as stack:
        opened = [stack.enter_context(_opened(path, kind, length, tags)) for path, kind in files]

        def write(block: Samples) -> None:
            whole = rounded(block)
            for file in opened:
                file.buffer_write(whole << 8, dtype="int32")  # libsndfile uses the upper 24 bits
            if listen:
                decoded = as_decoded(whole)
                for hear in listen:
                    hear(decoded)

        yield write


def rounded(block: Samples) -> npt.NDArray[np.int32]:
    """Round to 24 bits, clip at full scale, and interleave: int32 ``(n, 2)``.

    libsndfile rounds floats for FLAC but truncates them for WAV.
    """
    scaled = interleaved(block) * _FULL_SCALE
    np.rint(scaled, out=scaled)
    np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1, out=scaled)
    return scaled.astype(np.int32)


def as_decoded(whole: npt.NDArray[np.int32]) -> Samples:
    """Convert 24-bit integers to the samples that a decoder returns: float32 ``(2, n)``."""
    return (whole.astype(np.float32) / _FULL_SCALE).T


@contextmanager
def _opened(
    path: Path, kind: AudioFormat, length: int, tags: MixTags
) -> Iterator[soundfile.SoundFile]:
    container, tag = "FLAC", tag_flac
    if kind == "wav":
        fits = length * _BYTES_PER_FRAME < _RIFF_LIMIT
        container, tag = "WAV" if fits else "RF64", tag_wav
    create = partial(soundfile.SoundFile, subtype=PCM_SUBTYPE, format=container)
    with atomic_write(path) as part:
        with raise_storage_full(), create(part, "w", SAMPLE_RATE, CHANNELS) as file:
            yield file
        tag(part, tags)
