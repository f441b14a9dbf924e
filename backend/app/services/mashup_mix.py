"""The mixing of a mashup: it is laid out, and its stems are played through the vibe's chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..analysis.loudness import LoudnessEar, LoudnessProfile, load_profile, save_profile
from ..contract.analysis import KeyName
from ..contract.base import Shape
from ..contract.mashups import MashupSection, PairFit
from ..contract.mixes import TimelineView
from ..dj.levels import level_mix
from ..dj.mashup_fit import fits
from ..dj.mashup_plan import MashupPlan, plan_mashup
from ..dj.timeline import Timeline
from ..dj.timeline_view import timeline_of, view_of
from ..dsp.samples import Samples, samples, seconds
from ..jobs.pipeline import StepContext
from ..jobs.workspace import Workspace
from ..media.made_form import MadeWriter
from ..render.master import BUS_LUFS, Master, decay_s
from ..render.pieces import pieces_of
from ..render.player import Player
from .hearing import profile_of
from .mashup_inputs import MashupJob
from .mashup_songs import mashup_tracks
from .mix_files import TIMELINE
from .recordings import open_recording
from .stretching import make_pieces, open_piece

DECIDED = "decided.json"
PREMASTER = "premaster.flac"
PREMASTER_LOUDNESS = "premaster.npz"

UNLIMITED_DBTP = 200.0
"""A ceiling that nothing comes near: what goes into the chain is not limited."""

_STRETCH_SHARE = 0.6  # of the time that mixing takes; the rest is playing


class Decided(Shape):
    """What was decided, between steps; ``space_share`` is how much of the result is room."""

    tempo_bpm: float
    key: KeyName | None
    chosen: PairFit
    fits: list[PairFit]
    sections: list[MashupSection]
    notes: list[str]
    space_share: float


def mix_stems(ctx: StepContext[MashupJob]) -> None:
    """Lay the mashup out, make what is stretched, and play all of it into one file."""
    job = ctx.job
    tracks = mashup_tracks(job)
    plan = plan_mashup(tracks, job.request.vibe, vocals_from=job.request.vocals_from)
    planned = _at_bus_level(job, plan.timeline)
    _write(
        ctx,
        TIMELINE,
        _view(planned, planned.length + _ringing(job)),
        "application/json",
    )
    timeline, length = laid_out(ctx.workspace)  # what is played is what is written, to the sample
    make_pieces(
        job.content,
        pieces_of(timeline),
        workers=job.workers,
        progress=lambda done: ctx.progress(_STRETCH_SHARE * done),
        say=ctx.say,
    )
    ctx.say("the mix")
    space_share = _play(ctx, timeline, length)
    _write(ctx, DECIDED, _decided(plan, fits(tracks, job.request.vibe).pairs, space_share))
    for note in plan.notes:
        ctx.note(note)


def decided(workspace: Workspace) -> Decided:
    """What :func:`mix_stems` decided."""
    return Decided.model_validate_json(workspace.path(DECIDED).read_text(encoding="utf-8"))


def laid_out(workspace: Workspace) -> tuple[Timeline, int]:
    """The timeline that :func:`mix_stems` wrote, and the mashup's length, in which it rings out."""
    text = workspace.path(TIMELINE).read_text(encoding="utf-8")
    view = TimelineView.model_validate_json(text)
    return timeline_of(view), view.duration_samples


def premaster_loudness(workspace: Workspace) -> LoudnessProfile:
    """How loud the mix is that came out of the chain."""
    profile = load_profile(workspace.path(PREMASTER_LOUDNESS))
    assert profile is not None  # the step before wrote it, and the engine has checked its bytes
    return profile


def unmastered(job: MashupJob, timeline: Timeline, ceiling_dbtp: float = UNLIMITED_DBTP) -> Player:
    """What plays stems as they are mixed, before the chain."""
    return Player(
        timeline,
        partial(open_recording, job.content),
        ceiling_dbtp,
        open_piece=partial(open_piece, job.content),
    )


def _at_bus_level(job: MashupJob, timeline: Timeline) -> Timeline:
    profiles = [profile_of(job.content, clip.recording) for clip in timeline.clips]
    return level_mix(timeline, profiles, BUS_LUFS)


def _ringing(job: MashupJob) -> int:
    """How many samples the room is heard for after the last clip."""
    return samples(decay_s(job.treatment)) if job.treatment.wet > 0.0 else 0


def _view(timeline: Timeline, length: int) -> TimelineView:
    """The timeline for the world, as long as the finished file is."""
    lasts = {"duration_s": seconds(length), "duration_samples": length}
    return view_of(timeline).model_copy(update=lasts)


def _play(ctx: StepContext[MashupJob], timeline: Timeline, length: int) -> float:
    """Play the mix through the chain, and measure it; the share of it that is room."""
    master, ear = Master(ctx.job.treatment), LoudnessEar()
    mix = unmastered(ctx.job, timeline).play(0, length)
    with ctx.workspace.write(PREMASTER) as path, MadeWriter(path) as writer:
        for block in _told(master.play(mix), length, ctx.progress):
            writer.push(block)
            ear.push(block)
    with ctx.workspace.write(PREMASTER_LOUDNESS) as path:
        save_profile(ear.finish(), path)
    return master.space_share


def _told(
    blocks: Iterator[Samples], length: int, progress: Callable[[float], None]
) -> Iterator[Samples]:
    done = 0
    for block in blocks:
        yield block
        done += block.shape[1]
        progress(_STRETCH_SHARE + (1.0 - _STRETCH_SHARE) * done / length)


def _decided(plan: MashupPlan, pairs: list[PairFit], space_share: float) -> Decided:
    return Decided(
        tempo_bpm=plan.tempo_bpm,
        key=plan.key,
        chosen=plan.chosen,
        fits=pairs,
        sections=list(plan.sections),
        notes=list(plan.notes),
        space_share=space_share,
    )


def _write(
    ctx: StepContext[MashupJob], name: str, shape: Shape, media_type: str | None = None
) -> None:
    with ctx.workspace.write(name, media_type) as path:
        path.write_text(shape.model_dump_json(indent=1), encoding="utf-8")
