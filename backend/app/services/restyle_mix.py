"""The files of a restyle: the mix of its stems, and each of them as it is heard in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from ..analysis.loudness import LoudnessProfile
from ..contract.mixes import TimelineView
from ..contract.stems import StemName
from ..dj.levels import CEILINGS_DBTP, forecast, gain_shift_db, shifted
from ..dj.timeline import Clip, Timeline
from ..dj.timeline_view import timeline_of, view_of
from ..dsp.samples import db_of_gain
from ..errors import SilentStem
from ..jobs.pipeline import StepContext
from ..jobs.workspace import Workspace
from ..render.effort import Effort, crew
from ..render.encode import Encoding, Output, encode_all
from ..render.mix_tags import MixTags
from ..render.player import Player
from .hearing import profile_of
from .mix_files import TIMELINE
from .recordings import open_recording
from .restyle_grains import nothing_in
from .restyle_inputs import RestyleJob
from .stems_files import MEDIA_TYPES, PEAKS_DBFS, told_in_samples


@dataclass(frozen=True, slots=True)
class _File:
    """A file to be written: its name, what is called so, and what plays into it."""

    name: str
    title: str
    player: Player


def mix_name(job: RestyleJob) -> str:
    """The finished song's file."""
    return f"restyled.{job.request.format}"


def stem_name(job: RestyleJob, stem: StemName) -> str:
    """A stem's file, as it is heard in the mix."""
    return f"stems/{stem}.{job.request.format}"


def mix_stems(ctx: StepContext[RestyleJob]) -> None:
    """Lay the stems out, and write the mix, its stems, and those that were re-played as they were.

    The whole is no louder than the song was, and no stem louder than its volume has it: what is
    left of a song when stems are left out is as loud as it was in it, and what has only seeped
    through from other stems is not blown up to a song. Volumes that add up to more are what stems
    have against each other.

    Raises
    ------
    SilentStem
        If there is nothing in any stem that is left.
    """
    job = ctx.job
    timeline = _laid_out(job)
    _expect_sound(job, timeline)
    with ctx.workspace.write(TIMELINE, "application/json") as path:
        path.write_text(view_of(timeline).model_dump_json(), encoding="utf-8")
    _write(ctx, [_mix(job, timeline), *_stems(job, timeline)])


def planned(workspace: Workspace) -> Timeline:
    """The timeline that :func:`mix_stems` wrote."""
    text = workspace.path(TIMELINE).read_text(encoding="utf-8")
    return timeline_of(TimelineView.model_validate_json(text))


def told_by(job: RestyleJob, timeline: Timeline) -> tuple[float, float]:
    """How loud the mix comes out, in LUFS, and the most that the limiter takes, in dB."""
    ceiling = CEILINGS_DBTP[job.request.format]
    return forecast(timeline, _profiles(job, timeline), ceiling_dbtp=ceiling)


def _laid_out(job: RestyleJob) -> Timeline:
    """The stems that are heard, from the song's first sample to its last."""
    track = job.track
    clips = [
        Clip(
            track_id=track.track_id,
            content=track.content,
            title=track.title,
            artist=track.artist,
            start=0,
            length=track.n_samples,
            gain_db=round(db_of_gain(job.style(stem).volume), 3),
            role="stem",
            stem=stem,
            made=job.made(stem),
        )
        for stem in job.heard
    ]
    timeline = Timeline(tuple(clips))
    gain_db = gain_shift_db(
        timeline,
        _profiles(job, timeline),
        profile_of(job.content, track.content).integrated_lufs,
        ceiling_dbtp=CEILINGS_DBTP[job.request.format],
    )
    return shifted(timeline, min(gain_db, 0.0))


def _expect_sound(job: RestyleJob, timeline: Timeline) -> None:
    something = not all(nothing_in(job, job.made(stem)) for stem in job.heard)
    if something and np.isfinite(told_by(job, timeline)[0]):
        return
    left = " and ".join(job.heard)
    raise SilentStem(
        f"There is nothing in the {left} of “{job.track.title}”, and all else is left out.",
        hint="Keep another stem.",
    )


def _profiles(job: RestyleJob, timeline: Timeline) -> list[LoudnessProfile]:
    return [profile_of(job.content, clip.recording) for clip in timeline.clips]


def _mix(job: RestyleJob, timeline: Timeline) -> _File:
    player = _player(job, timeline.clips, CEILINGS_DBTP[job.request.format])
    return _File(mix_name(job), job.inputs.title, player)


def _stems(job: RestyleJob, timeline: Timeline) -> list[_File]:
    """Each stem at the level of the mix; what is over its file's full scale alone is held back."""
    files = []
    for clip in timeline.clips:
        assert clip.stem is not None  # every clip is a stem's
        name = stem_name(job, clip.stem)
        files.append(_stem_file(job, name, job.inputs.title, clip))
        if clip.stem in job.inputs.sounds:
            as_it_was = replace(clip, gain_db=0.0, made=job.base(clip.stem))
            name = f"before/{clip.stem}.{job.request.format}"
            files.append(_stem_file(job, name, job.track.title, as_it_was))
    return files


def _stem_file(job: RestyleJob, name: str, title: str, clip: Clip) -> _File:
    player = _player(job, [clip], PEAKS_DBFS[job.request.format])
    return _File(name, f"{title} ({clip.stem})", player)


def _player(job: RestyleJob, clips: Sequence[Clip], ceiling_dbtp: float) -> Player:
    return Player(
        Timeline(tuple(clips)),
        partial(open_recording, job.content),
        ceiling_dbtp,
        peaks_of=lambda recording: profile_of(job.content, recording).peaks,
    )


def _write(ctx: StepContext[RestyleJob], files: Sequence[_File]) -> None:
    """Write files, several at once."""
    job, effort = ctx.job, Effort(ctx.progress)
    effort.plan(len(files) * job.track.n_samples)
    with ExitStack() as written:
        paths = {  # the last one entered is the first to be listed
            file.name: written.enter_context(
                ctx.workspace.write(file.name, MEDIA_TYPES[job.request.format])
            )
            for file in reversed(files)
        }
        with crew(job.workers, effort) as pool:
            writing = [
                pool.submit(
                    effort.guard,
                    partial(_encode, job, file, paths[file.name], ctx.workspace, effort),
                )
                for file in files
            ]
            for file, future in zip(files, writing, strict=True):
                ctx.say(file.name)
                future.result()


def _encode(job: RestyleJob, file: _File, path: Path, workspace: Workspace, effort: Effort) -> None:
    player = file.player
    scratch = workspace.scratch(f"segments/{file.name}")
    output = Output(path, job.request.format, player.play, segment_key=player.key_of)
    encode_all(
        Encoding(job.track.n_samples, _tags(job, file.title), job.ffmpeg, scratch),
        [output],
        workers=1,
        progress=told_in_samples(effort, job.track.n_samples),
    )


def _tags(job: RestyleJob, title: str) -> MixTags:
    return MixTags(
        title=title,
        artist=job.track.artist,
        album=job.inputs.title,
        comment="",
        cover=job.track.cover(job.content),
        chapters=(),
        length=job.track.n_samples,
    )
