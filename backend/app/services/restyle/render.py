"""Write a restyle's files: the mix, its stems, and the original of each replayed stem."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from ...analysis.levels.loudness import LoudnessProfile
from ...contract.stems import StemName
from ...dj.levels.track_gains import forecast, gain_shift_db, with_added_gain
from ...dj.timeline import Clip, Timeline
from ...dj.timeline_json import view_of
from ...dsp.samples import db_of_gain
from ...errors import SilentStem
from ...jobs.pipeline import StepContext
from ...jobs.workspace import Workspace
from ...render.files.encode import Encoding, Output, encode_all
from ...render.files.formats import CEILINGS_DBTP, MEDIA_TYPES, STEM_PEAKS_DBFS
from ...render.player.player import Level, Player
from ...render.progress_pool import ProgressPool
from ..files.measure_files import encode_measured
from ..files.names import TIMELINE
from ..stems.stem_clips import stem_clip, stem_tags
from ..tracks.analyse import profile_of
from ..tracks.recordings import open_recording
from .job import RestyleJob
from .replay import is_silent


@dataclass(frozen=True, slots=True)
class _File:
    """A file to write, its title, and the player of its sound."""

    name: str
    title: str
    player: Player


def mix_name(job: RestyleJob) -> str:
    """File name of the finished song."""
    return f"restyled.{job.request.format}"


def stem_name(job: RestyleJob, stem: StemName) -> str:
    """File name of a stem of the mix."""
    return f"stems/{stem}.{job.request.format}"


def mix_stems(ctx: StepContext[RestyleJob]) -> None:
    """Write the mix, its stems, and the originals of replayed stems.

    The mix is at most as loud as the song, and a stem at most as its volume says: stems that are
    left out are not compensated for, and bleed alone is not raised to a song's level. If volumes
    add up to more, they only set the balance of the stems. Raise :class:`SilentStem` if all audible
    stems are silent.
    """
    job = ctx.job
    timeline = _layout(job)
    _require_sound(job, timeline)
    ctx.workspace.write_shape(TIMELINE, view_of(timeline), artifact=True)
    _write(ctx, [_mix(job, timeline), *_stems(job, timeline)])


def forecast_levels(
    job: RestyleJob, timeline: Timeline, level: Level | None = None
) -> tuple[float, float]:
    """Forecast the mix's loudness in LUFS, and the limiter's strongest reduction in dB."""
    level = level or level_for(job)
    louder = with_added_gain(timeline, level.gain_db)
    return forecast(louder, _profiles(job, timeline), ceiling_dbtp=level.ceiling_db)


def level_for(job: RestyleJob) -> Level:
    """The level of the mix; its gains are in the timeline."""
    return Level(CEILINGS_DBTP[job.request.format])


def level_under(job: RestyleJob, timeline: Timeline, ceiling_dbtp: float) -> Level:
    """The level at which the mix is as loud as forecast, under another ceiling."""
    target_lufs, _ = forecast_levels(job, timeline)
    profiles = _profiles(job, timeline)
    gain_db = gain_shift_db(timeline, profiles, target_lufs, ceiling_dbtp=ceiling_dbtp)
    return Level(ceiling_dbtp, gain_db)


def rewrite_mix(ctx: StepContext[RestyleJob], timeline: Timeline, level: Level) -> None:
    """Write the mix again, at another level."""
    mix = _mix(ctx.job, timeline)
    _write(ctx, [replace(mix, player=mix.player.at(level))])


def _layout(job: RestyleJob) -> Timeline:
    """The audible stems, from the song's first sample to its last."""
    clips = [
        stem_clip(
            job.track, stem, job.restyled_file(stem), round(db_of_gain(job.style(stem).volume), 3)
        )
        for stem in job.needed
    ]
    timeline = Timeline(tuple(clips))
    gain_db = gain_shift_db(
        timeline,
        _profiles(job, timeline),
        profile_of(job.store, job.track.content_hash).integrated_lufs,
        ceiling_dbtp=CEILINGS_DBTP[job.request.format],
    )
    return with_added_gain(timeline, min(gain_db, 0.0))


def _require_sound(job: RestyleJob, timeline: Timeline) -> None:
    silent = all(is_silent(job, job.restyled_file(stem)) for stem in job.needed)
    if silent or not np.isfinite(forecast_levels(job, timeline)[0]):
        raise SilentStem(
            f"Only the {' and '.join(job.needed)} of “{job.track.title}” would be left: silence.",
            hint="Keep another stem.",
        )


def _profiles(job: RestyleJob, timeline: Timeline) -> list[LoudnessProfile]:
    return [profile_of(job.store, clip.recording) for clip in timeline.clips]


def _mix(job: RestyleJob, timeline: Timeline) -> _File:
    player = _player(job, timeline.clips, CEILINGS_DBTP[job.request.format])
    return _File(mix_name(job), job.inputs.title, player)


def _stems(job: RestyleJob, timeline: Timeline) -> list[_File]:
    """Each stem at its level in the mix, limited to its file's full scale."""
    files = []
    for clip in timeline.clips:
        assert clip.stem is not None  # every clip of a restyle plays a stem
        name = stem_name(job, clip.stem)
        files.append(_stem_file(job, name, job.inputs.title, clip))
        if clip.stem in job.inputs.sounds:
            original = replace(clip, gain_db=0.0, made=job.stem_file(clip.stem))
            name = f"before/{clip.stem}.{job.request.format}"
            files.append(_stem_file(job, name, job.track.title, original))
    return files


def _stem_file(job: RestyleJob, name: str, title: str, clip: Clip) -> _File:
    player = _player(job, [clip], STEM_PEAKS_DBFS[job.request.format])
    return _File(name, f"{title} ({clip.stem})", player)


def _player(job: RestyleJob, clips: Sequence[Clip], ceiling_dbtp: float) -> Player:
    return Player(
        Timeline(tuple(clips)),
        partial(open_recording, job.store),
        ceiling_dbtp,
        peaks_of=lambda recording: profile_of(job.store, recording).peaks,
    )


def _write(ctx: StepContext[RestyleJob], files: Sequence[_File]) -> None:
    """Write the files in parallel."""
    job, workspace, media_type = ctx.job, ctx.workspace, MEDIA_TYPES[ctx.job.request.format]
    with ExitStack() as writing, ProgressPool(job.workers, ctx.progress) as pool:
        pool.plan(len(files) * job.track.n_samples)
        paths = {  # reversed: the last context entered is the first file listed
            file.name: writing.enter_context(workspace.write(file.name, media_type))
            for file in reversed(files)
        }
        running = [
            pool.submit(_encode, job, file, paths[file.name], workspace, pool) for file in files
        ]
        for file, future in zip(files, running, strict=True):
            ctx.say(file.name)
            future.result()


def _encode(
    job: RestyleJob, file: _File, path: Path, workspace: Workspace, pool: ProgressPool
) -> None:
    scratch = workspace.scratch(f"segments/{file.name}")
    tags = stem_tags(job.store, job.track, file.title, job.inputs.title)
    encoding = Encoding(job.track.n_samples, tags, job.ffmpeg, scratch)
    output = Output(path, job.request.format, file.player.play, segment_key=file.player.sound_hash)
    progress = pool.add_share_of(job.track.n_samples)
    if file.name == mix_name(job):
        encode_measured(workspace, encoding, [output], workers=1, progress=progress)
    else:
        encode_all(encoding, [output], workers=1, progress=progress)
