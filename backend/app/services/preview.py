"""The preview: the seconds round one join, by the same player and encoder as the mix."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..contract.mixes import TimelineView
from ..dj.timeline import Timeline
from ..dj.timeline_view import timeline_of, view_of
from ..dsp.samples import Samples, samples
from ..jobs.pipeline import Pipeline, Step, StepContext
from ..jobs.workspace import Workspace
from ..media.ffmpeg import find_ffmpeg
from ..render.encode import Encoding, Output, encode_all
from ..render.mix_tags import MixTags
from ..render.mp3_info import Mp3Mode
from ..render.pieces import pieces_of
from ..render.player import Player
from ..settings import Settings
from ..store.blobs import ContentStore
from .decks import decks_of
from .mix_files import TIMELINE
from .mixtape_inputs import MixtapeInputs, MixtapeJob
from .mixtape_plan import dj_plan
from .mixtape_sound import player_for
from .mixtape_stems import separator_of, take_apart
from .preview_inputs import PreviewInputs, stretch_round
from .separating import limit_s
from .separators import Separators
from .stretching import make_pieces

PREVIEW = "preview.mp3"
MODE = Mp3Mode(kbps=192)
"""Transparent to nearly everybody, and a third less to send than 320 kbit/s."""


@dataclass(frozen=True, slots=True)
class PreviewJob:
    """What the steps of a preview work with: its own inputs, and those of the mixtape."""

    inputs: PreviewInputs
    mix: MixtapeJob


def replanned(job: PreviewJob) -> TimelineView:
    """The mix's timeline; with an override, as it would be with this one join changed."""
    override = job.inputs.request.override
    if override is None:
        return job.inputs.timeline
    tracks = {track.track_id: track for track in job.mix.inputs.tracks}
    playing = [tracks[c.track_id] for c in job.inputs.timeline.clips if c.role == "track"]
    request = job.mix.request.model_copy(
        update={"order": "given", "locks": [], "overrides": [override]}
    )
    inputs = job.mix.inputs.model_copy(
        update={"request": request, "tracks": playing, "earlier": job.inputs.timeline}
    )
    mix = replace(job.mix, inputs=inputs, strategist=None)
    return view_of(dj_plan(mix, decks_of(mix, playing)).timeline)


def plan_preview(ctx: StepContext[PreviewJob]) -> None:
    """Write down the timeline that is heard."""
    with ctx.workspace.write(TIMELINE, "application/json") as path:
        path.write_text(replanned(ctx.job).model_dump_json(), encoding="utf-8")


def stretch_preview(ctx: StepContext[PreviewJob]) -> None:
    """Make the stems and the stretched beginnings that sound in the preview, and no others."""
    view = _planned(ctx.workspace)
    timeline = timeline_of(view)
    start, end = _stretch(ctx.job, view)
    sounding = [clip for clip in timeline.clips if clip.start < end and clip.end > start]
    take_apart(ctx.job.mix, sounding, lambda _: None, ctx.say)
    make_pieces(
        ctx.job.mix.content,
        pieces_of(Timeline(tuple(sounding))),
        workers=ctx.job.mix.workers,
        progress=ctx.progress,
        say=ctx.say,
    )


def render_preview(ctx: StepContext[PreviewJob]) -> None:
    """Play the seconds round the join into an MP3."""
    job, view = ctx.job, _planned(ctx.workspace)
    start, end = _stretch(job, view)
    excerpt = Excerpt(player_for(job.mix, timeline_of(view), "mp3"), start)
    encoding = Encoding(
        end - start,
        _tags(job, end - start),
        job.mix.ffmpeg,
        ctx.workspace.scratch("segments"),
    )
    with ctx.workspace.write(PREVIEW, "audio/mpeg") as path:
        output = Output(path, "mp3", excerpt.play, mode=MODE)
        encode_all(encoding, [output], workers=job.mix.workers, progress=ctx.progress)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A mix from sample ``start`` on, as if it began there."""

    player: Player
    start: int

    def play(self, start: int, end: int) -> Iterator[Samples]:
        """Yield blocks that add up to ``[start, end)`` of the excerpt."""
        return self.player.play(self.start + start, self.start + end)


def _planned(workspace: Workspace) -> TimelineView:
    return TimelineView.model_validate_json(workspace.path(TIMELINE).read_text(encoding="utf-8"))


def _stretch(job: PreviewJob, view: TimelineView) -> tuple[int, int]:
    """The samples of the mix that are heard."""
    start_s, end_s = stretch_round(view.transitions[job.inputs.request.transition], view)
    return samples(start_s), samples(end_s)


def _tags(job: PreviewJob, length: int) -> MixTags:
    artist = job.mix.request.artist
    return MixTags(job.inputs.title, artist, job.mix.inputs.title, "", None, (), length)


def without_gone_sounds(inputs: PreviewInputs, content: ContentStore) -> MixtapeInputs:
    """The mix without sounds that were deleted since and are not heard in it.

    A mix that goes on from it would not have them to choose from either.
    """
    heard = {clip.content for clip in inputs.timeline.clips}
    left = tuple(
        sound
        for sound in inputs.mix.sounds
        if sound.content in heard or content.path(sound.content).is_file()
    )
    return inputs.mix.model_copy(update={"sounds": left})


# CPU seconds for a second of sound, as measured on one core.
STEPS: tuple[Step[PreviewJob], ...] = (
    Step("planning", plan_preview, weight=0.001),
    Step("stretching", stretch_preview, weight=0.02, limit_s=limit_s),
    Step("mixing", render_preview, weight=0.04),
)


def preview_pipeline(settings: Settings) -> Pipeline[PreviewJob]:
    """The steps of a preview, on this machine's content store and ffmpeg."""
    content = ContentStore(settings.storage_root)
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    workers = settings.render_workers or os.cpu_count() or 1

    separators = Separators.of(settings)

    def open_job(text: str) -> PreviewJob:
        inputs = PreviewInputs.model_validate_json(text)
        mix = MixtapeJob(
            without_gone_sounds(inputs, content),
            content,
            ffmpeg,
            workers,
            separators=separators,
            separator=separator_of(inputs.mix, separators),
        )
        mix.expect_files()
        return PreviewJob(inputs, mix)

    return Pipeline(open_job, STEPS)
