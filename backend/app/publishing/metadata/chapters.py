"""Chapters of a timeline or a description, and YouTube's rules for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...dj.timeline import Timeline
from ...dsp.samples import SAMPLE_RATE
from ..youtube.limits import YouTubeLimits

# A chapter in a text: a time at the start of a line, perhaps after a bullet or a bracket, and a
# title.
_LINE = re.compile(
    r"[^\w\n]{0,4}(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(?![\d:])[^\S\n]*[-–—|)\].]*[^\S\n]*(\S.*)",
    re.ASCII,
)

# A time at the start of a line that is no chapter, such as a band's name or an hour of the day.
_TIME_FIRST = re.compile(r"^[^\w\n]{0,4}(\d+(?::\d+)+)", re.ASCII | re.MULTILINE)
_RATIO = "\u2236"  # looks like a colon, but YouTube does not read it as part of a time


@dataclass(frozen=True, slots=True)
class ListedChapter:
    """A line of the tracklist: the second at which a chapter starts, and its title.

    ``artist`` and ``track`` are set if the chapter is a single track.
    """

    second: int
    title: str
    artist: str = ""
    track: str = ""

    @property
    def stamp(self) -> str:
        """The chapter's start as ``m:ss``, or ``h:mm:ss`` from one hour on."""
        minutes, seconds = divmod(self.second, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def listed_chapters(timeline: Timeline) -> list[ListedChapter]:
    """List the timeline's chapters at whole seconds.

    Seconds are rounded down, so that a player that jumps there does not miss the start.
    """
    tracks = [clip for clip in timeline.clips if clip.role == "track"]
    names = [(clip.artist, clip.title) for clip in tracks]
    if len(tracks) != len(timeline.chapters):  # the clips are parts of a mashup
        names = [("", chapter.title) for chapter in timeline.chapters]
    return [
        ListedChapter(chapter.start // SAMPLE_RATE, chapter.title, artist, track)
        for chapter, (artist, track) in zip(timeline.chapters, names, strict=True)
    ]


def chapters_in(text: str) -> list[ListedChapter]:
    """Find a description's chapters: lines that start with a time and have a title."""
    found = (_LINE.match(line) for line in text.splitlines())
    return [
        ListedChapter(3600 * int(hours or 0) + 60 * int(minutes) + int(seconds), title.strip())
        for hours, minutes, seconds, title in (line.groups() for line in found if line)
    ]


def disguise_times(text: str, *, only: str = "") -> str:
    """Disguise times at the start of lines, so that YouTube does not take them for chapters.

    The text looks the same. ``only`` limits this to one time; empty means any.
    """

    def disguise(time: re.Match[str]) -> str:
        return time[0].replace(":", _RATIO) if only in ("", time[1]) else time[0]

    return _TIME_FIRST.sub(disguise, text)


def broken_rules(
    chapters: Sequence[ListedChapter], duration_s: float, limits: YouTubeLimits
) -> list[str]:
    """Say why YouTube would show none of these chapters, in sentences for users.

    YouTube Help, "Video chapters", requires a first chapter at 0:00, a minimum number, ascending
    order, and a minimum length of each. If one rule is broken, YouTube shows no chapters at all.
    """
    if len(chapters) < limits.chapters:
        return [
            f"YouTube shows no chapters if there are fewer than {limits.chapters}; the description"
            f" lists {len(chapters)}."
        ]
    notes = []
    if chapters[0].second != 0:
        notes.append(
            "YouTube shows no chapters if the first is not at 0:00; here it is"
            f" “{chapters[0].stamp} {chapters[0].title}”."
        )
    backwards = [late for early, late in pairwise(chapters) if late.second < early.second]
    if backwards:
        notes.append(
            "YouTube shows no chapters if their times do not ascend:"
            f" {_titles(backwards)} comes too late in the list."
        )
        return notes
    ends = [following.second for _, following in pairwise(chapters)] + [int(duration_s)]
    short = [
        chapter
        for chapter, end in zip(chapters, ends, strict=True)
        if end - chapter.second < limits.chapter_s
    ]
    if short:
        notes.append(
            f"YouTube shows no chapters if one is shorter than {limits.chapter_s} s:"
            f" {_titles(short)}."
        )
    return notes


def _titles(chapters: Sequence[ListedChapter]) -> str:
    """Quote up to three titles."""
    named = ", ".join(f"“{chapter.title}”" for chapter in chapters[:3])
    return f"{named} and {len(chapters) - 3} more" if len(chapters) > 3 else named
