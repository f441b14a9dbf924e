"""Plan a mashup, and mix its stems through the vibe's effects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...analysis.levels.loudness import (
    LoudnessProfile,
    LoudnessProfiler,
    load_profile,
    save_profile,
)
from ...contract.analysis import KeyName
from ...contract.base import Shape
from ...contract.mashups import MashupSection, PairFit
from ...contract.mixes import TimelineView
from ...dj.deck import MashupTrack
from ...dj.joins.silences import silence_note
from ...dj.levels.track_gains import level_mix
from ...dj.mashup.fit import fits
from ...dj.mashup.plan import plan_mashup
from ...dj.timeline import Timeline
from ...dj.timeline_json import timeline_of, view_of
from ...dsp.reverb import room_decay_s
from ...dsp.samples import samples, seconds
from ...jobs.pipeline import StepContext
from ...jobs.workspace import Workspace
from ...media.stem_file_format import DerivedWriter
from ...render.player.player import Player
from ...render.player.stretched_segments import stretched_segments_of
from ...render.vibe_effects import BUS_LUFS, VibeEffects
from ..files.names import TIMELINE
from ..tracks.analyse import profile_of
from ..tracks.recordings import open_recording
from ..tracks.stretched import open_stretched, stretch_segments
from .job import MashupJob
from .songs import mashup_tracks

DECISIONS = "decided.json"
PREMASTER = "premaster.flac"
PREMASTER_LOUDNESS = "premaster.npz"

#: A ceiling that no mix reaches, since the limiter comes after the effects.
UNLIMITED_DBTP = 200.0

_STRETCH_SHARE = 0.6  # share of the step's time; the rest is mixing


class Decisions(Shape):
    """What the plan decided, for later steps; ``space_share`` is the result's share of reverb."""

    tempo_bpm: float
    key: KeyName | None
    chosen: PairFit
    fits: list[PairFit]
    sections: list[MashupSection]
    notes: list[str]
    left_out: tuple[str, ...] = ()
    space_share: float


def mix_stems(ctx: StepContext[MashupJob]) -> None:
    """Plan the mashup, render its stretched segments, and mix everything into one file."""
    job = ctx.job
    tracks = mashup_tracks(job)
    plan = plan_mashup(
        tracks,
        job.request.vibe,
        vocals_from=job.request.vocals_from,
        stem_settings=job.request.stem_settings,
    )
    _write_timeline(ctx, plan.timeline)
    timeline, length = read_timeline(ctx.workspace)  # play exactly what the file says
    ctx.retitle(job.title(timeline))
    segments = stretched_segments_of(timeline)
    stretch_segments(ctx.part(0.0, _STRETCH_SHARE), job.store, job.workers, segments)
    ctx.say("the mix")
    notes = [*plan.notes, *_silence_notes(tracks)]
    decisions = Decisions(
        tempo_bpm=plan.tempo_bpm,
        key=plan.key,
        chosen=plan.chosen,
        fits=fits(tracks, job.request.vibe).pairs,
        sections=list(plan.sections),
        notes=notes,
        left_out=plan.left_out,
        space_share=_play(ctx.part(_STRETCH_SHARE, 1.0), timeline, length),
    )
    ctx.workspace.write_shape(DECISIONS, decisions)
    for note in (*plan.left_out, *notes):
        ctx.note(note)


def _silence_notes(tracks: Sequence[MashupTrack]) -> list[str]:
    """Notes on songs with a long silence inside, each once."""
    return list(dict.fromkeys(filter(None, (silence_note(track.deck) for track in tracks))))


def read_decisions(workspace: Workspace) -> Decisions:
    """The decisions that :func:`mix_stems` wrote."""
    return workspace.read_shape(DECISIONS, Decisions)


def read_timeline(workspace: Workspace) -> tuple[Timeline, int]:
    """Read the timeline that :func:`mix_stems` wrote, and the mashup's length.

    The length includes the reverb's tail.
    """
    view = workspace.read_shape(TIMELINE, TimelineView)
    return timeline_of(view), view.duration_samples


def premaster_loudness(workspace: Workspace) -> LoudnessProfile:
    """Loudness of the mix after the effects."""
    profile = load_profile(workspace.path(PREMASTER_LOUDNESS))
    assert profile is not None  # an earlier step wrote it, and its hash was checked
    return profile


def premaster_player(
    job: MashupJob, timeline: Timeline, ceiling_dbtp: float = UNLIMITED_DBTP
) -> Player:
    """A player of the mixed stems, before the effects."""
    return Player(
        timeline,
        partial(open_recording, job.store),
        ceiling_dbtp,
        open_stretched=partial(open_stretched, job.store),
    )


def _write_timeline(ctx: StepContext[MashupJob], planned: Timeline) -> None:
    """Write the timeline at the level of the effects' input, as long as the finished file."""
    treatment, store = ctx.job.treatment, ctx.job.store
    profiles = [profile_of(store, clip.recording) for clip in planned.clips]
    timeline = level_mix(planned, profiles, BUS_LUFS)
    length = timeline.length + (
        samples(room_decay_s(treatment.room_size)) if treatment.wet > 0.0 else 0
    )
    duration = {"duration_s": seconds(length), "duration_samples": length}
    view = view_of(timeline).model_copy(update=duration)
    ctx.workspace.write_shape(TIMELINE, view, artifact=True, indent=1)


def _play(ctx: StepContext[MashupJob], timeline: Timeline, length: int) -> float:
    """Play the mix through the effects and measure it; return the share of reverb."""
    effects, profiler, done = VibeEffects(ctx.job.treatment), LoudnessProfiler(), 0
    mix = premaster_player(ctx.job, timeline).play(0, length)
    with ctx.workspace.write(PREMASTER) as path, DerivedWriter(path) as writer:
        for block in effects.play(mix):
            writer.push(block)
            profiler.push(block)
            done += block.shape[1]
            ctx.progress(done / length)
    with ctx.workspace.write(PREMASTER_LOUDNESS) as path:
        save_profile(profiler.finish(), path)
    return effects.space_share
