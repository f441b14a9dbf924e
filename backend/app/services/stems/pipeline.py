"""The steps of a stems job: separate songs into files."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from ...contract.stems import StemName, StemsView, StemView, TrackStemsView
from ...contract.stored_json import read_stored
from ...dsp.samples import gain_of_db, seconds
from ...jobs.pipeline import Pipeline, Step, StepContext
from ...media.normal_form import TrackReader
from ...render.files.formats import MEDIA_TYPES
from ...render.measure.stem_metrics import BINS_PER_S, StemMetrics, measure_stems
from ...render.progress_pool import ProgressPool
from ...stems.stem_support import require_stems
from ..jobs.resources import JobResources
from ..library.track_ref import TrackRef
from .files import SILENT_DBFS, StemEncoder, StemFile, folder_names
from .inputs import StemsInputs
from .separate import limit_s
from .separation_job import SeparationJob, separation_pipeline, separation_steps

STEMS = "stems.json"


class StemsJob(SeparationJob[StemsInputs]):
    """A stems job while it runs in its process."""

    __slots__ = ()

    @property
    def needed(self) -> tuple[StemName, ...]:
        """The requested stems, in the separator's order; all if the request names none.

        Raise :class:`InvalidRequest` if the separator lacks one of them.
        """
        sources, requested = self.separator.sources, self.inputs.stems
        require_stems(self.separator.label, sources, requested)
        return tuple(one for one in sources if one in requested or not requested)


def write_stems(ctx: StepContext[StemsJob]) -> None:
    """Write and measure a file for each stem, and describe them in ``stems.json``."""
    job, songs = ctx.job, ctx.job.inputs.tracks
    tracks: list[TrackStemsView] = []
    with ProgressPool(job.workers, ctx.progress) as pool:
        pool.plan((len(job.needed) + 1) * sum(track.n_samples for track in songs))
        for track, folder in zip(songs, folder_names(songs), strict=True):
            ctx.say(f"song {len(tracks) + 1} of {len(songs)}")
            tracks.append(_write_track(ctx, track, folder, pool))
    view = StemsView(
        model=job.inputs.model,
        label=job.separator.label,
        draft=job.separator.draft,
        device=" and ".join(job.stem_cache.devices(job.songs)),
        tracks=tracks,
    )
    ctx.workspace.write_shape(STEMS, view, artifact=True)


def _write_track(
    ctx: StepContext[StemsJob], track: TrackRef, folder: str, pool: ProgressPool
) -> TrackStemsView:
    job, kind = ctx.job, ctx.job.inputs.request.format
    names = {stem: f"stems/{folder}/{stem}.{kind}" for stem in job.needed}
    gain_db = _write_files(ctx, track, names, pool)
    with TrackReader(job.store.path(track.content_hash)) as song:
        stems, residual_db = measure_stems(
            [ctx.workspace.path(name) for name in names.values()],
            song,
            gain_of_db(gain_db),
            ffmpeg=job.ffmpeg,
            count=pool.add,
        )
    return _track_view(job, track, names, stems, residual_db, gain_db)


def _write_files(
    ctx: StepContext[StemsJob], track: TrackRef, names: dict[StemName, str], pool: ProgressPool
) -> float:
    """Write a track's stems under these names; return their common gain in dB."""
    job, kind = ctx.job, ctx.job.inputs.request.format
    encoder = StemEncoder(job.store, job.ffmpeg, kind, ctx.workspace.scratch("stems"))
    separated = job.stem_cache.separate(track.content_hash, job.needed)
    with ExitStack() as writing:
        paths = {  # reversed: the last context entered is the first file listed
            stem: writing.enter_context(ctx.workspace.write(names[stem], MEDIA_TYPES[kind]))
            for stem in reversed(names)
        }
        files = [
            StemFile(paths[stem], stem, f"{track.content_hash}/{separated[stem]}") for stem in names
        ]
        gain_db = encoder.gain_db(files)
        encoder.write(track, files, gain_db, pool)
    return gain_db


def _track_view(
    job: StemsJob,
    track: TrackRef,
    names: dict[StemName, str],
    stems: list[StemMetrics],
    residual_db: float,
    gain_db: float,
) -> TrackStemsView:
    complete = set(names) == set(job.separator.sources)
    return TrackStemsView(
        track_id=track.track_id,
        title=track.title,
        artist=track.artist,
        duration_s=seconds(track.n_samples),
        stems=[
            _stem_view(stem, name, one)
            for (stem, name), one in zip(names.items(), stems, strict=True)
        ],
        residual_db=round(residual_db, 1) if complete else None,
        gain_db=gain_db,
        bins_per_s=BINS_PER_S,
    )


def _stem_view(stem: StemName, name: str, metrics: StemMetrics) -> StemView:
    lufs = metrics.loudness_lufs
    return StemView(
        stem=stem,
        file=name,
        loudness_lufs=None if lufs is None else round(lufs, 1),
        peak_dbfs=round(metrics.peak_dbfs, 1),
        silent=metrics.peak_dbfs < SILENT_DBFS,
        peaks=[round(float(peak), 3) for peak in metrics.peaks],
    )


# Weights are CPU seconds for a second of music, measured on one core.
STEPS: tuple[Step[StemsJob], ...] = (
    *separation_steps(StemsJob),
    Step("writing", write_stems, weight=0.05, limit_s=limit_s),
)


def stems_pipeline(resources: JobResources) -> Pipeline[StemsJob]:
    """The pipeline of a stems job."""
    return separation_pipeline(resources, partial(read_stored, StemsInputs), StemsJob, STEPS)
