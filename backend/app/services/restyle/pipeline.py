"""The steps of a restyle job: replay a song's stems with other sounds."""

from __future__ import annotations

from functools import partial

from ...contract.jobs import VideoOptions
from ...contract.stored_json import read_stored
from ...jobs.pipeline import Pipeline, Step, StepContext
from ..files.artifacts import read_timeline
from ..files.film_files import FilmSpec, write_film_files
from ..jobs.resources import JobResources
from ..stems.separate import limit_s
from ..stems.separation_job import separation_pipeline, separation_steps
from .inputs import RestyleInputs
from .job import RestyleJob
from .render import mix_name, mix_stems
from .replay import analyse_parts, replay_stems
from .report import check_restyle


def film_restyle(ctx: StepContext[RestyleJob]) -> None:
    """Film the restyle with a single card, and draw the thumbnail."""
    job = ctx.job
    film = FilmSpec(
        audio=ctx.workspace.path(mix_name(job)),
        timeline=read_timeline(ctx.workspace),
        title=job.inputs.title,
        artist=job.track.artist,
        picture=None,
        height=(job.request.video or VideoOptions()).height,
    )
    write_film_files(ctx, film, job.store, job.ffmpeg, job.workers)


def _replays(job: RestyleJob) -> bool:
    return bool(job.inputs.sounds)


# Weights are CPU seconds for a second of music, measured on one core.
STEPS: tuple[Step[RestyleJob], ...] = (
    *separation_steps(RestyleJob),
    Step("analysing", analyse_parts, weight=0.04, when=_replays),
    Step("restyling", replay_stems, weight=0.1, when=_replays, limit_s=limit_s),
    Step("mixing", mix_stems, weight=0.1, limit_s=limit_s),
    Step("checking", check_restyle, weight=0.005),
    Step("filming", film_restyle, weight=0.01, when=lambda job: job.request.video is not None),
)


def restyle_pipeline(resources: JobResources) -> Pipeline[RestyleJob]:
    """The pipeline of a restyle job."""
    return separation_pipeline(resources, partial(read_stored, RestyleInputs), RestyleJob, STEPS)
