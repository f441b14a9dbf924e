"""The sound of an untrusted file, block by block, out of a confined ffmpeg."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np

from ..dsp.samples import CHANNELS, SAMPLE_RATE
from .confinement import Confinement, ended_after
from .ffmpeg import start_ffmpeg
from .probe import ProbedStream, input_arguments
from .refusals import refusal
from .sniff import SniffedFormat
from .survey import Interleaved

# 1.5 s of sound: the memory of a pass, and what a step past the longest track costs.
_BLOCK_SAMPLES = 1 << 16
_COMPLAINTS_KEPT = 64_000
# Said of cover pictures, whose decoders are kept out on purpose.
_NO_COMPLAINT = (b"not on whitelist", b"Last message repeated")


@dataclass(slots=True)
class Decoding:
    """One way to run the decoder over ``source``, as often as wanted.

    ``complaints`` counts what ffmpeg said of the last run: it reports success for most damage.
    """

    ffmpeg: Path
    source: Path
    kind: SniffedFormat
    stream: ProbedStream
    timeout_s: float
    confinement: Confinement
    complaints: int = field(default=0, init=False)

    def blocks(self) -> Generator[Interleaved]:
        """Float32 of shape (n, 2) at 44.1 kHz, for as long as the file has any: count them.

        ffmpeg's own limit (`-t`) goes by time stamps, which a gap in a file carries past any limit
        while most of the sound is still to come.

        Raises
        ------
        RejectedFile
            ``takes_too_long``, or ``damaged`` where the decoder gave up.
        """
        channels = 1 if self.stream.channels == 1 else CHANNELS
        with tempfile.TemporaryFile() as stderr:
            process = start_ffmpeg(
                self.ffmpeg,
                [*input_arguments(self.source, self.kind), *self._output(channels)],
                stdout=subprocess.PIPE,
                stderr=stderr,
                confinement=self.confinement,
            )
            with ended_after(process, self.timeout_s) as deadline:
                assert process.stdout is not None
                yield from _stereo_blocks(process.stdout, channels)
            if deadline.passed:
                raise refusal("takes_too_long")
            if process.returncode != 0:
                raise refusal("damaged", "its sound can't be decoded")
            stderr.seek(0)
            self.complaints = _count_complaints(stderr.read(_COMPLAINTS_KEPT))

    def _output(self, channels: int) -> list[str]:
        """Mono stays mono here: ffmpeg would turn it down by 3 dB on its way to stereo."""
        rate = ("-ac", str(channels), "-ar", str(SAMPLE_RATE))
        return [*rate, "-c:a", "pcm_f32le", "-f", "f32le", "pipe:1"]


def _stereo_blocks(pcm: IO[bytes], channels: int) -> Iterator[Interleaved]:
    frame_bytes = 4 * channels
    while data := pcm.read(_BLOCK_SAMPLES * frame_bytes):
        whole = len(data) // frame_bytes * channels
        block = np.frombuffer(data, dtype="<f4", count=whole).reshape(-1, channels)
        if len(block):
            yield block if channels == CHANNELS else np.repeat(block, CHANNELS, axis=1)


def _count_complaints(said: bytes) -> int:
    return sum(not any(skip in line for skip in _NO_COMPLAINT) for line in said.splitlines())
