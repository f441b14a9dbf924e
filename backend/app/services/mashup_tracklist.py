"""``tracklist.txt`` of a mashup: who is in it, and who plays in which part."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract.mashups import MashupSection
from ..contract.stems import STEM_NAMES
from ..dj.timeline import Clip
from ..publishing.chapters import ListedChapter
from .mashup_mix import Decided


def tracklist(title: str, clips: Sequence[Clip], plan: Decided) -> str:
    """The songs and what is heard of each, then the parts."""
    lines = [title, "", *_songs(clips), ""]
    lines += [_part(section) for section in plan.sections]
    return "\n".join(lines) + "\n"


def _songs(clips: Sequence[Clip]) -> list[str]:
    """A line for each song, in the order in which they are first heard."""
    lines = []
    for track_id in dict.fromkeys(clip.track_id for clip in clips):
        of_track = [clip for clip in clips if clip.track_id == track_id]
        heard = {clip.stem for clip in of_track}
        name = " - ".join(filter(None, [of_track[0].artist, of_track[0].title]))
        lines.append(f"{name}: {', '.join(stem for stem in STEM_NAMES if stem in heard)}")
    return lines


def _part(section: MashupSection) -> str:
    begins = ListedChapter(int(section.start_s), section.label)
    return f"{begins.stamp} {section.label}: {section.reason}"
