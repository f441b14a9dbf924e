"""The finished mashup to hear, see and click: its sections, and the lanes of its stems."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.mashups import MashupReport, MashupSection
from backend.app.contract.mixes import ClipView, TimelineView, WaveformView
from backend.app.contract.stems import StemName

from .. import dj_words, mashup_words, words
from ..mashup_words import Titles
from .bundles import script, style
from .player import MOST_PEAKS, thinned

_COMPONENT = st.components.v2.component(
    "segue.mashup_player", html="<div data-root></div>", css=style("player"), js=script("player")
)

WORDS = {"one": "section", "list": "Sections", "whole": "the mashup"}


def mashup_player(
    job_id: str,
    url: str,
    timeline: TimelineView,
    report: MashupReport,
    waveform: WaveformView,
) -> None:
    """Show the player for the audio at ``url`` (a signed link, fetched by the browser)."""
    titles = titles_of(timeline, first=report.chosen.vocals)
    _COMPONENT(
        key=f"mashup_player_{job_id}",
        data={
            "url": url,
            "duration_s": timeline.duration_s,
            "peaks": thinned(waveform.peaks, MOST_PEAKS),
            "clips": [part(section, titles) for section in report.sections],
            "transitions": [],
            "words": WORDS,
            "lanes": lanes(timeline, report.sections, titles),
        },
    )


def titles_of(timeline: TimelineView, *, first: str) -> dict[str, str]:
    """The songs' titles by their ids: that of ``first`` before the others, as they are heard."""
    titles = words.told_apart({clip.track_id: clip.title or "Untitled" for clip in timeline.clips})
    order = sorted(titles, key=lambda track_id: track_id != first)
    return {track_id: titles[track_id] for track_id in order}


def part(section: MashupSection, titles: Titles) -> dict[str, object]:
    """A section as the list of parts takes it; drops carry the colour."""
    return {
        "title": mashup_words.SECTIONS[section.label],
        "artist": mashup_words.heard(section.stems, titles),
        "chapter_s": section.start_s,
        "deck": "a" if section.label == "drop" else "plain",
    }


def lanes(
    timeline: TimelineView, sections: Sequence[MashupSection], titles: Titles
) -> dict[str, object]:
    """The songs with a lane for each of their stems, and the sections over them."""
    return {
        "duration_s": timeline.duration_s,
        "sections": [
            {
                "label": mashup_words.SECTIONS[section.label],
                "start_s": section.start_s,
                "end_s": section.end_s,
                "said": section.reason,
            }
            for section in sections
        ],
        "songs": [
            {"title": title, "lanes": song_lanes(timeline.clips, track_id)}
            for track_id, title in titles.items()
        ],
    }


def song_lanes(clips: Sequence[ClipView], track_id: str) -> list[dict[str, object]]:
    """One lane for each stem of a song that is heard; one for the whole song where it is."""
    mine = [clip for clip in clips if clip.track_id == track_id]
    stems: list[StemName | None] = [None, *mashup_words.STEM_ORDER]
    return [
        {"stem": words.STEMS[stem] if stem else "Song", "clips": [lane_clip(c) for c in heard]}
        for stem in stems
        if (heard := [clip for clip in mine if clip.stem == stem])
    ]


def lane_clip(clip: ClipView) -> dict[str, object]:
    """A clip in its lane; what is done to it is told on hovering."""
    done = [dj_words.bend(clip), pitch(clip)]
    return {
        "start_s": clip.start_s,
        "end_s": clip.end_s,
        "fade_in_s": clip.fade_in_s,
        "fade_out_s": clip.fade_out_s,
        "said": ", ".join(one for one in done if one),
    }


def pitch(clip: ClipView) -> str | None:
    """A clip's change of pitch, if there is one."""
    return mashup_words.pitch(clip.pitch_semitones) if clip.pitch_semitones else None
