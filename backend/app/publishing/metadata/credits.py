"""Artists of a mix, each once, and those whom its tracklist does not name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .chapters import ListedChapter

# Only words that mean a guest: "&", "x" and "vs" are also parts of names. So is "Little Feat & Co".
_GUEST = re.compile(r"\s+[(\[]?(?:feat\.?|ft\.?|featuring)\s+(?![&+,])", re.IGNORECASE)


def artists_in(name: str) -> list[str]:
    """Split an artist's name at its guests.

    >>> artists_in("Ada (feat. Bo & Cleo)"), artists_in("Simon & Garfunkel")
    (['Ada', 'Bo & Cleo'], ['Simon & Garfunkel'])
    """
    first, *guests = _GUEST.split(name)
    parts = [first, *(guest.rstrip(")] ") for guest in guests)]
    return [part.strip() for part in parts if part.strip()]


def credited_artists(names: Iterable[str]) -> tuple[str, ...]:
    """The artists in these names, each once whatever its case."""
    artists: dict[str, str] = {}
    for name in names:
        for artist in artists_in(name):
            artists.setdefault(artist.casefold(), artist)
    return tuple(artists.values())


def unlisted(artists: Sequence[str], chapters: Sequence[ListedChapter]) -> tuple[str, ...]:
    """Those artists whom no line of the tracklist names."""
    lines = "\n".join(chapter.title for chapter in chapters).casefold()
    return tuple(one for one in artists if not _is_named(one.casefold(), lines))


def _is_named(artist: str, lines: str) -> bool:
    """Whether the lines contain the name in whole words: "Ra" is not in "Rain"."""
    return re.search(rf"(?<!\w){re.escape(artist)}(?!\w)", lines) is not None
