"""The steps of a mixtape before there is sound: hear the tracks, lay out the mix."""

from __future__ import annotations

from ..analysis.loudness import LoudnessProfile
from ..contract.mixes import TimelineView
from ..dj.deck import DeckTrack
from ..dj.levels import forecast, limiting_note
from ..dj.planner import crowded_notes, plan_crossfades
from ..dj.timeline import Timeline
from ..dj.timeline_view import timeline_of, view_of
from ..jobs.pipeline import StepContext
from ..jobs.workspace import Workspace
from .hearing import hear_all, profile_of
from .mixtape_inputs import TIMELINE, MixtapeJob


def analyse_tracks(ctx: StepContext[MixtapeJob]) -> None:
    """Listen to every track that nobody has heard yet; to its loudness only where that will do."""
    job = ctx.job
    hear_all(
        job.content,
        {track.content: track.n_samples for track in job.inputs.tracks},
        whole=job.request.transitions == "dj" or job.request.order == "auto",
        workers=job.workers,
        progress=ctx.progress,
        say=ctx.say,
    )


def plan_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Lay the tracks on a timeline, and say what a listener should know of it."""
    request = ctx.job.request
    decks = [
        DeckTrack(
            track_id=track.track_id,
            content=track.content,
            title=track.title,
            artist=track.artist,
            length=track.n_samples,
            loudness=profile_of(ctx.job.content, track.content),
        )
        for track in ctx.job.inputs.tracks
    ]
    timeline = plan_crossfades(
        decks, transition_ms=request.transition_ms, loudness_lufs=ctx.job.loudness_lufs
    )
    with ctx.workspace.write(TIMELINE, "application/json") as path:
        path.write_text(view_of(timeline).model_dump_json(indent=1), encoding="utf-8")
    for join in timeline.transitions:
        if join.end - join.start < join.asked:
            ctx.note(join.reason)
    lufs, taken_db = forecast(timeline, [deck.loudness for deck in decks])
    levels = (limiting_note(taken_db), _loudness_note(lufs, ctx.job.loudness_lufs))
    for note in [*crowded_notes(timeline), *filter(None, levels)]:
        ctx.note(note)


def planned(workspace: Workspace) -> Timeline:
    """The timeline that :func:`plan_mix` wrote."""
    text = workspace.path(TIMELINE).read_text(encoding="utf-8")
    return timeline_of(TimelineView.model_validate_json(text))


def profiles_of(job: MixtapeJob, timeline: Timeline) -> list[LoudnessProfile]:
    """The loudness of each clip's track, in the order of the clips."""
    return [profile_of(job.content, clip.content) for clip in timeline.clips]


def _loudness_note(lufs: float, asked_lufs: float) -> str | None:
    if abs(lufs - asked_lufs) <= 0.5:
        return None
    return (
        f"The mix comes out at {lufs:.1f} LUFS instead of {asked_lufs:.1f}: its peaks leave no room"
        " for more."
    )
