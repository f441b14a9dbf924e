"""The steps of a mixtape job."""

from __future__ import annotations

from ...contract.jobs import VideoOptions
from ...contract.stored_json import read_stored
from ...dj.proposals import Strategist
from ...jobs.pipeline import Pipeline, Step, StepContext, TaskList
from ...publishing.metadata.description import tracklist
from ...publishing.metadata.metadata_writer import MetadataWriter
from ..files.artifacts import read_timeline
from ..files.film_files import FilmSpec, film_tasks, write_film_files
from ..files.names import FILM_GROUPS, TRACKLIST
from ..jobs.resources import JobResources
from ..metadata.facts import mixtape_facts
from ..metadata.write import describe_step, write_metadata
from ..separators import fetch_limit_s
from ..stems.separate import limit_s
from . import costs
from .correct_mix import correct_mix
from .inputs import MixtapeInputs
from .job import MixtapeJob, open_mixtape
from .join_checks.check import check_joins
from .measure import check_mix, checking_tasks
from .mixing_tasks import mixing_tasks
from .planning.order import order_mix
from .planning.plan import analyse_tracks, mixtape_analyses, plan_mix
from .render import FILM_SOUND, render_mix, stretch_clips, stretching_mix_tasks
from .reuse.base_files import base_workspace
from .stem_swaps import fetch_weights, joins_to_separate, lacks_weights, separate_joins


def film_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Film the mix with a card for each track, and draw the thumbnail."""
    write_film_files(ctx, film_spec(ctx), ctx.job.store, ctx.job.ffmpeg, ctx.job.workers)


def film_mix_tasks(ctx: StepContext[MixtapeJob]) -> TaskList:
    """List the film's groups of pictures as tasks."""
    return film_tasks(ctx, film_spec(ctx), ctx.job.store, ctx.job.ffmpeg, ctx.job.workers)


def film_spec(ctx: StepContext[MixtapeJob]) -> FilmSpec:
    """Say what to film."""
    job, base = ctx.job, base_workspace(ctx)
    return FilmSpec(
        audio=ctx.workspace.path(FILM_SOUND),
        timeline=read_timeline(ctx.workspace),
        title=job.inputs.title,
        artist=job.request.artist,
        picture=job.picture,
        height=(job.request.video or VideoOptions()).height,
        base_groups=base.path(FILM_GROUPS) if base else None,
    )


def correct_files(ctx: StepContext[MixtapeJob]) -> None:
    """Encode files with peaks over the limit again, and the film that copies such a sound."""
    corrected = correct_mix(ctx.part(0.0, 0.9))
    if FILM_SOUND in corrected and ctx.job.request.video is not None:
        film_mix(ctx.part(0.9, 1.0))


def describe_mix(ctx: StepContext[MixtapeJob], writer: MetadataWriter) -> None:
    """Write the tracklist and the metadata."""
    job, inputs = ctx.job, ctx.job.inputs
    timeline = read_timeline(ctx.workspace)
    facts = mixtape_facts(timeline, inputs.title, inputs.tracks, job.store)
    ctx.workspace.write_text(TRACKLIST, tracklist(facts.chapters))
    write_metadata(ctx, writer, facts, job.request.description)


# All steps except "describing". Weights are CPU seconds for a second of music, measured on one
# core, for a plain job: an MP3 and a film of 1080 lines, of tracks that are not analysed yet.
STEPS: tuple[Step[MixtapeJob], ...] = (
    Step("fetching_weights", fetch_weights, weight=0.1, when=lacks_weights, limit_s=fetch_limit_s),
    Step(
        "analysing",
        analyse_tracks,
        weight=0.008,
        share=costs.analysing,
        split=mixtape_analyses,
    ),
    Step("ordering", order_mix, weight=0.0003, when=lambda job: job.request.order == "auto"),
    Step("planning", plan_mix, weight=0.0003),
    Step(
        "checking_joins",
        check_joins,
        weight=0.01,
        when=lambda job: job.checks_joins,
        share=costs.checking_joins,
    ),
    Step(
        "separating_stems",
        separate_joins,
        weight=0.2,
        when=lambda job: job.separator is not None,
        pace=lambda job: job.request.stem_model or "",
        limit_s=limit_s,
        split=joins_to_separate,
    ),
    Step(
        "stretching",
        stretch_clips,
        weight=0.01,
        when=lambda job: job.request.transitions == "dj",
        split=stretching_mix_tasks,
    ),
    Step("mixing", render_mix, weight=0.03, share=costs.mixing, split=mixing_tasks),
    Step(
        "checking",
        check_mix,
        weight=0.008,
        share=costs.checking,
        together="finishing",
        split=checking_tasks,
    ),
    Step(
        "filming",
        film_mix,
        weight=0.015,
        share=costs.filming,
        when=lambda job: job.request.video is not None,
        together="finishing",
        split=film_mix_tasks,
    ),
    Step("correcting_peaks", correct_files, weight=0.0001),
)


def mixtape_pipeline(
    resources: JobResources, writer: MetadataWriter, strategist: Strategist | None
) -> Pipeline[MixtapeJob]:
    """The pipeline of a mixtape; without a ``strategist``, rules alone choose its joins."""

    def open_job(text: str) -> MixtapeJob:
        return open_mixtape(read_stored(MixtapeInputs, text), resources, strategist)

    return Pipeline(open_job, (*STEPS, describe_step(describe_mix, writer)))
