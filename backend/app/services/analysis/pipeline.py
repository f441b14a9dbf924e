"""The steps of an analysis job: analyse every track of a crate."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract.analysis import CrateAnalysis, HeardTrack
from ...contract.stored_json import read_stored
from ...jobs.pipeline import Pipeline, Step, StepContext, TaskList
from ...store.files.blobs import ContentStore
from ..jobs.resources import JobResources
from ..tracks.analyse import analyse_all, analyse_track, analysis_tasks
from .inputs import AnalysisInputs

ANALYSIS = "analysis.json"


@dataclass(frozen=True, slots=True)
class AnalysisJob:
    """An analysis job while it runs in its process."""

    inputs: AnalysisInputs
    store: ContentStore
    workers: int

    def require_files(self) -> None:
        """Raise :class:`NotFound` if a track was deleted since the request."""
        for track in self.inputs.tracks:
            track.require_file(self.store)


def analyse_crate(ctx: StepContext[AnalysisJob]) -> None:
    """Analyse the tracks; write the results with the user's corrections."""
    job, tracks = ctx.job, ctx.job.inputs.tracks
    analyse_all(ctx, job.store, job.workers, tracks, whole=True)
    analysed = [
        HeardTrack(
            track_id=track.track_id,
            analysis=track.corrected(analyse_track(job.store, track.content_hash)),
        )
        for track in tracks
    ]
    ctx.workspace.write_shape(ANALYSIS, CrateAnalysis(tracks=analysed), artifact=True)


def crate_analyses(ctx: StepContext[AnalysisJob]) -> TaskList:
    """List the tracks that are not analysed yet, as tasks."""
    job = ctx.job
    return analysis_tasks(job.store, job.workers, job.inputs.tracks, whole=True)


# Weight: CPU seconds per second of music, measured on one core.
STEPS: tuple[Step[AnalysisJob], ...] = (
    Step("analysing", analyse_crate, weight=0.01, split=crate_analyses),
)


def analysis_pipeline(resources: JobResources) -> Pipeline[AnalysisJob]:
    """The pipeline of an analysis job, with its only step."""

    def open_job(text: str) -> AnalysisJob:
        inputs = read_stored(AnalysisInputs, text)
        job = AnalysisJob(inputs, resources.store, resources.workers)
        job.require_files()
        return job

    return Pipeline(open_job, STEPS)
