"""Pipe audio samples into ffmpeg."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ..media.ffmpeg.ffmpeg import ffmpeg_input
from ..store.files.atomic_write import atomic_write

# As floats: nothing is rounded before the encoder, and LAME takes floats faster than 16-bit
# integers (6.9 against 7.0 CPU-s for ten minutes).
PIPED_SOUND = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", str(CHANNELS), "-i", "pipe:0")

# After its last sample an encoder has little left to do. Moving an index to the front of a file of
# several hundred megabytes takes longest.
_FINISH_S = 600.0


@contextmanager
def ffmpeg_encoder(
    ffmpeg: Path, arguments: Sequence[str], *, inputs: Sequence[str] = (), out: Path
) -> Iterator[Callable[[Samples], None]]:
    """Yield a function that encodes blocks into ``out``, which appears when complete.

    The sound is ffmpeg's input 0.

    Raises
    ------
    ToolFailed
        If ffmpeg reports failure. No file is left then, nor after any other exception.
    """
    with atomic_write(out) as part:
        command = [*PIPED_SOUND, *inputs, *arguments, "-y", f"file:{part}"]
        with ffmpeg_input(ffmpeg, command, timeout_s=_FINISH_S) as write:
            yield lambda block: write(interleaved(block).data)


def encode_with_ffmpeg(
    ffmpeg: Path,
    blocks: Iterable[Samples],
    arguments: Sequence[str],
    *,
    out: Path,
    count: Callable[[int], None],
) -> None:
    """Encode ``blocks`` into ``out``; raises like `ffmpeg_encoder`.

    ``count`` is called with the samples of each block; it may raise to stop.
    """
    with ffmpeg_encoder(ffmpeg, arguments, out=out) as encode:
        for block in blocks:
            encode(block)
            count(block.shape[1])


def interleaved(block: Samples) -> Samples:
    """Interleave the channels; no copy if memory is already in that order."""
    return np.ascontiguousarray(block.T)
