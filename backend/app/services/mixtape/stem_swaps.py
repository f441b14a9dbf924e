"""Separate the stems that a mixtape's stem swaps play."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ...contract.stems import FOUR_STEMS, StemName
from ...dj.timeline import Clip
from ...jobs.pipeline import StepContext, TaskList
from ...stems.separator import Progress, Separator
from ..files.artifacts import read_timeline
from ..jobs.pieces import tasks_of
from ..stems.separate import StemCache, Stretch
from .job import MixtapeJob


def lacks_weights(job: MixtapeJob) -> bool:
    """Whether the separator's weights must be downloaded first."""
    model = job.request.stem_model
    return model is not None and job.separators is not None and not job.separators.is_ready(model)


def fetch_weights(ctx: StepContext[MixtapeJob]) -> None:
    """Download the separator's weights."""
    model, separators = ctx.job.request.stem_model, ctx.job.separators
    if model is not None and separators is not None:
        separators.fetch(model, ctx.progress, ctx.say)


def separate_joins(ctx: StepContext[MixtapeJob]) -> None:
    """Separate the seconds round stem swaps, unless they are cached."""
    clips = read_timeline(ctx.workspace).clips
    separate_clips(ctx.job, clips, ctx.progress, ctx.say, ctx.task_keys)
    separator = ctx.job.separator
    if separator and any(clip.stem_faders for clip in clips):
        draft_note = ", which is a draft" if separator.draft else ""
        ctx.note(f"The stems of stem swaps are by {separator.label}{draft_note}.")


def joins_to_separate(ctx: StepContext[MixtapeJob]) -> TaskList:
    """List the stretches that are not cached, as tasks."""
    job = ctx.job
    if job.separator is None:
        return tasks_of((), 1)
    stretches = _stretches(read_timeline(ctx.workspace).clips)
    return StemCache(job.store, job.separator).tasks(stretches, _stems(job.separator))


def separate_clips(
    job: MixtapeJob,
    clips: Sequence[Clip],
    progress: Progress,
    say: Callable[[str], None],
    task_keys: Collection[str] = (),
) -> None:
    """Separate those stretches of clips of which stems are played; ``task_keys`` by tasks."""
    stretches = _stretches(clips)
    if job.separator and stretches:
        cache = StemCache(job.store, job.separator)
        cache.separate_all(stretches, _stems(job.separator), progress, say, task_keys)


def _stretches(clips: Sequence[Clip]) -> list[tuple[str, Stretch]]:
    """The stretches of which stems are played, each once."""
    return list(
        dict.fromkeys((clip.content_hash, one.source) for clip in clips for one in clip.stem_faders)
    )


def _stems(separator: Separator) -> list[StemName]:
    return [stem for stem in separator.sources if stem in FOUR_STEMS]
