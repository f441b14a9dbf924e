"""The steps of a listening trial: plan two versions, render them equally loud."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...contract.base import Shape
from ...contract.listening_request import ListeningRequest
from ...contract.mixes import TimelineView
from ...contract.stored_json import read_stored
from ...dj.timeline_json import timeline_of
from ...dsp.loudness import LoudnessMeter, integrated_lufs
from ...dsp.samples import Samples, gain_of_db, samples, seconds
from ...jobs.pipeline import Pipeline, Step, StepContext
from ...render.files.encode import Encoding, Output, encode_all
from ...render.files.tags import MixTags
from ...render.mp3.info_frame import Mp3Mode
from ..jobs.resources import JobResources
from ..mixtape.job import MixtapeJob, open_mixtape
from ..mixtape.render import player_for
from ..preview.inputs import preview_range
from ..preview.pipeline import make_stretched, sounding_clips, without_deleted_sounds
from ..stems.separate import limit_s
from .inputs import ListeningInputs
from .rendered import TRIAL, RenderedTrial
from .versions import PlannedVersion, planner_of

PLAN = "versions.json"
NAMES = ("a.mp3", "b.mp3")
MODE = Mp3Mode(kbps=320)


class PlannedTrial(Shape):
    """The planned versions in the order of :data:`NAMES`; no artifact, as it ends the blindness."""

    versions: list[PlannedVersion]


@dataclass(frozen=True, slots=True)
class ListeningJob:
    """The object that a trial's steps work with; ``swaps`` draws the order at random."""

    inputs: ListeningInputs
    mix: MixtapeJob
    swaps: Callable[[], bool] = lambda: bool(secrets.randbits(1))

    @property
    def request(self) -> ListeningRequest:
        """The user's request."""
        return self.inputs.request


def plan_versions(ctx: StepContext[ListeningJob]) -> None:
    """Plan both versions, and draw their order."""
    job = ctx.job
    first, second = planner_of(job.inputs.preview, job.mix).compared(job.request.choices)
    versions = [second, first] if job.swaps() else [first, second]
    ctx.workspace.write_shape(PLAN, PlannedTrial(versions=versions))


def stretch_versions(ctx: StepContext[ListeningJob]) -> None:
    """Make the stems and the stretched segments that both versions play."""
    views = _planned(ctx)
    spans = _spans(ctx.job, views)
    pieces = [
        clip
        for view, span in zip(views, spans, strict=True)
        for clip in sounding_clips(timeline_of(view), *span)
    ]
    make_stretched(ctx, ctx.job.mix, sorted(dict.fromkeys(pieces), key=lambda clip: clip.start))


def render_versions(ctx: StepContext[ListeningJob]) -> None:
    """Render both versions, lower the louder one, and write them with the same tags."""
    job, views = ctx.job, _planned(ctx)
    spans = _spans(job, views)
    sounds = [_played(job.mix, view, *span) for view, span in zip(views, spans, strict=True)]
    levels = [_lufs(sound) for sound in sounds]
    gains = [min(levels) - level for level in levels]
    for name, sound, gain_db in zip(NAMES, sounds, gains, strict=True):
        _write(ctx, name, sound * np.float32(gain_of_db(gain_db)))
    planned = ctx.workspace.read_shape(PLAN, PlannedTrial).versions
    join = views[0].transitions[job.request.transition]
    outgoing, incoming = (views[0].clips[at].title for at in (join.outgoing, join.incoming))
    a, b = (
        one.version.model_copy(update={"gain_db": round(gain, 3), "lufs": round(min(levels), 2)})
        for one, gain in zip(planned, gains, strict=True)
    )
    duration_s = seconds(sounds[0].shape[1])
    trial = RenderedTrial(
        outgoing=outgoing, incoming=incoming, duration_s=duration_s, versions=(a, b)
    )
    ctx.workspace.write_shape(TRIAL, trial)


def _planned(ctx: StepContext[ListeningJob]) -> list[TimelineView]:
    return [one.timeline for one in ctx.workspace.read_shape(PLAN, PlannedTrial).versions]


def _spans(job: ListeningJob, views: Sequence[TimelineView]) -> list[tuple[int, int]]:
    """Start and end of each version, in samples of its mix.

    Both are equally long, as the length of a file would say which join is longer.
    """
    ranges = [preview_range(view.transitions[job.request.transition], view) for view in views]
    longest_s = max(end - start for start, end in ranges)
    length = samples(min([longest_s, *(view.duration_s for view in views)]))
    starts = [
        max(min(samples(start), samples(view.duration_s) - length), 0)
        for (start, _), view in zip(ranges, views, strict=True)
    ]
    return [(start, start + length) for start in starts]


def _played(mix: MixtapeJob, view: TimelineView, start: int, end: int) -> Samples:
    """Render a stretch of a mix; at most 40 s, which take 14 MB."""
    blocks = list(player_for(mix, timeline_of(view), "mp3").play(start, end))
    return np.concatenate(blocks, axis=1)


def _lufs(sound: Samples) -> float:
    meter = LoudnessMeter()
    meter.push(sound)
    lufs = integrated_lufs(meter.energies)
    return lufs if np.isfinite(lufs) else 0.0


def _write(ctx: StepContext[ListeningJob], name: str, sound: Samples) -> None:
    job, length = ctx.job, sound.shape[1]
    tags = MixTags(job.inputs.title, "", job.mix.inputs.title, "", None, (), length)
    # A folder for each version: kept segments are found by their place alone.
    encoding = Encoding(length, tags, job.mix.ffmpeg, ctx.workspace.scratch(name))
    with ctx.workspace.write(name, "audio/mpeg") as path:
        output = Output(path, "mp3", lambda begin, end: iter([sound[:, begin:end]]), mode=MODE)
        encode_all(encoding, [output], workers=job.mix.workers, progress=ctx.progress)


# CPU seconds for a second of sound, measured on one core.
STEPS: tuple[Step[ListeningJob], ...] = (
    Step("planning", plan_versions, weight=0.005),
    Step("stretching", stretch_versions, weight=0.02, limit_s=limit_s),
    Step("mixing", render_versions, weight=0.04),
)


def listening_pipeline(resources: JobResources) -> Pipeline[ListeningJob]:
    """The pipeline of a listening trial."""

    def open_job(text: str) -> ListeningJob:
        inputs = read_stored(ListeningInputs, text)
        mix = without_deleted_sounds(inputs.preview, resources.store)
        return ListeningJob(inputs, replace(open_mixtape(mix, resources), strategist=None))

    return Pipeline(open_job, STEPS)
