"""Measure finished sound files: lossless ones as they are written, others by decoding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeAlias

import soundfile

from ...contract.jobs import AudioFormat
from ...dsp.samples import Samples
from ...jobs.pipeline import JobT, StepContext
from ...jobs.workspace import Workspace
from ...render.files.encode import Encoding, Output, encode_all
from ...render.files.formats import LOSSLESS
from ...render.measure.finished_file import Measured, Meter, load_measured, save_measured

MEASURED_AS_WRITTEN = "measured-lossless.npz"
"""The measurement of FLAC and WAV, made while they are written."""

Decode: TypeAlias = Callable[[str, Callable[[int], None]], Measured]
"""Decodes and measures a file; its second argument is called with the samples done so far."""


def encode_measured(
    workspace: Workspace,
    encoding: Encoding,
    outputs: Sequence[Output],
    *,
    workers: int,
    progress: Callable[[float], None],
    say: Callable[[str], None] = lambda _: None,
    listen: Sequence[Callable[[Samples], None]] = (),
) -> None:
    """Write files of one mix; measure the lossless ones at the same time.

    The measurement is saved. FLAC and WAV hold the same samples; each function of ``listen`` is
    called with them, too.
    """
    meter = Meter()
    measured = next((one for one in outputs if one.format in LOSSLESS), None)
    heard = [
        replace(one, listen=(meter.push, *listen)) if one is measured else one for one in outputs
    ]
    encode_all(encoding, heard, workers=workers, progress=progress, say=say)
    if measured is not None:
        with workspace.write(MEASURED_AS_WRITTEN) as path:
            save_measured(meter.measured(), path)


def measure_files(
    ctx: StepContext[JobT],
    files: Mapping[str, AudioFormat],
    length: int,
    decode: Decode,
    *,
    workers: int,
) -> dict[str, Measured]:
    """Measure several files of a mix of ``length`` samples at once.

    ``decode`` is called for the files that were not measured while they were written.
    """
    total, done = len(files) * length, dict.fromkeys(files, 0)

    def measure(name: str) -> Measured:
        def progress(n_samples: int) -> None:
            done[name] = n_samples
            ctx.progress(min(1.0, sum(done.values()) / total))

        known = _measured_as_written(ctx.workspace, name) if files[name] in LOSSLESS else None
        if known is None:
            return decode(name, progress)
        progress(known.n_samples)
        return known

    with ThreadPoolExecutor(workers) as pool:
        return dict(zip(files, pool.map(measure, files), strict=True))


def _measured_as_written(workspace: Workspace, name: str) -> Measured | None:
    """Load the measurement made while a lossless file was written, if its length is right."""
    known = load_measured(workspace.path(MEASURED_AS_WRITTEN))
    if known is None or soundfile.info(workspace.path(name)).frames != known.n_samples:
        return None
    return known
