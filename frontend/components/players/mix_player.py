"""The player of a finished mix: waveform, chapters, and the picture of its decks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.app.contract.jobs import JobView
from backend.app.contract.mixes import TimelineView, WaveformView

from ...state import session
from ...state.job_state import artifacts_by_name
from ..bundles import Widget
from .mix_picture import mix_picture, track_places
from .peaks import thinned

_WIDGET = Widget("player")

#: Three peaks a pixel on a wide screen; the waveform of a four-hour mix has many times that.
MAX_PEAKS = 4000


def player(job: JobView, audio: Sequence[str], timeline: TimelineView) -> None:
    """Show the player of a mixtape."""
    data = {
        "clips": chapter_clips(timeline),
        "transitions": joins_by_place(timeline),
        "picture": mix_picture(timeline),
    }
    draw_player(_WIDGET, f"player_{job.id}", job, audio, timeline, data)


def draw_player(
    widget: Widget,
    key: str,
    job: JobView,
    audio: Sequence[str],
    timeline: TimelineView,
    data: Mapping[str, object],
) -> None:
    """Draw a player for the first of the ``audio`` files that was made, with its waveform."""
    files = artifacts_by_name(job)
    name = next((name for name in audio if name in files), None)
    if name and "waveform.json" in files:
        waveform = session.api().artifact(job.id, "waveform.json", WaveformView)
        common = {
            "url": session.link_to(job.id, name, inline=True),
            "duration_s": timeline.duration_s,
            "peaks": thinned(waveform.peaks, MAX_PEAKS),
        }
        widget.draw(key, {**common, **data})


def joins_by_place(timeline: TimelineView) -> list[dict[str, float]]:
    """Each join with the places of its two tracks in the mix; overlays do not count."""
    places = track_places(timeline)
    return [
        {
            "start_s": join.start_s,
            "end_s": join.end_s,
            "outgoing": places[join.outgoing],
            "incoming": places[join.incoming],
        }
        for join in timeline.transitions
    ]


def chapter_clips(timeline: TimelineView) -> list[dict[str, str | float]]:
    """Each track with the start of its chapter.

    Without a chapter for every track (YouTube's rules may allow fewer) it is the track's start.
    """
    tracks = [clip for clip in timeline.clips if clip.role == "track"]
    starts = [chapter.start_s for chapter in timeline.chapters]
    if len(starts) != len(tracks):
        starts = [clip.start_s for clip in tracks]
    return [
        {"title": clip.title or "Untitled", "artist": clip.artist, "chapter_s": start}
        for clip, start in zip(tracks, starts, strict=True)
    ]
