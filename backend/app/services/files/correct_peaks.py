"""Encode files again whose encoder raised peaks over the limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from ...contract.jobs import AudioFormat
from ...jobs.pipeline import JobT, StepContext
from ...render.measure.finished_file import Measured
from ...render.player.player import Level
from .check_finished import TRUE_PEAK_LIMIT_DBTP, is_over_limit

MARGIN_DB = 0.1
"""How far below the limit the next attempt aims, as an encoder may miss its input's peak by a tenth
of a dB."""

TRIES = 4


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A finished file and the level at which it was written."""

    name: str
    format: AudioFormat
    level: Level
    true_peak_dbtp: float


@dataclass(frozen=True, slots=True)
class LevelledWriter(Generic[JobT]):
    """Writes a job's files again, at other levels.

    Attributes ---------- level_under : returns the level at which a file has its loudness under a
    ceiling in dBTP write : writes and measures a file
    """

    level_under: Callable[[SoundFile, float], Level]
    write: Callable[[StepContext[JobT], SoundFile, Level], Measured]


def correct_peaks(
    ctx: StepContext[JobT], files: Sequence[SoundFile], writer: LevelledWriter[JobT]
) -> dict[str, tuple[Measured, Level]]:
    """Encode each lossy file over the peak limit again, at lower ceilings, until it is under it.

    Returns the new measurements and levels. How far an encoder raises peaks is known only after
    decoding its file; a ceiling that is low enough for the worst sound would cost every mix
    dynamics.
    """
    over = [file for file in files if is_over_limit(file.format, file.true_peak_dbtp)]
    return {
        file.name: _corrected(ctx.part(index / len(over), (index + 1) / len(over)), file, writer)
        for index, file in enumerate(over)
    }


def _corrected(
    ctx: StepContext[JobT], file: SoundFile, writer: LevelledWriter[JobT]
) -> tuple[Measured, Level]:
    level, peak_dbtp = file.level, file.true_peak_dbtp
    for number in range(TRIES):
        ctx.say(file.name)
        excess_db = peak_dbtp - TRUE_PEAK_LIMIT_DBTP + MARGIN_DB
        level = writer.level_under(file, level.ceiling_db - excess_db)
        part = ctx.part(number / TRIES, (number + 1) / TRIES)
        found = writer.write(part, file, level)
        peak_dbtp = found.true_peak_dbtp
        if peak_dbtp <= TRUE_PEAK_LIMIT_DBTP:
            break
    return found, level
