"""The finished mix as something to hear, see and click."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.mixes import TimelineView, WaveformView

from .bundles import script, style
from .mix_picture import mix_picture, track_places

_COMPONENT = st.components.v2.component(
    "segue.player", html="<div data-root></div>", css=style("player"), js=script("player")
)

#: Three peaks a pixel on a wide screen; the waveform of a four-hour mix has many times that.
MOST_PEAKS = 4000


def player(job_id: str, url: str, timeline: TimelineView, waveform: WaveformView) -> None:
    """Show the player for the audio at ``url`` (a signed link, fetched by the browser)."""
    _COMPONENT(
        key=f"player_{job_id}",
        data={
            "url": url,
            "duration_s": timeline.duration_s,
            "peaks": thinned(waveform.peaks, MOST_PEAKS),
            "clips": chapter_clips(timeline),
            "transitions": joins_by_place(timeline),
            "picture": mix_picture(timeline),
        },
    )


def joins_by_place(timeline: TimelineView) -> list[dict[str, float]]:
    """Each join with the places of its two tracks in the mix, overlays not counted."""
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
    """Each track with the second at which it becomes the track to be heard.

    Chapters and tracks come in the same order, one of each; a mix that has no chapters (or
    fewer, by a rule of the place it is published to) falls back to where the track starts.
    """
    tracks = [clip for clip in timeline.clips if clip.role == "track"]
    starts = [chapter.start_s for chapter in timeline.chapters]
    if len(starts) != len(tracks):
        starts = [clip.start_s for clip in tracks]
    return [
        {"title": clip.title or "Untitled", "artist": clip.artist, "chapter_s": start}
        for clip, start in zip(tracks, starts, strict=True)
    ]


def thinned(peaks: Sequence[float], most: int) -> list[float]:
    """At most ``most`` peaks, each the largest of those it stands for, to three decimals."""
    width = max(1, -(-len(peaks) // most))
    return [round(max(peaks[i : i + width]), 3) for i in range(0, len(peaks), width)]
