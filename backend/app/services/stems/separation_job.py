"""The base class of jobs that separate whole songs, and their first steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ...contract.stems import StemName
from ...jobs.pipeline import Pipeline, Step, StepContext, TaskList
from ...media.stem_file_format import stem_file
from ...stems.separator import Separator
from ...store.files.blobs import ContentStore
from ..jobs.resources import JobResources
from ..library.track_ref import TrackRef
from ..separators import Separators, fetch_limit_s
from .separate import StemCache, limit_s


class SeparationInputs(Protocol):
    """The stored inputs of a job that separates songs."""

    @property
    def model(self) -> str:
        """The separator's name."""

    @property
    def tracks(self) -> Sequence[TrackRef]:
        """The songs."""


InputsT = TypeVar("InputsT", bound=SeparationInputs, covariant=True)


@dataclass(frozen=True, slots=True)
class SeparationJob(ABC, Generic[InputsT]):
    """A job that separates songs, with its inputs, its separator and the machine's resources.

    Subclasses add no fields; they say which stems are ``needed``.
    """

    inputs: InputsT
    store: ContentStore
    separators: Separators
    separator: Separator
    ffmpeg: Path
    workers: int

    @property
    def model(self) -> str:
        """The separator's name."""
        return self.inputs.model

    @property
    def is_ready(self) -> bool:
        """Whether the separator's weights are installed."""
        return self.separators.is_ready(self.model)

    @property
    def songs(self) -> list[str]:
        """The tracks' content hashes, each once."""
        return list(dict.fromkeys(track.content_hash for track in self.inputs.tracks))

    @property
    @abstractmethod
    def needed(self) -> Collection[StemName]:
        """The stems that later steps use; requires the separator's weights."""

    @property
    def stem_cache(self) -> StemCache:
        """The separator's cached stems."""
        return StemCache(self.store, self.separator)

    def stem_file(self, stem: StemName) -> str:
        """File name of a stem among the files derived from its track."""
        return stem_file(self.separator.key, stem)

    def require_files(self) -> None:
        """Raise :class:`NotFound` if a track was deleted since the request."""
        for track in self.inputs.tracks:
            track.require_file(self.store)


JobT = TypeVar("JobT", bound=SeparationJob[SeparationInputs])
OwnInputsT = TypeVar("OwnInputsT", bound=SeparationInputs)


def separation_pipeline(
    resources: JobResources,
    read: Callable[[str], OwnInputsT],
    job_class: Callable[[OwnInputsT, ContentStore, Separators, Separator, Path, int], JobT],
    steps: tuple[Step[JobT], ...],
) -> Pipeline[JobT]:
    """Build a pipeline of these steps; ``read`` parses the job's stored inputs."""

    def open_job(text: str) -> JobT:
        inputs, separators = read(text), resources.separators
        separator, ffmpeg = separators.named(inputs.model), resources.ffmpeg
        job = job_class(inputs, resources.store, separators, separator, ffmpeg, resources.workers)
        job.require_files()
        return job

    return Pipeline(open_job, steps)


def separation_steps(_: type[JobT]) -> tuple[Step[JobT], Step[JobT]]:
    """First steps: download missing weights; separate the songs that are not cached."""
    fetching: Step[JobT] = Step(
        "fetching_weights",
        lambda ctx: ctx.job.separators.fetch(ctx.job.model, ctx.progress, ctx.say),
        weight=0.1,
        when=lambda job: not job.is_ready,
        limit_s=fetch_limit_s,
    )
    separating: Step[JobT] = Step(
        "separating_stems",
        _separate_and_note,
        weight=0.5,  # for htdemucs: CPU seconds for a second of music, measured on one core
        pace=_pace,
        limit_s=limit_s,
        split=separation_tasks,
    )
    return fetching, separating


def separation_tasks(ctx: StepContext[JobT]) -> TaskList:
    """List the songs that are not cached, as tasks; raise an error if the weights are missing."""
    job = ctx.job
    return job.stem_cache.tasks([(song, None) for song in job.songs], job.needed)


def separate_songs(ctx: StepContext[JobT]) -> None:
    """Separate the needed stems of all songs, unless they are cached."""
    job, songs = ctx.job, [(song, None) for song in ctx.job.songs]
    job.stem_cache.separate_all(songs, job.needed, ctx.progress, ctx.say, ctx.task_keys)


def _separate_and_note(ctx: StepContext[JobT]) -> None:
    separate_songs(ctx)
    ctx.note(ctx.job.stem_cache.note(ctx.job.songs))


def _pace(job: SeparationJob[SeparationInputs]) -> str:
    """Name under which the step's speed is measured.

    It is the separator's name, or "kept" if all stems are cached. Which stems are needed is known
    once the weights are there.
    """
    if job.is_ready and all(job.stem_cache.holds(one, job.separator.sources) for one in job.songs):
        return "kept"
    return job.model
