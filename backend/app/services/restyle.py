"""The restyle: a song in, the same song played by other sounds out. The recipe, as one."""

from __future__ import annotations

import os

from ..jobs.pipeline import Pipeline, Step, StepContext
from ..media.ffmpeg import find_ffmpeg
from ..settings import Settings
from ..store.blobs import ContentStore
from .restyle_grains import hear_parts, replay_stems
from .restyle_inputs import RestyleInputs, RestyleJob
from .restyle_mix import mix_stems
from .restyle_report import check_restyle
from .separating import limit_s, made_on, pace, separate_all, separation_note
from .separators import Separators, fetch_limit_s


def fetch_weights(ctx: StepContext[RestyleJob]) -> None:
    """Fetch the separator's weights, once for this machine."""
    ctx.job.separators.fetch(ctx.job.inputs.model, ctx.progress, ctx.say)


def separate_song(ctx: StepContext[RestyleJob]) -> None:
    """Take the song apart, where nobody has before; only what is heard in the end."""
    job, content = ctx.job, ctx.job.track.content
    separate_all(
        job.content,
        job.separator,
        [(content, None)],
        job.heard,
        progress=ctx.progress,
        say=ctx.say,
    )
    ctx.note(separation_note(job.separator, [made_on(job.content, job.separator, content)]))


# CPU seconds for a second of music, as measured on one core; separating is that of `htdemucs`.
STEPS: tuple[Step[RestyleJob], ...] = (
    Step(
        "fetching_weights",
        fetch_weights,
        weight=0.1,
        when=lambda job: not job.separators.is_ready(job.inputs.model),
        limit_s=fetch_limit_s,
    ),
    Step(
        "separating_stems",
        separate_song,
        weight=0.5,
        pace=lambda job: pace(job.separators, job.inputs.model, job.content, [job.track.content]),
        limit_s=limit_s,
    ),
    Step("analysing", hear_parts, weight=0.04, when=lambda job: bool(job.inputs.sounds)),
    Step(
        "restyling",
        replay_stems,
        weight=0.1,
        when=lambda job: bool(job.inputs.sounds),
        limit_s=limit_s,
    ),
    Step("mixing", mix_stems, weight=0.1, limit_s=limit_s),
    Step("checking", check_restyle, weight=0.005),
)


def restyle_pipeline(settings: Settings) -> Pipeline[RestyleJob]:
    """The steps of a restyle, on this machine's content store, separators and ffmpeg."""
    content = ContentStore(settings.storage_root)
    separators = Separators.of(settings)
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    workers = settings.render_workers or os.cpu_count() or 1

    def open_job(text: str) -> RestyleJob:
        inputs = RestyleInputs.model_validate_json(text)
        separator = separators.named(inputs.model)
        job = RestyleJob(inputs, content, separators, separator, ffmpeg, workers)
        job.expect_files()
        return job

    return Pipeline(open_job, STEPS)
