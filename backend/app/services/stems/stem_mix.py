"""The steps of a stem mix job: mix a song's stems with faders into one file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ...contract.stems import StemName
from ...contract.stored_json import read_stored
from ...dj.timeline import Timeline
from ...dj.timeline_json import view_of
from ...dsp.samples import db_of_gain
from ...jobs.pipeline import Pipeline, Step, StepContext
from ...render.files.encode import Encoding, Output, encode_all
from ...render.files.formats import CEILINGS_DBTP, MEDIA_TYPES
from ...render.player.player import Player
from ..files.artifacts import read_timeline
from ..files.names import TIMELINE
from ..jobs.resources import JobResources
from ..tracks.analyse import profile_of
from ..tracks.recordings import open_recording
from .inputs import StemMixInputs
from .separation_job import SeparationJob, separate_songs, separation_pipeline, separation_steps
from .stem_clips import stem_clip, stem_tags

#: Allowed difference between the measured true peaks of a song and of its summed stems.
_SLACK_DB = 0.1


class StemMixJob(SeparationJob[StemMixInputs]):
    """A stem mix job while it runs in its process."""

    __slots__ = ()

    @property
    def needed(self) -> list[StemName]:
        """The stems with a fader."""
        return [fader.stem for fader in self.inputs.request.faders]

    @property
    def is_separated(self) -> bool:
        """Whether the stems are still cached; their names depend on the separator's weights."""
        content_hash = self.inputs.track.content_hash
        return self.is_ready and self.stem_cache.holds(content_hash, self.needed)


def plan_mix(ctx: StepContext[StemMixJob]) -> None:
    """Write the timeline; measure the song and its stems."""
    timeline = layout(ctx.job, headroom_db(ctx.job))
    for count, clip in enumerate(timeline.clips, start=1):
        profile_of(ctx.job.store, clip.recording)
        ctx.progress(count / len(timeline.clips))
    ctx.workspace.write_shape(TIMELINE, view_of(timeline), artifact=True)


def headroom_db(job: StemMixJob) -> float:
    """Gain of the whole mix, at most 0 dB: lowers a song's true peak above full scale.

    With all faders at 0 dB the mix then needs no limiter.
    """
    return min(0.0, -_song_peak_dbtp(job) - _SLACK_DB)


def layout(job: StemMixJob, gain_db: float) -> Timeline:
    """The stems that have a fader, from the song's first sample to its last."""
    track = job.inputs.track
    return Timeline(
        tuple(
            stem_clip(track, fader.stem, job.stem_file(fader.stem), fader.gain_db + gain_db)
            for fader in job.inputs.request.faders
        )
    )


def ceiling_dbtp(job: StemMixJob) -> float:
    """The limiter's ceiling: the format's, or the song's own peak if that is higher.

    With all faders at 0 dB the mix then equals the song.
    """
    own = _song_peak_dbtp(job) + headroom_db(job) + _SLACK_DB
    return max(CEILINGS_DBTP[job.inputs.request.format], own)


def render_mix(ctx: StepContext[StemMixJob]) -> None:
    """Play the stems into a file."""
    job, inputs, timeline = ctx.job, ctx.job.inputs, read_timeline(ctx.workspace)
    kind = inputs.request.format
    # Loaded before playing, because several threads play.
    peaks = {c.recording: profile_of(job.store, c.recording).peaks for c in timeline.clips}
    open_stem = partial(open_recording, job.store)
    player = Player(timeline, open_stem, ceiling_dbtp(job), peaks_of=peaks.__getitem__)
    scratch = ctx.workspace.scratch("segments")
    tags = stem_tags(job.store, inputs.track, inputs.title, inputs.track.title)
    with ctx.workspace.write(f"mix.{kind}", MEDIA_TYPES[kind]) as path:
        encode_all(
            Encoding(timeline.length, tags, job.ffmpeg, scratch),
            [Output(path, kind, player.play, segment_key=player.sound_hash)],
            workers=job.workers,
            progress=ctx.progress,
            say=ctx.say,
        )


def _song_peak_dbtp(job: StemMixJob) -> float:
    peaks = profile_of(job.store, job.inputs.track.content_hash).peaks
    return db_of_gain(float(peaks.max(initial=0.0)))


_FETCHING, _SEPARATING = separation_steps(StemMixJob)
# Weights are CPU seconds for a second of music, measured on one core. The first two steps run only
# if the stems job's cached stems are deleted.
STEPS: tuple[Step[StemMixJob], ...] = (
    _FETCHING,
    replace(
        _SEPARATING,
        run=separate_songs,
        when=lambda job: not job.is_separated,
        pace=lambda job: job.model,
    ),
    Step("planning", plan_mix, weight=0.02),
    Step("mixing", render_mix, weight=0.05),
)


def stem_mix_pipeline(resources: JobResources) -> Pipeline[StemMixJob]:
    """The pipeline of a stem mix job."""
    return separation_pipeline(resources, partial(read_stored, StemMixInputs), StemMixJob, STEPS)
