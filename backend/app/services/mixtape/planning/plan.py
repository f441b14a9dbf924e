"""Analyse a mixtape's tracks and plan its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....analysis.levels.loudness import LoudnessProfile
from ....contract.base import Shape
from ....contract.dj import TransitionReport
from ....dj.deck import DeckTrack
from ....dj.harmony import camelot
from ....dj.joins.overlays import OverlaySound
from ....dj.joins.plan import MixPlan, plan_dj_mix
from ....dj.joins.shapes.plain_crossfades import plan_crossfades
from ....dj.joins.silences import silence_note
from ....dj.joins.trials import Trials
from ....dj.levels.level_notes import mix_limiting_note, mix_loudness_note, soft_track_note
from ....dj.levels.mix_gains import mix_target_lufs
from ....dj.levels.track_gains import forecast
from ....dj.timeline import Timeline
from ....dj.timeline_json import timeline_of, view_of
from ....jobs.pipeline import StepContext, TaskList
from ....jobs.workspace import Workspace
from ...files.names import TIMELINE
from ...tracks.analyse import analyse_all, analysis_tasks, profile_of, whole_profile_of
from ...tracks.decks import decks_of
from ..job import MixtapeJob
from .gapless import gapless_joins
from .join_precedence import JoinWishes, resolve_join_wishes
from .order import ordered_tracks
from .stored_wishes import WISHES, StoredWishes

JOINS = "joins.json"


class PlannedJoins(Shape):
    """The planned report of each join, stored for the step that measures joins."""

    joins: list[TransitionReport]


def analyse_tracks(ctx: StepContext[MixtapeJob]) -> None:
    """Analyse tracks that are not cached; only their loudness if nothing else is needed."""
    job = ctx.job
    analyse_all(ctx, job.store, job.workers, job.inputs.tracks, whole=job.needs_analysis)


def mixtape_analyses(ctx: StepContext[MixtapeJob]) -> TaskList:
    """List the analyses that are not cached, as tasks."""
    job = ctx.job
    return analysis_tasks(job.store, job.workers, job.inputs.tracks, whole=job.needs_analysis)


def plan_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Plan the timeline; if joins will be checked, only decide who chooses each join."""
    job = ctx.job
    decks = decks_of(job.store, ordered_tracks(job, ctx.workspace), whole=job.needs_analysis)
    if job.request.transitions != "dj":
        write_plan(ctx, decks, _plan_crossfades(job, decks))
    elif job.checks_joins:
        resolved = resolve_join_wishes(job, decks)
        ctx.workspace.write_shape(WISHES, StoredWishes.of(resolved))
    else:
        write_plan(ctx, decks, plan_dj(job, decks))


def write_plan(ctx: StepContext[MixtapeJob], decks: Sequence[DeckTrack], plan: MixPlan) -> None:
    """Write a plan's timeline and reports; note what the user should know about it."""
    ctx.workspace.write_shape(TIMELINE, view_of(plan.timeline), artifact=True, indent=1)
    ctx.workspace.write_shape(JOINS, PlannedJoins(joins=list(plan.reports)))
    silences = filter(None, map(silence_note, decks))
    notes = [*plan.notes, *silences, *_level_notes(ctx.job, decks, plan.timeline)]
    for note in dict.fromkeys(notes):
        ctx.note(note)


def plan_dj(job: MixtapeJob, decks: Sequence[DeckTrack]) -> MixPlan:
    """Plan a DJ mix: first the requested joins, then the DJ rules."""
    return plan_with(job, decks, resolve_join_wishes(job, decks))


def plan_with(
    job: MixtapeJob,
    decks: Sequence[DeckTrack],
    resolved: JoinWishes,
    trials: Sequence[Trials] | None = None,
) -> MixPlan:
    """Plan a DJ mix with these requests, without the joins that failed in ``trials``."""
    whole = {pick.track_id for pick in job.request.tracks or () if pick.keep_whole}
    decks = [replace(deck, keep_whole=deck.track_id in whole) for deck in decks]
    base, separator = job.inputs.base, job.separator
    plan = plan_dj_mix(
        decks,
        job.rules,
        loudness_lufs=job.loudness_lufs,
        join_wishes=resolved.wishes,
        sounds=overlay_sounds(job),
        base=timeline_of(base) if base else None,
        separator=(separator.key, separator.sources) if separator else None,
        trials=trials,
    )
    overlays = filter(None, [overlay_note(job)])
    return replace(plan, notes=(*resolved.notes, *plan.notes, *overlays))


def _plan_crossfades(job: MixtapeJob, decks: Sequence[DeckTrack]) -> MixPlan:
    """Plan the same crossfade between all tracks; note those that had to be shorter."""
    transition_ms = job.request.transition_ms
    timeline = plan_crossfades(
        decks,
        transition_ms=transition_ms,
        loudness_lufs=job.loudness_lufs,
        gapless=() if transition_ms else gapless_joins(job.store, decks),
    )
    shorter = [j.reason for j in timeline.transitions if j.end - j.start < j.asked]
    return MixPlan(timeline, (), tuple(shorter))


def overlay_sounds(job: MixtapeJob) -> list[OverlaySound]:
    """The sounds that may be laid over joins, with their loudness."""
    return [
        OverlaySound(
            sound_id=sound.sound_id,
            content_hash=sound.content_hash,
            name=sound.name,
            kind=sound.kind,
            length=sound.n_samples,
            loudness=profile_of(job.store, sound.content_hash),
            tempo_bpm=sound.tempo_bpm,
            beats=sound.beats,
            key=camelot(sound.key) if sound.key else None,
        )
        for sound in job.inputs.sounds
    ]


def overlay_note(job: MixtapeJob) -> str | None:
    """A note for the user if there will be fewer overlays than requested."""
    requested, allowed = job.request.overlays, job.inputs.overlays
    if requested in (None, "never"):
        return None
    if allowed != requested:
        return f"You asked for sounds over joins: {requested}. The DJ rules allow: {allowed}."
    if not job.inputs.sounds:
        return "You asked for sounds over joins but have none. Add some first."
    return None


def planned_joins(workspace: Workspace) -> list[TransitionReport]:
    """The reports that :func:`plan_mix` wrote; none for plain crossfades."""
    return workspace.read_shape(JOINS, PlannedJoins).joins


def profiles_of(job: MixtapeJob, timeline: Timeline) -> list[LoudnessProfile]:
    """The loudness of each clip's track, in the order of the clips."""
    return [whole_profile_of(job.store, clip.recording) for clip in timeline.clips]


def _level_notes(job: MixtapeJob, decks: Sequence[DeckTrack], timeline: Timeline) -> Iterator[str]:
    """Notes about limiting, and about tracks or a mix that stay too soft."""
    target_lufs = job.loudness_lufs
    profiles = profiles_of(job, timeline)
    lufs, limited_db = forecast(timeline, profiles)
    lowered_lu = target_lufs - mix_target_lufs([deck.loudness for deck in decks], target_lufs)
    gains_db = {clip.track_id: clip.gain_db for clip in timeline.clips}
    tracks = [
        soft_track_note(deck.title, deck.loudness, gains_db[deck.track_id], min(target_lufs, lufs))
        for deck in decks
        if deck.track_id in gains_db
    ]
    mix = mix_loudness_note(lufs, target_lufs, limiting_db=limited_db, lowered_lu=lowered_lu)
    yield from filter(None, [mix_limiting_note(timeline, profiles, limited_db), *tracks, mix])
