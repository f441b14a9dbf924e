"""The mixtape: tracks in; mix, report, film and words out. The recipe, readable as one."""

from __future__ import annotations

import os

from ..dj.llm import LlmStrategist
from ..jobs.pipeline import Pipeline, Step
from ..media.ffmpeg import find_ffmpeg
from ..settings import Settings
from ..store.blobs import ContentStore
from .mix_words import describing, model_of
from .mixtape_check import check_mix
from .mixtape_film import film_mix
from .mixtape_inputs import MixtapeInputs, MixtapeJob
from .mixtape_order import order_mix
from .mixtape_plan import analyse_tracks, plan_mix
from .mixtape_sound import render_mix, stretch_pieces
from .mixtape_stems import fetch_weights, lacks_weights, separate_joins, separator_of
from .mixtape_words import describe_mix
from .separating import limit_s
from .separators import Separators, fetch_limit_s

# Before its words. Weights are CPU seconds for a second of music, as measured on one core.
STEPS: tuple[Step[MixtapeJob], ...] = (
    Step(
        "fetching_weights",
        fetch_weights,
        weight=0.1,
        when=lacks_weights,
        limit_s=fetch_limit_s,
    ),
    Step("analysing", analyse_tracks, weight=0.003),
    Step("ordering", order_mix, weight=0.0003, when=lambda job: job.request.order == "auto"),
    Step("planning", plan_mix, weight=0.0003),
    Step(
        "separating_stems",
        separate_joins,
        weight=0.2,
        when=lambda job: job.separator is not None,
        pace=lambda job: job.request.stem_model or "",
        limit_s=limit_s,
    ),
    Step(
        "stretching",
        stretch_pieces,
        weight=0.01,
        when=lambda job: job.request.transitions != "crossfade",
    ),
    Step("mixing", render_mix, weight=0.03),
    Step("checking", check_mix, weight=0.005),
    Step("filming", film_mix, weight=0.01, when=lambda job: job.request.video is not None),
)


def mixtape_pipeline(settings: Settings) -> Pipeline[MixtapeJob]:
    """The mixtape's steps, on this machine's content store and ffmpeg."""
    content = ContentStore(settings.storage_root)
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    workers = settings.render_workers or os.cpu_count() or 1
    model = model_of(settings)

    separators = Separators.of(settings)

    def open_job(text: str) -> MixtapeJob:
        inputs = MixtapeInputs.model_validate_json(text)
        job = MixtapeJob(
            inputs,
            content,
            ffmpeg,
            workers,
            LlmStrategist(model) if model else None,
            separators,
            separator_of(inputs, separators),
        )
        job.expect_files()
        return job

    return Pipeline(open_job, (*STEPS, describing(describe_mix, settings)))
