"""The steps of a mixtape before there is sound: hear the tracks, lay out the mix."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from ..analysis.loudness import (
    PEAK_HOP,
    VERSION,
    LoudnessProfile,
    load_profile,
    measure_loudness,
    save_profile,
)
from ..contract.mixes import TimelineView
from ..dj.deck import DeckTrack
from ..dj.levels import forecast, limiting_note
from ..dj.planner import crowded_notes, plan_crossfades
from ..dj.timeline import Timeline
from ..dj.timeline_view import timeline_of, view_of
from ..dsp.samples import Samples
from ..jobs.pipeline import StepContext
from ..jobs.workspace import Workspace
from ..media.normal_form import TrackReader
from .mixtape_inputs import TIMELINE, MixtapeJob

_BLOCK = 100 * PEAK_HOP  # a second at a time


def analyse_tracks(ctx: StepContext[MixtapeJob]) -> None:
    """Measure every track that has not been heard before; several at once."""
    contents = sorted({track.content for track in ctx.job.inputs.tracks})
    unheard = [content for content in contents if not _is_heard(ctx.job, content)]
    with ThreadPoolExecutor(ctx.job.workers) as pool:
        running = [pool.submit(_hear, ctx.job, content) for content in unheard]
        try:
            for count, done in enumerate(as_completed(running), start=1):
                done.result()
                ctx.progress(count / len(unheard))
        finally:
            pool.shutdown(cancel_futures=True)


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
            loudness=profile_of(ctx.job, track.content),
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


def profiles_of(job: MixtapeJob) -> list[LoudnessProfile]:
    """The loudness of each clip's track, in the order of the mix."""
    return [profile_of(job, track.content) for track in job.inputs.tracks]


def _is_heard(job: MixtapeJob, content: str) -> bool:
    return load_profile(_profile_path(job, content)) is not None


def _hear(job: MixtapeJob, content: str) -> LoudnessProfile:
    with TrackReader(job.content.path(content)) as reader:
        profile = measure_loudness(_blocks(reader))
    save_profile(profile, _profile_path(job, content))
    return profile


def _blocks(reader: TrackReader) -> Iterator[Samples]:
    for start in range(0, reader.n_samples, _BLOCK):
        yield reader.read(start, min(_BLOCK, reader.n_samples - start))


def profile_of(job: MixtapeJob, content: str) -> LoudnessProfile:
    """A track's loudness, as it was measured; measured once more where that has gone since."""
    kept = load_profile(_profile_path(job, content))
    return kept if kept is not None else _hear(job, content)


def _profile_path(job: MixtapeJob, content: str) -> Path:
    return job.content.derived(content, f"loudness-v{VERSION}.npz")


def _loudness_note(lufs: float, asked_lufs: float) -> str | None:
    if abs(lufs - asked_lufs) <= 0.5:
        return None
    return (
        f"The mix comes out at {lufs:.1f} LUFS instead of {asked_lufs:.1f}: its peaks leave no room"
        " for more."
    )
