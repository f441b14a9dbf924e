"""The stem swaps of a mixtape: only the seconds round such joins are taken apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..contract.stems import FOUR_STEMS
from ..dj.timeline import Clip
from ..jobs.pipeline import StepContext
from ..stems.separator import Progress
from .mixtape_inputs import MixtapeJob
from .mixtape_plan import planned
from .separating import separate_all


def separate_joins(ctx: StepContext[MixtapeJob]) -> None:
    """Take apart what is heard in stem swaps and nobody has taken apart before."""
    clips = planned(ctx.workspace).clips
    take_apart(ctx.job, clips, ctx.progress, ctx.say)
    separator = ctx.job.separator
    if separator and any(clip.stem_faders for clip in clips):
        a_draft = ", which is a draft" if separator.draft else ""
        ctx.note(f"The stems of stem swaps are by {separator.label}{a_draft}.")


def take_apart(
    job: MixtapeJob, clips: Sequence[Clip], progress: Progress, say: Callable[[str], None]
) -> None:
    """Separate the stretches that these clips' stems are heard of."""
    stretches = dict.fromkeys(
        (clip.content, faders.source) for clip in clips for faders in clip.stem_faders
    )
    if job.separator and stretches:
        wanted = [stem for stem in job.separator.sources if stem in FOUR_STEMS]
        separate_all(
            job.content, job.separator, list(stretches), wanted, progress=progress, say=say
        )
