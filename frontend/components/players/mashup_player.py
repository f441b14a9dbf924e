"""Player of a finished mashup: waveform, sections, and a lane for each stem."""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.contract.jobs import JobView
from backend.app.contract.mashups import MashupSection
from backend.app.contract.mixes import ClipView, TimelineView
from backend.app.contract.stems import StemName

from ...labels import dj, figures, mashup
from ...labels.mashup import Titles
from ..bundles import Widget
from .mix_player import draw_player

_WIDGET = Widget("player", "mashup_player")

LABELS = {"one": "section", "list": "Sections", "whole": "the mashup"}


def mashup_player(
    job: JobView,
    audio: Sequence[str],
    timeline: TimelineView,
    sections: Sequence[MashupSection],
    titles: Titles,
) -> None:
    """Show the player of a finished mashup."""
    data = {
        "clips": [section_row(section, titles) for section in sections],
        "transitions": [],
        "labels": LABELS,
        "lanes": lanes(timeline, sections, titles),
    }
    draw_player(_WIDGET, f"mashup_player_{job.id}", job, audio, timeline, data)


def titles_of(timeline: TimelineView, *, first: str) -> dict[str, str]:
    """Map song ids to titles: ``first``, then the timeline's other songs in order."""
    titles = figures.deduplicate_titles(
        {clip.track_id: clip.title or "Untitled" for clip in timeline.clips}
    )
    order = sorted(titles, key=lambda track_id: track_id != first)
    return {track_id: titles[track_id] for track_id in order}


def section_row(section: MashupSection, titles: Titles) -> dict[str, object]:
    """Convert a section to a row of the player's list; drops get a colour."""
    return {
        "title": mashup.SECTIONS[section.label],
        "artist": mashup.stems_by_song(section.stems, titles),
        "chapter_s": section.start_s,
        "deck": "a" if section.label == "drop" else "plain",
    }


def lanes(
    timeline: TimelineView, sections: Sequence[MashupSection], titles: Titles
) -> dict[str, object]:
    """Build the sections, and for each song a lane per stem."""
    return {
        "duration_s": timeline.duration_s,
        "sections": [
            {
                "label": mashup.SECTIONS[section.label],
                "start_s": section.start_s,
                "end_s": section.end_s,
                "description": section.reason,
            }
            for section in sections
        ],
        "songs": [
            {"title": title, "lanes": song_lanes(timeline.clips, track_id)}
            for track_id, title in titles.items()
        ],
    }


def song_lanes(clips: Sequence[ClipView], track_id: str) -> list[dict[str, object]]:
    """Build a lane for each stem of a song that plays, and one for the whole song."""
    mine = [clip for clip in clips if clip.track_id == track_id]
    stems: list[StemName | None] = [None, *mashup.STEM_ORDER]
    return [
        {"stem": figures.STEMS[stem] if stem else "Song", "clips": [lane_clip(c) for c in playing]}
        for stem in stems
        if (playing := [clip for clip in mine if clip.stem == stem])
    ]


def lane_clip(clip: ClipView) -> dict[str, object]:
    """Convert a clip to its box in a lane; the tooltip names changes of tempo and pitch."""
    pitch = mashup.pitch(clip.pitch_semitones) if clip.pitch_semitones else None
    return {
        **clip.model_dump(include={"start_s", "end_s", "fade_in_s", "fade_out_s"}),
        "description": ", ".join(filter(None, [dj.clip_tempo(clip), pitch])),
    }
