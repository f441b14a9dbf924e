"""Chapters: read off the timeline, and read back out of a description as YouTube does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..dj.timeline import Chapter, Timeline
from ..dsp.samples import SAMPLE_RATE

# YouTube Help, "Video chapters": the first at 0:00, at least three, in ascending order, each at
# least 10 seconds long. Where one is broken, YouTube shows no chapters at all.
MIN_CHAPTERS = 3
MIN_CHAPTER_S = 10

# A time at the beginning of a line, behind a bullet or a bracket perhaps, and a title behind it.
_LINE = re.compile(
    r"[^\w\n]{0,4}(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(?![\d:])[^\S\n]*[-–—|)\].]*[^\S\n]*(\S.*)",
    re.ASCII,
)

# A time at the beginning of a line of somebody's words: the name of a band, an hour of the day.
_TIME_FIRST = re.compile(r"^[^\w\n]{0,4}(\d+(?::\d+)+)", re.ASCII | re.MULTILINE)
_RATIO = "\u2236"  # a reader takes it for a colon, and no reader of chapters does


@dataclass(frozen=True, slots=True)
class ListedChapter:
    """A line of the tracklist: a whole second of the mix, and what begins there.

    Of one that a single track begins, its ``artist`` and the ``track`` are known by themselves.
    """

    second: int
    title: str
    artist: str = ""
    track: str = ""

    @property
    def stamp(self) -> str:
        """``m:ss``, and ``h:mm:ss`` from the first hour on."""
        minutes, seconds = divmod(self.second, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def listed_chapters(timeline: Timeline) -> list[ListedChapter]:
    """Every chapter, at the whole second in which it begins.

    Rounded down: a player that jumps there never misses the beginning.
    """
    tracks = [clip for clip in timeline.clips if clip.role == "track"]
    if len(tracks) != len(timeline.chapters):  # parts of a mashup
        return [_listed(chapter, "", chapter.title) for chapter in timeline.chapters]
    return [
        _listed(chapter, clip.artist, clip.title)
        for chapter, clip in zip(timeline.chapters, tracks, strict=True)
    ]


def _listed(chapter: Chapter, artist: str, track: str) -> ListedChapter:
    return ListedChapter(chapter.start // SAMPLE_RATE, chapter.title, artist, track)


def chapters_in(text: str) -> list[ListedChapter]:
    """The chapters that a description lists: every line that begins with a time and has a title."""
    found = (_LINE.match(line) for line in text.splitlines())
    return [
        ListedChapter(3600 * int(hours or 0) + 60 * int(minutes) + int(seconds), title.strip())
        for hours, minutes, seconds, title in (line.groups() for line in found if line)
    ]


def without_times_first(text: str, *, only: str = "") -> str:
    """The same to the eye, and none of its lines begins with what is read as a chapter's time.

    ``only`` that time; empty is any.
    """

    def disguised(time: re.Match[str]) -> str:
        return time[0].replace(":", _RATIO) if only in ("", time[1]) else time[0]

    return _TIME_FIRST.sub(disguised, text)


def broken_rules(
    chapters: Sequence[ListedChapter],
    duration_s: float,
    *,
    min_chapters: int = MIN_CHAPTERS,
    min_chapter_s: int = MIN_CHAPTER_S,
) -> list[str]:
    """What keeps YouTube from showing these chapters, in sentences for a user; mostly nothing."""
    if len(chapters) < min_chapters:
        return [
            f"YouTube shows chapters only from {min_chapters} on; the description lists"
            f" {len(chapters)}."
        ]
    notes = []
    if chapters[0].second != 0:
        notes.append(
            "YouTube shows no chapters where the first is not at 0:00; here it is"
            f" “{chapters[0].stamp} {chapters[0].title}”."
        )
    backwards = [late for early, late in pairwise(chapters) if late.second < early.second]
    if backwards:
        notes.append(
            "YouTube shows no chapters where their times do not ascend:"
            f" {_named(backwards)} comes too late in the list."
        )
        return notes
    ends = [following.second for _, following in pairwise(chapters)] + [int(duration_s)]
    short = [
        chapter
        for chapter, end in zip(chapters, ends, strict=True)
        if end - chapter.second < min_chapter_s
    ]
    if short:
        notes.append(
            f"YouTube shows no chapters where one is shorter than {min_chapter_s} s:"
            f" {_named(short)}."
        )
    return notes


def _named(chapters: Sequence[ListedChapter]) -> str:
    """Their titles; of many the first three."""
    named = ", ".join(f"“{chapter.title}”" for chapter in chapters[:3])
    return f"{named} and {len(chapters) - 3} more" if len(chapters) > 3 else named
