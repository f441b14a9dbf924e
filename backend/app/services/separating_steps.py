"""How every job begins that needs whole songs taken apart: weights fetched, songs separated."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol, TypeVar

from ..contract.stems import StemName
from ..jobs.pipeline import Pipeline, Step, StepContext
from ..media.ffmpeg import find_ffmpeg
from ..settings import Settings
from ..stems.separator import Separator
from ..store.blobs import ContentStore
from .separating import limit_s, made_on, pace, separate_all, separation_note
from .separators import Separators, fetch_limit_s


class TakesApart(Protocol):
    """A job that begins so. ``songs`` are contents, ``needed`` the stems that it goes on with."""

    @property
    def content(self) -> ContentStore:
        """Where songs and stems lie."""

    @property
    def separators(self) -> Separators:
        """Those of this machine."""

    @property
    def separator(self) -> Separator:
        """The one that was asked for."""

    @property
    def model(self) -> str:
        """Its name."""

    @property
    def songs(self) -> Collection[str]:
        """Each once."""

    @property
    def needed(self) -> Collection[StemName]:
        """Known once the weights are there."""

    def expect_files(self) -> None:
        """Make sure that all that it is made of is still there."""


class NamesModel(Protocol):
    """What such a job is made of."""

    @property
    def model(self) -> str:
        """The separator's name."""


JobT = TypeVar("JobT", bound=TakesApart)
InputsT = TypeVar("InputsT", bound=NamesModel)
Make = Callable[[InputsT, ContentStore, Separators, Separator, Path, int], JobT]


def separation_pipeline(
    settings: Settings,
    read: Callable[[str], InputsT],
    make: Make[InputsT, JobT],
    steps: tuple[Step[JobT], ...],
) -> Pipeline[JobT]:
    """These steps, on this machine's content store, separators and ffmpeg.

    ``read`` makes sense of the inputs kept on a job's row, ``make`` makes the job of them.
    """
    content = ContentStore(settings.storage_root)
    separators = Separators.of(settings)
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    workers = settings.render_workers or os.cpu_count() or 1

    def open_job(text: str) -> JobT:
        inputs = read(text)
        separator = separators.named(inputs.model)
        job = make(inputs, content, separators, separator, ffmpeg, workers)
        job.expect_files()
        return job

    return Pipeline(open_job, steps)


def separation_steps(_: type[JobT]) -> tuple[Step[JobT], Step[JobT]]:
    """Fetch the weights, where they are not there; take apart what nobody has before.

    The weight is that of `htdemucs`: CPU seconds for a second of music, as measured on one core.
    """
    fetching: Step[JobT] = Step(
        "fetching_weights",
        fetch_weights,
        weight=0.1,
        when=lambda job: not job.separators.is_ready(job.model),
        limit_s=fetch_limit_s,
    )
    separating: Step[JobT] = Step(
        "separating_stems",
        separate_songs,
        weight=0.5,
        pace=lambda job: pace(job.separators, job.model, job.content, job.songs),
        limit_s=limit_s,
    )
    return fetching, separating


def fetch_weights(ctx: StepContext[JobT]) -> None:
    """Fetch the model's weights, once for this machine."""
    ctx.job.separators.fetch(ctx.job.model, ctx.progress, ctx.say)


def separate_songs(ctx: StepContext[JobT]) -> None:
    """Take apart what nobody has taken apart before."""
    job = ctx.job
    separate_all(
        job.content,
        job.separator,
        [(song, None) for song in job.songs],
        job.needed,
        progress=ctx.progress,
        say=ctx.say,
    )
    devices = [made_on(job.content, job.separator, song) for song in job.songs]
    ctx.note(separation_note(job.separator, devices))
