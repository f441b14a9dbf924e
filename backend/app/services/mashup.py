"""The mashup: one to four songs in, one song made of their stems out. The recipe, as one."""

from __future__ import annotations

from functools import partial

from ..jobs.pipeline import Pipeline, Step, StepContext
from ..settings import Settings
from .mashup_inputs import MashupInputs, MashupJob
from .mashup_mix import decided, laid_out, mix_stems
from .mashup_report import check_files
from .mashup_songs import hear_songs
from .mashup_sound import write_files, write_stems
from .mashup_tracklist import tracklist
from .mashup_words import describe_mashup
from .mix_files import TRACKLIST
from .mix_words import describing
from .separating import limit_s
from .separating_steps import separation_pipeline, separation_steps


def master_mashup(ctx: StepContext[MashupJob]) -> None:
    """Make the files, listen to them, and write down what they are."""
    job = ctx.job
    written_at = 0.7 if job.request.stems else 0.5
    write_files(ctx, partial(_share, ctx, 0.0, 0.5))
    if job.request.stems:
        write_stems(ctx, partial(_share, ctx, 0.5, written_at))
    check_files(ctx, partial(_share, ctx, written_at, 0.95))
    timeline, _ = laid_out(ctx.workspace)
    text = tracklist(job.title(timeline), timeline.clips, decided(ctx.workspace))
    with ctx.workspace.write(TRACKLIST, "text/plain; charset=utf-8") as path:
        path.write_text(text, encoding="utf-8")


def _share(ctx: StepContext[MashupJob], begin: float, end: float, done: float) -> None:
    ctx.progress(begin + (end - begin) * done)


# Before its words. CPU seconds for a second of music that goes in, as measured on one core.
STEPS: tuple[Step[MashupJob], ...] = (
    *separation_steps(MashupJob),
    Step("analysing", hear_songs, weight=0.03),
    Step("mixing", mix_stems, weight=0.1, limit_s=limit_s),
    Step("mastering", master_mashup, weight=0.06, limit_s=limit_s),
)


def mashup_pipeline(settings: Settings) -> Pipeline[MashupJob]:
    """The steps of a mashup, on this machine's content store, separators and ffmpeg."""
    steps = (*STEPS, describing(describe_mashup, settings))
    return separation_pipeline(settings, MashupInputs.model_validate_json, MashupJob, steps)
