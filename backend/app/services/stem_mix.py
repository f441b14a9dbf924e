"""A mix of stems: the stems of one song, as their faders stand, played into one file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..contract.mixes import TimelineView
from ..contract.stems import StemFormat, StemName
from ..dj.levels import CEILINGS_DBTP
from ..dj.timeline import Clip, Timeline
from ..dj.timeline_view import timeline_of, view_of
from ..dsp.samples import db_of_gain
from ..jobs.pipeline import Pipeline, Step, StepContext
from ..jobs.workspace import Workspace
from ..media.ffmpeg import find_ffmpeg
from ..media.made_form import stem_file
from ..render.encode import Encoding, Output, encode_all
from ..render.mix_tags import MixTags
from ..render.player import Player
from ..settings import Settings
from ..stems.separator import Separator
from ..store.blobs import ContentStore
from .hearing import profile_of
from .mix_files import TIMELINE
from .recordings import open_recording
from .separating import is_separated, limit_s, separate_all
from .separators import Separators, fetch_limit_s
from .stems_files import MEDIA_TYPES
from .stems_inputs import StemMixInputs

_SLACK_DB = 0.1
"""By how much the true peak of the stems together may be read otherwise than that of their song."""


@dataclass(frozen=True, slots=True)
class StemMixJob:
    """What the steps of a stem mix work with."""

    inputs: StemMixInputs
    content: ContentStore
    separators: Separators
    separator: Separator
    ffmpeg: Path
    workers: int

    @property
    def stems(self) -> list[StemName]:
        """Those that have a fader."""
        return [fader.stem for fader in self.inputs.request.faders]

    @property
    def is_separated(self) -> bool:
        """Whether the stems are still as they were kept when their job made them.

        Without its weights nobody knows under which name a model's stems are kept.
        """
        content = self.inputs.track.content
        return self.is_ready and is_separated(self.content, self.separator, content, self.stems)

    @property
    def is_ready(self) -> bool:
        """Whether the model's weights are still there."""
        return self.separators.is_ready(self.inputs.model)


def fetch_weights(ctx: StepContext[StemMixJob]) -> None:
    """Fetch the model's weights once more."""
    ctx.job.separators.fetch(ctx.job.inputs.model, ctx.progress, ctx.say)


def separate_again(ctx: StepContext[StemMixJob]) -> None:
    """Take the song apart once more, for its stems have not been asked for in a long time."""
    job = ctx.job
    songs = [(job.inputs.track.content, None)]
    separate_all(job.content, job.separator, songs, job.stems, progress=ctx.progress, say=ctx.say)


def plan_mix(ctx: StepContext[StemMixJob]) -> None:
    """Listen to the song and its stems; write down which of them are played, and how loud."""
    timeline = laid_out(ctx.job, headroom_db(ctx.job))
    for count, clip in enumerate(timeline.clips, start=1):
        profile_of(ctx.job.content, clip.recording)
        ctx.progress(count / len(timeline.clips))
    with ctx.workspace.write(TIMELINE, "application/json") as path:
        path.write_text(view_of(timeline).model_dump_json(), encoding="utf-8")


def headroom_db(job: StemMixJob) -> float:
    """What the whole mix is turned down by, in dB: what the song's own true peak is over full
    scale. No mix of its stems can then clip, and the song itself needs no limiter."""
    return min(0.0, -_song_peak_dbtp(job) - _SLACK_DB)


def laid_out(job: StemMixJob, gain_db: float) -> Timeline:
    """The stems that have a fader, from the song's first sample to its last."""
    track = job.inputs.track
    clips = [
        Clip(
            track_id=track.track_id,
            content=track.content,
            title=track.title,
            artist=track.artist,
            start=0,
            length=track.n_samples,
            gain_db=fader.gain_db + gain_db,
            role="stem",
            stem=fader.stem,
            made=stem_file(job.separator.key, fader.stem),
        )
        for fader in job.inputs.request.faders
    ]
    return Timeline(tuple(clips))


def ceiling_dbtp(job: StemMixJob) -> float:
    """The limiter's ceiling: that of the format, or the song's own peak where that is higher, so
    that with all faders up the mix is the song."""
    own = _song_peak_dbtp(job) + headroom_db(job) + _SLACK_DB
    return max(CEILINGS_DBTP[job.inputs.request.format], own)


def render_mix(ctx: StepContext[StemMixJob]) -> None:
    """Play the stems into a file."""
    job, timeline = ctx.job, _planned(ctx.workspace)
    kind: StemFormat = job.inputs.request.format
    # All of them before anything is played, which several threads do
    peaks = {c.recording: profile_of(job.content, c.recording).peaks for c in timeline.clips}
    open_stem = partial(open_recording, job.content)
    player = Player(timeline, open_stem, ceiling_dbtp(job), peaks_of=peaks.__getitem__)
    scratch = ctx.workspace.scratch("segments")
    encoding = Encoding(timeline.length, _tags(job), job.ffmpeg, scratch)
    with ctx.workspace.write(f"mix.{kind}", MEDIA_TYPES[kind]) as path:
        output = Output(path, kind, player.play, segment_key=player.key_of)
        encode_all(encoding, [output], workers=job.workers, progress=ctx.progress, say=ctx.say)


def _song_peak_dbtp(job: StemMixJob) -> float:
    peaks = profile_of(job.content, job.inputs.track.content).peaks
    return db_of_gain(float(peaks.max(initial=0.0)))


def _planned(workspace: Workspace) -> Timeline:
    text = workspace.path(TIMELINE).read_text(encoding="utf-8")
    return timeline_of(TimelineView.model_validate_json(text))


def _tags(job: StemMixJob) -> MixTags:
    track = job.inputs.track
    return MixTags(
        title=job.inputs.title,
        artist=track.artist,
        album=track.title,
        comment="",
        cover=track.cover(job.content),
        chapters=(),
        length=track.n_samples,
    )


# CPU seconds for a second of music, as measured on one core.
STEPS: tuple[Step[StemMixJob], ...] = (
    Step(
        "fetching_weights",
        fetch_weights,
        weight=0.1,
        when=lambda job: not job.is_ready,
        limit_s=fetch_limit_s,
    ),
    Step(
        "separating_stems",
        separate_again,
        weight=0.5,
        when=lambda job: not job.is_separated,
        pace=lambda job: job.inputs.model,
        limit_s=limit_s,
    ),
    Step("planning", plan_mix, weight=0.02),
    Step("mixing", render_mix, weight=0.05),
)


def stem_mix_pipeline(settings: Settings) -> Pipeline[StemMixJob]:
    """The steps of a stem mix, on this machine's content store, separators and ffmpeg."""
    content = ContentStore(settings.storage_root)
    separators = Separators.of(settings)
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    workers = settings.render_workers or os.cpu_count() or 1

    def open_job(text: str) -> StemMixJob:
        inputs = StemMixInputs.model_validate_json(text)
        inputs.track.expect_sound(content)
        separator = separators.named(inputs.model)
        return StemMixJob(inputs, content, separators, separator, ffmpeg, workers)

    return Pipeline(open_job, STEPS)
