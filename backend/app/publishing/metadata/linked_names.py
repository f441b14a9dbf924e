"""Names in a mix's facts that contain links, mentions or hashtags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .chapters import ListedChapter
from .name_links import has_link, without_links
from .template_context import MixFacts


def linked_names(facts: MixFacts) -> tuple[str, ...]:
    """The lines of the tracklist, and artists not in them, that contain any."""
    titles = [chapter.title for chapter in facts.chapters if has_link(chapter.title)]
    artists = (one for one in (*facts.songs, *facts.credits) if has_link(one))
    others = [one for one in artists if not any(one in title for title in titles)]
    return tuple(dict.fromkeys((*titles, *others)))


def linked_names_note(names: Sequence[str], *, kept: bool) -> str:
    """Quote up to three of the names, and say whether their links are ``kept``."""
    count = "1 name" if len(names) == 1 else f"{len(names)} names"
    quoted = ", ".join(f"“{name}”" for name in names[:3])
    quoted += f" and {len(names) - 3} more" if len(names) > 3 else ""
    if kept:
        return f"Links, @ or # are in {count}: {quoted}."
    return f"Links, @ and # were left out of {count}: {quoted}."


def facts_without_links(facts: MixFacts) -> MixFacts:
    """Leave them out of the names of tracks and artists; the mix's title stays."""
    return replace(
        facts,
        chapters=tuple(map(_without_links, facts.chapters)),
        credits=tuple(filter(None, map(without_links, facts.credits))),
        songs=tuple(filter(None, map(without_links, facts.songs))),
    )


def _without_links(chapter: ListedChapter) -> ListedChapter:
    if not has_link(chapter.title):
        return chapter
    artist, track = without_links(chapter.artist), without_links(chapter.track)
    if chapter.title == f"{chapter.artist} – {chapter.track}":
        title = " – ".join(filter(None, (artist, track)))
    else:
        title = without_links(chapter.title)
    return replace(chapter, title=title, artist=artist, track=track)
