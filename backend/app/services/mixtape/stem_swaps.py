"""Separate the stems that a mixtape's stem swaps play."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...contract.stems import FOUR_STEMS
from ...dj.timeline import Clip
from ...jobs.pipeline import StepContext
from ...stems.separator import Progress
from ..files.artifacts import read_timeline
from ..stems.separate import StemCache
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
    separate_clips(ctx.job, clips, ctx.progress, ctx.say)
    separator = ctx.job.separator
    if separator and any(clip.stem_faders for clip in clips):
        draft_note = ", which is a draft" if separator.draft else ""
        ctx.note(f"The stems of stem swaps are by {separator.label}{draft_note}.")


def separate_clips(
    job: MixtapeJob, clips: Sequence[Clip], progress: Progress, say: Callable[[str], None]
) -> None:
    """Separate those stretches of clips of which stems are played."""
    stretches = dict.fromkeys(
        (clip.content_hash, faders.source) for clip in clips for faders in clip.stem_faders
    )
    if job.separator and stretches:
        stems = [stem for stem in job.separator.sources if stem in FOUR_STEMS]
        cache = StemCache(job.store, job.separator)
        cache.separate_all(list(stretches), stems, progress, say)
