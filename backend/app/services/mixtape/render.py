"""Render a mixtape's sound and encode it in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

from ...contract.jobs import AudioFormat, MixtapeRequest
from ...dj.timeline import Timeline
from ...dj.timeline_json import timeline_of
from ...jobs.pipeline import StepContext, TaskList
from ...jobs.workspace import Workspace
from ...render.aac.encode import BaseAac
from ...render.files.encode import Encoding, Output
from ...render.files.formats import CEILINGS_DBTP, MEDIA_TYPES
from ...render.files.tags import MixTags
from ...render.mp3.info_frame import Mp3Mode
from ...render.mp3.reuse import BaseMp3
from ...render.player.player import Player
from ...render.player.stretched_segments import stretched_segments_of
from ...video.backdrop import square
from ...video.thumbnail import jpeg_bytes
from ..files.artifacts import read_timeline
from ..files.measure_files import encode_measured
from ..tracks.analyse import profile_of
from ..tracks.recordings import open_recording
from ..tracks.stretched import open_stretched, stretch_segments, stretching_tasks
from .job import MixtapeJob
from .reuse.aac import M4A, open_base_aac, save_aac_origin
from .reuse.base_files import base_workspace
from .reuse.levels import level_for
from .reuse.mp3 import MP3, Mp3Reuse

COVER_SIDE = 1000  # pixels; players and stores show no more
FILM_SOUND = M4A
"""The sound that the film copies; a file for the user only if M4A was requested."""


def stretch_clips(ctx: StepContext[MixtapeJob]) -> None:
    """Render the time-stretched segments that are not cached."""
    segments = stretched_segments_of(read_timeline(ctx.workspace))
    stretch_segments(ctx, ctx.job.store, ctx.job.workers, segments)


def stretching_mix_tasks(ctx: StepContext[MixtapeJob]) -> TaskList:
    """List the time-stretched segments that are not cached, as tasks."""
    segments = stretched_segments_of(read_timeline(ctx.workspace))
    return stretching_tasks(ctx.job.store, ctx.job.workers, segments)


def render_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Play the timeline once and encode all formats in parallel."""
    job, timeline = ctx.job, read_timeline(ctx.workspace)
    with ExitStack() as files:
        base = _base_mp3(ctx)
        if base is not None:
            files.enter_context(base)
        paths = {
            name: files.enter_context(ctx.workspace.write(name, media_type))
            for name, media_type in files_of(job.request)
        }
        outputs = [
            replace(
                output,
                base=base,
                base_aac=_base_aac(ctx) if name == FILM_SOUND else None,
            )
            for name, output in zip(paths, mix_outputs(job, timeline, paths), strict=True)
        ]
        encode(ctx, timeline, outputs)
    for name, output in zip(paths, outputs, strict=True):
        if output.player is not None:
            save_origin(job, name, output.player, ctx.workspace)


def mix_outputs(job: MixtapeJob, timeline: Timeline, paths: Mapping[str, Path]) -> list[Output]:
    """Describe the job's files: what to play into each of these paths, at which level."""
    mix = player_for(job, timeline, "mp3")
    return [
        output_of(job, name, path, mix.at(level_for(job, timeline, format_of(name))))
        for name, path in paths.items()
    ]


def save_origin(job: MixtapeJob, name: str, player: Player, workspace: Workspace) -> None:
    """Save how a file was made, in case a later mix reuses its frames."""
    if name == MP3:
        _mp3_reuse(job).save(player, workspace)
    if name == M4A:
        save_aac_origin(job, player, workspace)


def output_of(job: MixtapeJob, name: str, path: Path, player: Player) -> Output:
    """Describe one of the job's files: where to write it, and what to play into it."""
    return Output(
        path=path,
        format=format_of(name),
        play=player.play,
        player=player,
        segment_key=player.sound_hash,
        mode=_mp3_reuse(job).mode,
        kbps=job.request.bitrate_kbps,
    )


def encode(ctx: StepContext[MixtapeJob], timeline: Timeline, outputs: Sequence[Output]) -> None:
    """Write files of the mix with its tags; measure the lossless ones at the same time."""
    job, scratch = ctx.job, ctx.workspace.scratch("segments")
    tags = _tags(job, timeline, scratch)
    encoding = Encoding(timeline.length, tags, job.ffmpeg, scratch, in_tasks=ctx.is_split)
    encode_measured(
        ctx.workspace,
        encoding,
        outputs,
        workers=job.workers,
        progress=ctx.progress,
        say=ctx.say,
    )


def _base_mp3(ctx: StepContext[MixtapeJob]) -> BaseMp3 | None:
    """Open the MP3 of the mix's base, if its frames can be reused."""
    job, base = ctx.job, base_workspace(ctx)
    if base is None or job.inputs.base is None or "mp3" not in job.request.formats:
        return None
    player = player_for(job, timeline_of(job.inputs.base), "mp3")
    return _mp3_reuse(job).open_base(base, player)


def _base_aac(ctx: StepContext[MixtapeJob]) -> BaseAac | None:
    """Read the frames of the base's M4A, if they can be reused."""
    job = ctx.job
    if job.inputs.base is None:
        return None
    return open_base_aac(ctx, player_for(job, timeline_of(job.inputs.base), "m4a"))


def _mp3_reuse(job: MixtapeJob) -> Mp3Reuse:
    kbps = None if job.request.mp3_vbr else job.request.bitrate_kbps
    return Mp3Reuse(Mp3Mode(kbps), job.ffmpeg)


def player_for(job: MixtapeJob, timeline: Timeline, kind: AudioFormat) -> Player:
    """Create a player of the timeline at the loudness of this format."""
    player = Player(
        timeline,
        partial(open_recording, job.store),
        CEILINGS_DBTP[kind],
        peaks_of=lambda c: profile_of(job.store, c).peaks,
        open_stretched=partial(open_stretched, job.store),
    )
    return player.at(level_for(job, timeline, kind))


def format_of(name: str) -> AudioFormat:
    """Return a file's format: ``mix.flac`` is ``flac``."""
    return cast(AudioFormat, name.removeprefix("mix."))


def files_of(request: MixtapeRequest) -> list[tuple[str, str | None]]:
    """List the names and media types of the files to encode.

    An M4A that is encoded for the film alone has no media type, as it is no file for the user.
    """
    files: list[tuple[str, str | None]] = [
        (f"mix.{name}", MEDIA_TYPES[name]) for name in dict.fromkeys(request.formats)
    ]
    if request.video is not None and "m4a" not in request.formats:
        files.append((FILM_SOUND, None))
    return files


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
