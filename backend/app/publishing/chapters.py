"""Chapters as YouTube reads them from a description, read off the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ..dj.timeline import Timeline
from ..dsp.samples import SAMPLE_RATE

# YouTube Help, "Video chapters": the first at 0:00, at least three, in ascending order, each at
# least 10 seconds long. Where one is broken, YouTube shows no chapters at all.
MIN_CHAPTERS = 3
MIN_CHAPTER_S = 10


@dataclass(frozen=True, slots=True)
class ListedChapter:
    """A line of the tracklist: a whole second of the mix, and what begins there."""

    second: int
    title: str

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
    return [
        ListedChapter(chapter.start // SAMPLE_RATE, chapter.title) for chapter in timeline.chapters
    ]


def broken_rules(chapters: list[ListedChapter], duration_s: float) -> list[str]:
    """What keeps YouTube from showing these chapters, in sentences for a user; mostly nothing."""
    notes = []
    if len(chapters) < MIN_CHAPTERS:
        notes.append(
            f"YouTube shows chapters only from {MIN_CHAPTERS} on; this mix has {len(chapters)}."
        )
    ends = [following.second for _, following in pairwise(chapters)] + [int(duration_s)]
    short = [
        chapter.title
        for chapter, end in zip(chapters, ends, strict=True)
        if end - chapter.second < MIN_CHAPTER_S
    ]
    if short:
        named = ", ".join(f"“{title}”" for title in short[:3])
        more = f" and {len(short) - 3} more" if len(short) > 3 else ""
        notes.append(
            f"YouTube shows no chapters where one is shorter than {MIN_CHAPTER_S} s: {named}{more}."
        )
    return notes
