"""The steps of a preview job: render the seconds round one join as in the mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...contract.mixes import TimelineView
from ...contract.stored_json import read_stored
from ...dj.timeline import Clip, Timeline
from ...dj.timeline_json import timeline_of, view_of
from ...dsp.samples import samples
from ...jobs.pipeline import JobT, Pipeline, Step, StepContext
from ...render.files.encode import Encoding, Output, encode_all
from ...render.files.tags import MixTags
from ...render.mp3.info_frame import Mp3Mode
from ...render.player.stretched_segments import stretched_segments_of
from ...store.files.blobs import ContentStore
from ..files.names import TIMELINE
from ..jobs.resources import JobResources
from ..mixtape.inputs import MixtapeInputs
from ..mixtape.job import MixtapeJob, open_mixtape
from ..mixtape.planning.plan import plan_dj
from ..mixtape.render import player_for
from ..mixtape.stem_swaps import separate_clips
from ..stems.separate import limit_s
from ..tracks.decks import decks_of
from ..tracks.stretched import stretch_segments
from .inputs import PreviewInputs, preview_range

PREVIEW = "preview.mp3"
MODE = Mp3Mode(kbps=192)
"""Transparent to nearly every listener, and a third smaller than 320 kbit/s."""


@dataclass(frozen=True, slots=True)
class PreviewJob:
    """The object that a preview's steps work with: its inputs, and the mixtape."""

    inputs: PreviewInputs
    mix: MixtapeJob


def previewed_timeline(job: PreviewJob) -> TimelineView:
    """The mix's timeline; if the request changes the join, planned again with that change."""
    override = job.inputs.request.override
    if override is None:
        return job.inputs.timeline
    tracks = {track.track_id: track for track in job.mix.inputs.tracks}
    playing = [tracks[c.track_id] for c in job.inputs.timeline.clips if c.role == "track"]
    request = job.mix.request.model_copy(
        update={"order": "given", "locks": [], "overrides": [override]}
    )
    inputs = job.mix.inputs.model_copy(
        update={"request": request, "tracks": playing, "base": job.inputs.timeline}
    )
    mix = replace(job.mix, inputs=inputs, strategist=None)
    return view_of(plan_dj(mix, decks_of(mix.store, playing, whole=mix.needs_analysis)).timeline)


def plan_preview(ctx: StepContext[PreviewJob]) -> None:
    """Write the timeline that the preview plays."""
    ctx.workspace.write_shape(TIMELINE, previewed_timeline(ctx.job), artifact=True)


def stretch_preview(ctx: StepContext[PreviewJob]) -> None:
    """Make only those stems and stretched segments that the preview plays."""
    view = ctx.workspace.read_shape(TIMELINE, TimelineView)
    sounding = sounding_clips(timeline_of(view), *_range(ctx.job, view))
    make_stretched(ctx, ctx.job.mix, sounding)


def sounding_clips(timeline: Timeline, start: int, end: int) -> list[Clip]:
    """The clips that sound in a stretch of the mix, in samples."""
    return [clip for clip in timeline.clips if clip.start < end and clip.end > start]


def make_stretched(ctx: StepContext[JobT], mix: MixtapeJob, sounding: Sequence[Clip]) -> None:
    """Make the stems and the stretched segments of these clips that are not cached."""
    separate_clips(mix, sounding, lambda _: None, ctx.say)
    segments = stretched_segments_of(Timeline(tuple(sounding)))
    stretch_segments(ctx, mix.store, mix.workers, segments)


def render_preview(ctx: StepContext[PreviewJob]) -> None:
    """Render the seconds round the join as an MP3."""
    job, view = ctx.job, ctx.workspace.read_shape(TIMELINE, TimelineView)
    start, end = _range(job, view)
    player = player_for(job.mix, timeline_of(view), "mp3")
    scratch = ctx.workspace.scratch("segments")
    encoding = Encoding(end - start, _tags(job, end - start), job.mix.ffmpeg, scratch)
    with ctx.workspace.write(PREVIEW, "audio/mpeg") as path:
        output = Output(
            path, "mp3", lambda begin, stop: player.play(start + begin, start + stop), mode=MODE
        )
        encode_all(encoding, [output], workers=job.mix.workers, progress=ctx.progress)


def _range(job: PreviewJob, view: TimelineView) -> tuple[int, int]:
    """Start and end of the preview, in samples of the mix."""
    start_s, end_s = preview_range(view.transitions[job.inputs.request.transition], view)
    return samples(start_s), samples(end_s)


def _tags(job: PreviewJob, length: int) -> MixTags:
    artist = job.mix.request.artist
    return MixTags(job.inputs.title, artist, job.mix.inputs.title, "", None, (), length)


def without_deleted_sounds(inputs: PreviewInputs, store: ContentStore) -> MixtapeInputs:
    """The mixtape without deleted sounds that it does not play.

    A re-render could not choose those either.
    """
    played = {clip.content for clip in inputs.timeline.clips}
    sounds = tuple(
        sound
        for sound in inputs.mix.sounds
        if sound.content_hash in played or store.path(sound.content_hash).is_file()
    )
    return inputs.mix.model_copy(update={"sounds": sounds})


# CPU seconds for a second of sound, measured on one core.
STEPS: tuple[Step[PreviewJob], ...] = (
    Step("planning", plan_preview, weight=0.001),
    Step("stretching", stretch_preview, weight=0.02, limit_s=limit_s),
    Step("mixing", render_preview, weight=0.04),
)


def preview_pipeline(resources: JobResources) -> Pipeline[PreviewJob]:
    """The pipeline of a preview job."""

    def open_job(text: str) -> PreviewJob:
        inputs = read_stored(PreviewInputs, text)
        mix = without_deleted_sounds(inputs, resources.store)
        return PreviewJob(inputs, open_mixtape(mix, resources))

    return Pipeline(open_job, STEPS)
