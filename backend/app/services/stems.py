"""Stems: songs in, a file for each of their stems out. The recipe, readable as one."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..contract.stems import StemName, StemsView, StemView, TrackStemsView
from ..dsp.samples import gain_of_db, seconds
from ..jobs.pipeline import Pipeline, Step, StepContext
from ..media.normal_form import TrackReader
from ..render.effort import Effort
from ..render.stem_check import BINS_PER_S, HeardStem, HeardStems, hear_stems
from ..settings import Settings
from ..stems.separator import Separator
from ..stems.told_stems import refuse_untold
from ..store.blobs import ContentStore
from .separating import limit_s, made_on, separate
from .separating_steps import separation_pipeline, separation_steps
from .separators import Separators
from .stems_files import MEDIA_TYPES, StemEncoder, StemFile, folder_names
from .stems_inputs import StemsInputs, StemTrack

STEMS = "stems.json"

SILENT_DBFS = -60.0
"""A stem whose peaks stay under this has nothing in it: beside the others nobody hears it, and by
itself it is what seeped through from them."""


@dataclass(frozen=True, slots=True)
class StemsJob:
    """What the steps of a stems job work with."""

    inputs: StemsInputs
    content: ContentStore
    separators: Separators
    separator: Separator
    ffmpeg: Path
    workers: int

    @property
    def model(self) -> str:
        """The separator's name."""
        return self.inputs.model

    @property
    def songs(self) -> list[str]:
        """The tracks' contents, each once."""
        return list(dict.fromkeys(track.content for track in self.inputs.tracks))

    @property
    def needed(self) -> tuple[StemName, ...]:
        """All that files are made of."""
        return self.stems

    @property
    def stems(self) -> tuple[StemName, ...]:
        """Those that are wanted, in the separator's order; its weights have to be there.

        Raises
        ------
        InvalidRequest
            If the separator cannot tell one of them.
        """
        sources, wanted = self.separator.sources, self.inputs.stems
        refuse_untold(self.separator.label, sources, wanted)
        return tuple(one for one in sources if one in wanted or not wanted)

    def expect_files(self) -> None:
        """Make sure that every track is still there; else :class:`NotFound`."""
        for track in self.inputs.tracks:
            track.expect_sound(self.content)


def devices_of(job: StemsJob) -> list[str]:
    """What the tracks were taken apart on, each device once."""
    devices = (made_on(job.content, job.separator, one.content) for one in job.inputs.tracks)
    return list(dict.fromkeys(devices))


def write_stems(ctx: StepContext[StemsJob]) -> None:
    """Write a file for each stem, measure what was written, and tell of it in ``stems.json``."""
    job = ctx.job
    effort = Effort(ctx.progress)
    n_samples = sum(track.n_samples for track in job.inputs.tracks)
    effort.plan((len(job.stems) + 1) * n_samples)
    tracks: list[TrackStemsView] = []
    for track, folder in zip(job.inputs.tracks, folder_names(job.inputs.tracks), strict=True):
        ctx.say(f"song {len(tracks) + 1} of {len(job.inputs.tracks)}")
        tracks.append(_write_track(ctx, track, folder, effort))
    view = StemsView(
        model=job.inputs.model,
        label=job.separator.label,
        draft=job.separator.draft,
        device=" and ".join(filter(None, devices_of(job))),
        tracks=tracks,
    )
    with ctx.workspace.write(STEMS, "application/json") as path:
        path.write_text(view.model_dump_json(), encoding="utf-8")


def _write_track(
    ctx: StepContext[StemsJob], track: StemTrack, folder: str, effort: Effort
) -> TrackStemsView:
    job = ctx.job
    kind = job.inputs.request.format
    names = {stem: f"stems/{folder}/{stem}.{kind}" for stem in job.stems}
    gain_db = _write_files(ctx, track, names, effort)
    with TrackReader(job.content.path(track.content)) as song:
        heard = hear_stems(
            [ctx.workspace.path(name) for name in names.values()],
            song,
            gain_of_db(gain_db),
            ffmpeg=job.ffmpeg,
            heard=effort.add,
        )
    return _track_view(job, track, names, heard, gain_db)


def _write_files(
    ctx: StepContext[StemsJob], track: StemTrack, names: dict[StemName, str], effort: Effort
) -> float:
    """Write a track's stems under these names; what they were turned down by together, in dB."""
    job, kind = ctx.job, ctx.job.inputs.request.format
    scratch = ctx.workspace.scratch("stems")
    encoder = StemEncoder(job.content, job.ffmpeg, kind, job.workers, scratch)
    made = separate(job.content, job.separator, track.content, job.stems)  # or kept
    with ExitStack() as written:
        parts = {  # the last one entered is the first to be listed
            stem: written.enter_context(ctx.workspace.write(names[stem], MEDIA_TYPES[kind]))
            for stem in reversed(names)
        }
        files = [StemFile(parts[stem], stem, f"{track.content}/{made[stem]}") for stem in names]
        gain_db = encoder.gain_db(files)
        encoder.write(track, files, gain_db, effort)
    return gain_db


def _track_view(
    job: StemsJob,
    track: StemTrack,
    names: dict[StemName, str],
    heard: HeardStems,
    gain_db: float,
) -> TrackStemsView:
    whole = set(names) == set(job.separator.sources)
    return TrackStemsView(
        track_id=track.track_id,
        title=track.title,
        artist=track.artist,
        duration_s=seconds(track.n_samples),
        stems=[
            _stem_view(stem, names[stem], one) for stem, one in zip(names, heard.stems, strict=True)
        ],
        residual_db=round(heard.residual_db, 1) if whole else None,
        gain_db=gain_db,
        bins_per_s=BINS_PER_S,
    )


def _stem_view(stem: StemName, name: str, heard: HeardStem) -> StemView:
    lufs = heard.loudness_lufs
    return StemView(
        stem=stem,
        file=name,
        loudness_lufs=None if lufs is None else round(lufs, 1),
        peak_dbfs=round(heard.peak_dbfs, 1),
        silent=heard.peak_dbfs < SILENT_DBFS,
        peaks=[round(float(peak), 3) for peak in heard.peaks],
    )


# CPU seconds for a second of music, as measured on one core.
STEPS: tuple[Step[StemsJob], ...] = (
    *separation_steps(StemsJob),
    Step("writing", write_stems, weight=0.05, limit_s=limit_s),
)


def stems_pipeline(settings: Settings) -> Pipeline[StemsJob]:
    """The steps of a stems job, on this machine's content store, separators and ffmpeg."""
    return separation_pipeline(settings, StemsInputs.model_validate_json, StemsJob, STEPS)
