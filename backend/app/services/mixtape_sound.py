"""The sound of a mixtape: rendered and encoded in one go, then measured as people will hear it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import cast

from ..contract.base import Shape
from ..contract.jobs import AudioFormat, MixtapeRequest
from ..contract.mixes import ReportView, WaveformView
from ..dj.levels import CEILINGS_DBTP, forecast, level_mix
from ..dj.timeline import Timeline
from ..dsp.samples import seconds
from ..errors import ToolFailed
from ..jobs.pipeline import StepContext
from ..media.normal_form import TrackReader
from ..render.check import BINS_PER_S, Measured, measure_file
from ..render.encode import Encoding, Output, encode_all
from ..render.mix_tags import MixTags
from ..render.mp3_info import Mp3Mode
from ..render.player import Player
from ..video.backdrop import square
from ..video.thumbnail import jpeg_bytes
from .mixtape_inputs import MixtapeJob
from .mixtape_plan import planned, profile_of, profiles_of

MEDIA_TYPES: dict[AudioFormat, str] = {
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "opus": "audio/ogg",
}
BEST_KBPS: dict[AudioFormat, int] = {"m4a": 256, "opus": 192}
"""What these encoders are transparent at; past it a file only grows."""

LENGTH_SLACK: dict[AudioFormat, int] = {"m4a": 1024, "opus": 64}
"""Samples: AAC ends on a whole frame, Opus goes through 48 kHz and back."""

COVER_SIDE = 1000  # pixels; what players and stores show at most
FILM_SOUND = "mix.m4a"
"""The film copies the sound of this file; it is for the user only where asked for."""


def render_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Play the timeline once for each encoder, all encoders at work side by side."""
    job, timeline = ctx.job, planned(ctx.workspace)
    scratch = ctx.workspace.scratch("segments")
    encoding = Encoding(timeline.length, _tags(job, timeline, scratch), job.ffmpeg, scratch)
    with ExitStack() as written:
        outputs = [
            _output(job, timeline, name, written.enter_context(ctx.workspace.write(name, media)))
            for name, media in _files(job.request)
        ]
        encode_all(encoding, outputs, workers=job.workers, progress=ctx.progress)


def check_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Measure the first format's file; its length must be the timeline's, to the sample."""
    job, timeline = ctx.job, planned(ctx.workspace)
    measured = measure_file(
        ctx.workspace.path(f"mix.{job.request.formats[0]}"),
        ffmpeg=job.ffmpeg,
        progress=lambda n_samples: ctx.progress(n_samples / timeline.length),
    )
    _expect_length(measured, timeline, job.request.formats[0])
    report = ReportView(
        duration_s=seconds(measured.n_samples),
        loudness_lufs=round(measured.loudness_lufs, 2),
        true_peak_dbtp=round(measured.true_peak_dbtp, 2),
        limited_db=round(forecast(timeline, profiles_of(job))[1], 1),
        notes=[join.reason for join in timeline.transitions],
    )
    waveform = WaveformView(
        duration_s=report.duration_s,
        bins_per_s=BINS_PER_S,
        peaks=[round(float(peak), 3) for peak in measured.peaks],
    )
    _write_shape(ctx, "report.json", report)
    _write_shape(ctx, "waveform.json", waveform)


def _files(request: MixtapeRequest) -> list[tuple[str, str | None]]:
    """Names and media types of what is to be encoded; the film's sound is made for it alone
    (without a media type) where nobody asked for it."""
    files: list[tuple[str, str | None]] = [
        (f"mix.{name}", MEDIA_TYPES[name]) for name in dict.fromkeys(request.formats)
    ]
    if request.video is not None and "m4a" not in request.formats:
        files.append((FILM_SOUND, None))
    return files


def _output(job: MixtapeJob, timeline: Timeline, name: str, path: Path) -> Output:
    kind = cast(AudioFormat, name.removeprefix("mix."))
    request = job.request
    ceiling = CEILINGS_DBTP[kind]
    levelled = level_mix(timeline, profiles_of(job), request.loudness_lufs, ceiling_dbtp=ceiling)
    player = Player(
        levelled,
        lambda c: TrackReader(job.content.path(c)),
        ceiling,
        peaks_of=lambda c: profile_of(job, c).peaks,
    )
    return Output(
        path=path,
        format=kind,
        play=player.play,
        segment_key=player.key_of,
        mode=Mp3Mode(kbps=None if request.mp3_vbr else request.bitrate_kbps),
        kbps=min(request.bitrate_kbps, BEST_KBPS.get(kind, 320)),
    )


def _tags(job: MixtapeJob, timeline: Timeline, scratch: Path) -> MixTags:
    cover = scratch / "cover.jpg"
    cover.write_bytes(jpeg_bytes(square(job.picture, seed=job.inputs.title, side=COVER_SIDE)))
    return MixTags(
        title=job.inputs.title,
        artist=job.request.artist,
        album=job.inputs.title,
        comment="",
        cover=cover,
        chapters=tuple((chapter.start, chapter.title) for chapter in timeline.chapters),
        length=timeline.length,
    )


def _expect_length(measured: Measured, timeline: Timeline, kind: AudioFormat) -> None:
    """An encoder that lost sound is a failure, not a shorter mix."""
    if abs(measured.n_samples - timeline.length) > LENGTH_SLACK.get(kind, 0):
        raise ToolFailed(
            f"The mix came out {seconds(measured.n_samples):.1f} s long instead of"
            f" {timeline.duration_s:.1f} s.",
            hint="Retry; if it stays, tell us the job's id.",
        )


def _write_shape(ctx: StepContext[MixtapeJob], name: str, shape: Shape) -> None:
    with ctx.workspace.write(name, "application/json") as path:
        path.write_text(shape.model_dump_json(), encoding="utf-8")
