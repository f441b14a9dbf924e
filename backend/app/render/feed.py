"""Sound into the ffmpeg program: blocks through a pipe, a finished file out, or none."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ..media.confinement import kill_tree
from ..media.ffmpeg import finish_ffmpeg, start_ffmpeg
from .effort import Effort

# As floats: nothing is rounded before the encoder, and LAME takes floats at a lower cost than
# 16-bit integers (6.9 against 7.0 CPU-s for ten minutes).
PIPED_SOUND = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", str(CHANNELS), "-i", "pipe:0")

# After its last sample an encoder has little left to do; moving an index to the front of a file of
# several hundred megabytes takes longest.
_FINISH_S = 600.0


def encode_with_ffmpeg(
    ffmpeg: Path,
    blocks: Iterable[Samples],
    arguments: Sequence[str],
    *,
    inputs: Sequence[str] = (),
    out: Path,
    effort: Effort,
) -> None:
    """Encode ``blocks`` into ``out``, which appears when it is whole; sound is ffmpeg's input 0.

    Raises
    ------
    ToolFailed
        If ffmpeg reports failure. Nothing is left then, nor after any other exception.
    """
    part = out.with_name(out.name + ".part")
    command = [*PIPED_SOUND, *inputs, *arguments, "-y", f"file:{part}"]
    try:
        process = start_ffmpeg(ffmpeg, command, stdin=subprocess.PIPE)
        _feed(process, blocks, effort)
        finish_ffmpeg(process, timeout_s=_FINISH_S)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def interleaved(block: Samples) -> Samples:
    """The samples as a pipe wants them, left, right, left, right; free where they lie so."""
    return np.ascontiguousarray(block.T)


def _feed(process: subprocess.Popen[bytes], blocks: Iterable[Samples], effort: Effort) -> None:
    assert process.stdin is not None
    try:
        for block in blocks:
            process.stdin.write(interleaved(block).data)
            effort.add(block.shape[1])
    except BrokenPipeError:
        return  # it has ended; its exit status tells why
    except BaseException:
        kill_tree(process)
        with suppress(BrokenPipeError), process:
            pass  # closes its pipes and reaps it
        raise
