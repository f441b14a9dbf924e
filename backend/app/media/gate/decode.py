"""Decode an untrusted file in blocks, with ffmpeg in a confined process."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np

from ...dsp.samples import CHANNELS, SAMPLE_RATE
from ..ffmpeg.confinement import KILLED_BY_LIMIT, Confinement, time_limit
from ..ffmpeg.ffmpeg import start_ffmpeg
from .formats import SniffedFormat
from .probe import ProbedStream, sound_arguments
from .rejections import rejection
from .signal_checks import Interleaved

# 1.5 s of sound: what is decoded at a time, and how far past the longest allowed track.
_BLOCK_SAMPLES = 1 << 16
# Blocks for which one time limit is meant: five minutes of sound.
_BLOCKS_A_TIMEOUT = 200
_MAX_STDERR = 64_000
# Errors about cover pictures: their decoders are left out on purpose.
_HARMLESS_ERRORS = (b"not on whitelist", b"Last message repeated")


@dataclass(slots=True)
class Decoding:
    """Decodes the bytes of ``source`` from ``start`` to ``end``, any number of times.

    ``timeout_s`` is the time limit for five minutes of sound. ``decoder_errors`` counts ffmpeg's
    error messages of the last run, because ffmpeg reports success for most damage.
    """

    ffmpeg: Path
    source: Path
    kind: SniffedFormat
    stream: ProbedStream
    timeout_s: float
    confinement: Confinement
    start: int = 0
    end: int | None = None
    decoder_errors: int = field(default=0, init=False)

    def blocks(self) -> Generator[Interleaved]:
        """Yield blocks of float32, shape (n, 2), at 44.1 kHz; the caller limits the length.

        ffmpeg's own limit (`-t`) is not used, as it counts time stamps: a gap in a file's time
        stamps reaches any limit while most of the sound is still to come. Raises ``RejectedFile``
        with ``takes_too_long``, or ``damaged`` if the decoder failed.
        """
        # Mono is copied to two channels here: ffmpeg would turn it down by 3 dB.
        channels = 1 if self.stream.channels == 1 else CHANNELS
        output = ("-ac", str(channels), "-ar", str(SAMPLE_RATE), "-c:a", "pcm_f32le", "-f", "f32le")
        sound = sound_arguments(self.source, self.kind, self.start, self.end)
        with tempfile.TemporaryFile() as stderr:
            process = start_ffmpeg(
                self.ffmpeg,
                [*sound, *output, "pipe:1"],
                stdout=subprocess.PIPE,
                stderr=stderr,
                confinement=self.confinement,
            )
            with time_limit(process, self.timeout_s) as limit:
                assert process.stdout is not None
                for number, block in enumerate(_stereo_blocks(process.stdout, channels), start=1):
                    if number % _BLOCKS_A_TIMEOUT == 0:
                        limit.restart()
                    yield block
            if limit.exceeded or process.returncode in KILLED_BY_LIMIT:
                raise rejection("takes_too_long")
            if process.returncode != 0:
                raise rejection("damaged", "its sound can't be decoded")
            stderr.seek(0)
            self.decoder_errors = _count_errors(stderr.read(_MAX_STDERR))


def _stereo_blocks(pcm: IO[bytes], channels: int) -> Iterator[Interleaved]:
    frame_bytes = 4 * channels
    while data := pcm.read(_BLOCK_SAMPLES * frame_bytes):
        whole = len(data) // frame_bytes * channels
        block = np.frombuffer(data, dtype="<f4", count=whole).reshape(-1, channels)
        if len(block):
            yield block if channels == CHANNELS else np.repeat(block, CHANNELS, axis=1)


def _count_errors(stderr: bytes) -> int:
    lines = stderr.splitlines()
    return sum(not any(harmless in line for harmless in _HARMLESS_ERRORS) for line in lines)
