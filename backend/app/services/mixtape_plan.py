"""The steps of a mixtape before there is sound: hear the tracks, lay out the mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..analysis.loudness import LoudnessProfile
from ..contract.base import Shape
from ..contract.dj import TransitionReport
from ..contract.mixes import TimelineView
from ..dj.deck import DeckTrack
from ..dj.levels import forecast, limiting_note
from ..dj.mix_plan import MixPlan, plan_dj_mix
from ..dj.planner import crowded_notes, plan_crossfades
from ..dj.timeline import Timeline
from ..dj.timeline_view import timeline_of, view_of
from ..jobs.pipeline import StepContext
from ..jobs.workspace import Workspace
from .decks import decks_of, needs_ears
from .hearing import hear_all, whole_profile_of
from .mix_files import TIMELINE
from .mixtape_inputs import MixtapeJob
from .mixtape_order import ordered_tracks
from .mixtape_sounds import overlay_note, overlay_sounds
from .mixtape_wanted import wanted

JOINS = "joins.json"


class PlannedJoins(Shape):
    """What was decided for each join, for the step that listens to them."""

    joins: list[TransitionReport]


def analyse_tracks(ctx: StepContext[MixtapeJob]) -> None:
    """Listen to every track that nobody has heard yet; to its loudness only where that will do."""
    job = ctx.job
    hear_all(
        job.content,
        {track.content: track.n_samples for track in job.inputs.tracks},
        whole=needs_ears(job),
        workers=job.workers,
        progress=ctx.progress,
        say=ctx.say,
    )


def plan_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Lay the tracks on a timeline, and say what a listener should know of it."""
    decks = decks_of(ctx.job, ordered_tracks(ctx.job, ctx.workspace))
    plan = dj_plan(ctx.job, decks) if ctx.job.request.transitions == "dj" else _plain(ctx, decks)
    with ctx.workspace.write(TIMELINE, "application/json") as path:
        path.write_text(view_of(plan.timeline).model_dump_json(indent=1), encoding="utf-8")
    with ctx.workspace.write(JOINS) as path:
        path.write_text(PlannedJoins(joins=list(plan.reports)).model_dump_json(), encoding="utf-8")
    lufs, taken_db = forecast(plan.timeline, profiles_of(ctx.job, plan.timeline))
    levels = (limiting_note(taken_db), _loudness_note(lufs, ctx.job.loudness_lufs))
    for note in [*plan.notes, *filter(None, levels)]:
        ctx.note(note)


def dj_plan(job: MixtapeJob, decks: Sequence[DeckTrack]) -> MixPlan:
    """The mix as a DJ plays it: wishes first, then the rules of the house."""
    wishes = wanted(job, decks)
    earlier, separator = job.inputs.earlier, job.separator
    plan = plan_dj_mix(
        decks,
        job.rules,
        loudness_lufs=job.loudness_lufs,
        wishes=wishes.wishes,
        sounds=overlay_sounds(job),
        earlier=timeline_of(earlier) if earlier else None,
        separator=(separator.key, separator.sources) if separator else None,
    )
    told = filter(None, [overlay_note(job)])
    return replace(plan, notes=(*wishes.notes, *plan.notes, *told))


def _plain(ctx: StepContext[MixtapeJob], decks: Sequence[DeckTrack]) -> MixPlan:
    """The same crossfade between all; the ones that had to be shorter are told."""
    transition_ms, loudness_lufs = ctx.job.request.transition_ms, ctx.job.loudness_lufs
    timeline = plan_crossfades(decks, transition_ms=transition_ms, loudness_lufs=loudness_lufs)
    shorter = [j.reason for j in timeline.transitions if j.end - j.start < j.asked]
    return MixPlan(timeline, (), (*shorter, *crowded_notes(timeline)))


def planned_joins(workspace: Workspace) -> list[TransitionReport]:
    """What :func:`plan_mix` decided for each join; nothing where all are plain crossfades."""
    text = workspace.path(JOINS).read_text(encoding="utf-8")
    return PlannedJoins.model_validate_json(text).joins


def planned(workspace: Workspace) -> Timeline:
    """The timeline that :func:`plan_mix` wrote."""
    text = workspace.path(TIMELINE).read_text(encoding="utf-8")
    return timeline_of(TimelineView.model_validate_json(text))


def profiles_of(job: MixtapeJob, timeline: Timeline) -> list[LoudnessProfile]:
    """The loudness of each clip's track, in the order of the clips."""
    return [whole_profile_of(job.content, clip.recording) for clip in timeline.clips]


def _loudness_note(lufs: float, asked_lufs: float) -> str | None:
    if abs(lufs - asked_lufs) <= 0.5:
        return None
    return (
        f"The mix comes out at {lufs:.1f} LUFS instead of {asked_lufs:.1f}: its peaks leave no room"
        " for more."
    )
