"""The analysis of a crate: every track heard, once, for the eyes of its owner."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ..analysis.manual import with_fix
from ..contract.analysis import CrateAnalysis, HeardTrack, TrackAnalysis
from ..errors import NotFound
from ..jobs.pipeline import Pipeline, Step, StepContext
from ..settings import Settings
from ..store.blobs import ContentStore
from .analysis_inputs import AnalysisInputs, CrateTrack
from .hearing import hear, hear_all

ANALYSIS = "analysis.json"


@dataclass(frozen=True, slots=True)
class AnalysisJob:
    """What the steps of an analysis work with."""

    inputs: AnalysisInputs
    content: ContentStore
    workers: int

    def expect_files(self) -> None:
        """Make sure that every track is still there; else :class:`NotFound`."""
        for track in self.inputs.tracks:
            if not self.content.path(track.content).is_file():
                raise NotFound(
                    f"“{track.title}” is no longer there.", hint="Upload it again and start anew."
                )


def hear_crate(ctx: StepContext[AnalysisJob]) -> None:
    """Listen to what nobody has heard yet, and write down all of it."""
    job = ctx.job
    hear_all(
        job.content,
        {track.content: track.n_samples for track in job.inputs.tracks},
        whole=True,
        workers=job.workers,
        progress=ctx.progress,
        say=ctx.say,
    )
    heard = [
        HeardTrack(track_id=track.track_id, analysis=_analysis(job, track))
        for track in job.inputs.tracks
    ]
    with ctx.workspace.write(ANALYSIS, "application/json") as path:
        path.write_text(CrateAnalysis(tracks=heard).model_dump_json(), encoding="utf-8")


def _analysis(job: AnalysisJob, track: CrateTrack) -> TrackAnalysis:
    heard = hear(job.content, track.content)
    return with_fix(heard, track.grid_fix) if track.grid_fix else heard


# CPU seconds for a second of music, as measured on one core.
STEPS: tuple[Step[AnalysisJob], ...] = (Step("analysing", hear_crate, weight=0.01),)


def analysis_pipeline(settings: Settings) -> Pipeline[AnalysisJob]:
    """The one step of an analysis, on this machine's content store."""
    content = ContentStore(settings.storage_root)
    workers = settings.render_workers or os.cpu_count() or 1

    def open_job(inputs: str) -> AnalysisJob:
        job = AnalysisJob(AnalysisInputs.model_validate_json(inputs), content, workers)
        job.expect_files()
        return job

    return Pipeline(open_job, STEPS)
