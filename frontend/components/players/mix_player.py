"""Player of a finished mix: waveform, chapters, and a picture of the two decks."""

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

#: Three peaks for each pixel of a wide screen; the stored waveform of a long mix has many more.
MAX_PEAKS = 4000


def player(job: JobView, audio: Sequence[str], timeline: TimelineView) -> None:
    """Show the player of a finished mixtape."""
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
    """Draw a player with the first existing file of ``audio``, and its waveform."""
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
    """List the joins by the places of their two tracks; overlays are not counted."""
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
    """List each track with the start of its chapter.

    If there are fewer chapters than tracks, as YouTube's rules may require, the track's start is
    used.
    """
    tracks = [clip for clip in timeline.clips if clip.role == "track"]
    starts = [chapter.start_s for chapter in timeline.chapters]
    if len(starts) != len(tracks):
        starts = [clip.start_s for clip in tracks]
    return [
        {"title": clip.title or "Untitled", "artist": clip.artist, "chapter_s": start}
        for clip, start in zip(tracks, starts, strict=True)
    ]
