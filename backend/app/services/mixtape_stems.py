"""The stem swaps of a mixtape: only the seconds round such joins are taken apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..contract.stems import FOUR_STEMS
from ..dj.timeline import Clip
from ..jobs.pipeline import StepContext
from ..stems.separator import Progress, Separator
from .mixtape_inputs import MixtapeInputs, MixtapeJob
from .mixtape_plan import planned
from .separating import separate_all
from .separators import Separators


def separator_of(inputs: MixtapeInputs, separators: Separators) -> Separator | None:
    """Who takes tracks apart in this mix; None where nobody does."""
    asked = inputs.request.stem_model
    return None if asked is None else separators.named(asked)


def lacks_weights(job: MixtapeJob) -> bool:
    """Whether something has to be fetched before tracks can be taken apart."""
    asked = job.request.stem_model
    return asked is not None and job.separators is not None and not job.separators.is_ready(asked)


def fetch_weights(ctx: StepContext[MixtapeJob]) -> None:
    """Fetch the model that is to take tracks apart."""
    asked, separators = ctx.job.request.stem_model, ctx.job.separators
    if asked is not None and separators is not None:
        separators.fetch(asked, ctx.progress, ctx.say)


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
