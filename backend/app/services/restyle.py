"""The restyle: a song in, the same song played by other sounds out. The recipe, as one."""

from __future__ import annotations

from ..jobs.pipeline import Pipeline, Step
from ..settings import Settings
from .restyle_grains import hear_parts, replay_stems
from .restyle_inputs import RestyleInputs, RestyleJob
from .restyle_mix import mix_stems
from .restyle_report import check_restyle
from .separating import limit_s
from .separating_steps import separation_pipeline, separation_steps

# CPU seconds for a second of music, as measured on one core.
STEPS: tuple[Step[RestyleJob], ...] = (
    *separation_steps(RestyleJob),
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
    return separation_pipeline(settings, RestyleInputs.model_validate_json, RestyleJob, STEPS)
