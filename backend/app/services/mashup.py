"""The mashup: one to four songs in, one song made of their stems out. The recipe, as one."""

from __future__ import annotations

import os
from functools import partial

from ..jobs.pipeline import Pipeline, Step, StepContext
from ..media.ffmpeg import find_ffmpeg
from ..settings import Settings
from ..store.blobs import ContentStore
from .mashup_inputs import MashupInputs, MashupJob
from .mashup_mix import decided, laid_out, mix_stems
from .mashup_report import check_files
from .mashup_songs import fetch_weights, hear_songs, separate_songs
from .mashup_sound import write_files, write_stems
from .mashup_tracklist import tracklist
from .separating import limit_s, pace
from .separators import Separators, fetch_limit_s


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
    with ctx.workspace.write("tracklist.txt", "text/plain; charset=utf-8") as path:
        path.write_text(text, encoding="utf-8")


def _share(ctx: StepContext[MashupJob], begin: float, end: float, done: float) -> None:
    ctx.progress(begin + (end - begin) * done)


# CPU seconds for a second of music that goes in, as measured on one core; separating is that of
# `htdemucs`.
STEPS: tuple[Step[MashupJob], ...] = (
    Step(
        "fetching_weights",
        fetch_weights,
        weight=0.1,
        when=lambda job: not job.separators.is_ready(job.inputs.model),
        limit_s=fetch_limit_s,
    ),
    Step(
        "separating_stems",
        separate_songs,
        weight=0.5,
        pace=lambda job: pace(
            job.separators,
            job.inputs.model,
            job.content,
            {track.content for track in job.inputs.tracks},
        ),
        limit_s=limit_s,
    ),
    Step("analysing", hear_songs, weight=0.03),
    Step("mixing", mix_stems, weight=0.1, limit_s=limit_s),
    Step("mastering", master_mashup, weight=0.06, limit_s=limit_s),
)


def mashup_pipeline(settings: Settings) -> Pipeline[MashupJob]:
    """The steps of a mashup, on this machine's content store, separators and ffmpeg."""
    content = ContentStore(settings.storage_root)
    separators = Separators.of(settings)
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    workers = settings.render_workers or os.cpu_count() or 1

    def open_job(text: str) -> MashupJob:
        inputs = MashupInputs.model_validate_json(text)
        separator = separators.named(inputs.model)
        job = MashupJob(inputs, content, separators, separator, ffmpeg, workers)
        job.expect_files()
        return job

    return Pipeline(open_job, STEPS)
