"""Measure a mashup's finished files; encode those with too high peaks again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ...analysis.levels.brightness import Brightness, BrightnessMeter
from ...dsp.samples import Samples
from ...jobs.pipeline import StepContext
from ...render.measure.finished_file import Measured, decoded, measure, measure_file
from ...render.player.player import Level
from ..files.check_finished import require_length
from ..files.correct_peaks import LevelledWriter, SoundFile, correct_peaks
from ..files.measure_files import measure_files
from .job import MashupJob
from .plan import read_timeline
from .render import encode_levels, files_of, level_for, level_under

_MEASURED_AT = 0.8  # share of the progress after measuring: few files are encoded again


@dataclass(frozen=True, slots=True)
class MeasuredMashup:
    """Measurements and levels of the finished files, by name, and the first one's brightness."""

    files: dict[str, Measured]
    levels: dict[str, Level]
    brightness: Brightness

    @property
    def first(self) -> str:
        """Name of the first file, whose figures the report shows for the mashup."""
        return next(iter(self.files))


def measure_mashup(ctx: StepContext[MashupJob], brightness: Brightness | None) -> MeasuredMashup:
    """Measure every file; encode those over the limit of true peaks again.

    ``brightness`` is that of the first file, if known. Raise :class:`ToolFailed` if a file's length
    differs from the mashup's.
    """
    kinds, (_, length) = files_of(ctx.job), read_timeline(ctx.workspace)
    first = next(iter(kinds))
    bright = {} if brightness is None else {first: brightness}

    def decode(name: str, progress: Callable[[int], None]) -> Measured:
        path = ctx.workspace.path(name)
        if name != first:
            return measure_file(path, ffmpeg=ctx.job.ffmpeg, progress=progress)
        meter = BrightnessMeter()
        found = measure(_pushed(meter, decoded(f"file:{path}", ctx.job.ffmpeg)), progress)
        bright[first] = meter.finish()
        return found

    def write(part: StepContext[MashupJob], file: SoundFile, level: Level) -> Measured:
        encode_levels(part, {file.name: level})
        return decode(file.name, lambda _: None)

    measuring = ctx.part(0.0, _MEASURED_AT)
    files = measure_files(measuring, kinds, length, decode, workers=ctx.job.workers)
    levels = {name: level_for(ctx, kind) for name, kind in kinds.items()}
    sounds = [
        SoundFile(name, kinds[name], levels[name], found.true_peak_dbtp)
        for name, found in files.items()
    ]
    writer = LevelledWriter(lambda _, ceiling_dbtp: level_under(ctx, ceiling_dbtp), write)
    for name, (found, level) in correct_peaks(ctx.part(_MEASURED_AT, 1.0), sounds, writer).items():
        files[name], levels[name] = found, level
    for name, found in files.items():
        require_length(found, length, kinds[name])
    return MeasuredMashup(files, levels, bright[first])


def _pushed(meter: BrightnessMeter, blocks: Iterable[Samples]) -> Iterator[Samples]:
    for block in blocks:
        meter.push(block)
        yield block
