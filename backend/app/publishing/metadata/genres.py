"""Genres of a mix, from the genre tags of its tracks."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from .name_links import has_link

MAX_HASHTAGS = 5

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")  # "Techno (Peak Time / Driving)"
_SEPARATORS = re.compile(r"[;,|/\\\0]")
_MAX_CHARS, _MAX_WORDS = 30, 4
# What taggers write if they know no genre.
_NO_GENRES = {"other", "unknown", "genre", "none", "misc", "miscellaneous", "various", "music"}
_NO_GENRES |= {"undefined", "default", "unclassifiable", "general"}
_SIGNS = frozenset("&'’+-. ")


def main_genres(tags: Sequence[str]) -> tuple[str, ...]:
    """The one or two genres that stand for a mix; none if its tracks are too mixed.

    ``tags`` are the tracks' genre tags, empty if unknown. At least half of the tracks must have a
    genre, and at least half of these must agree, on one genre or on the two commonest.
    """
    tracks = [found for tag in tags if (found := _genres_in(tag))]
    if not tracks or 2 * len(tracks) < len(tags):
        return ()
    ranked = _ranked(tracks)
    common = [genre for genre, n in ranked if 2 * n >= len(tracks)]
    if common:
        return tuple(common[:2])
    counts = [n for _, n in ranked]
    keys = {_key(genre) for genre, _ in ranked[:2]}
    n_either = sum(not keys.isdisjoint(track) for track in tracks)
    are_clear = len(counts) == 2 or counts[1] > counts[2]
    return (
        tuple(genre for genre, _ in ranked[:2]) if are_clear and 2 * n_either >= len(tracks) else ()
    )


def genre_hashtags(tags: Sequence[str]) -> tuple[str, ...]:
    """Hashtags of the genres of at least a fifth of the tracks, the commonest first."""
    tracks = [found for tag in tags if (found := _genres_in(tag))]
    if 2 * len(tracks) < len(tags):
        return ()
    frequent = [hashtag_of(genre) for genre, n in _ranked(tracks) if 5 * n >= len(tracks)]
    return tuple(dict.fromkeys(frequent))[:MAX_HASHTAGS]


def hashtag_of(genre: str) -> str:
    """Write a genre as a hashtag, without ``#``.

    >>> [hashtag_of(one) for one in ("Deep House", "Drum & Bass", "R&B", "Hip-Hop")]
    ['deephouse', 'drumandbass', 'rnb', 'hiphop']
    """
    spelt = re.sub(r"\b(\w)&(\w)\b", r"\1n\2", genre).replace("&", "and")
    return "".join(char for char in spelt.lower() if _is_letter_or_digit(char))


def in_small_letters(genre: str) -> str:
    """Write a genre as within a sentence, and keep abbreviations.

    >>> [in_small_letters(one) for one in ("Deep House", "UK Garage", "R&B", "TECH HOUSE", "IDM")]
    ['deep house', 'UK garage', 'R&B', 'tech house', 'IDM']
    """
    words = re.findall(r"[^\W\d_]+", genre)
    if genre.isupper() and max(map(len, words)) > 3:
        return genre.lower()
    return re.sub(r"[^\W\d_][^\W\d_]+", lambda word: _small(word[0]), genre)


def _small(word: str) -> str:
    return word.lower() if word[1:].islower() else word


def _genres_in(tag: str) -> dict[str, str]:
    """The genres of one tag, each spelling under its key."""
    parts = (" ".join(part.split()) for part in _SEPARATORS.split(_BRACKETS.sub(" ", tag)))
    return {_key(part): part for part in parts if _is_genre(part)}


def _is_genre(text: str) -> bool:
    """Whether a text may be a genre: tags were written by strangers."""
    return (
        0 < len(text) <= _MAX_CHARS
        and len(text.split()) <= _MAX_WORDS
        and text.casefold() not in _NO_GENRES
        and any(char.isalpha() for char in text)
        and all(_is_letter_or_digit(char) or char in _SIGNS for char in text)
        and not has_link(text)
    )


def _is_letter_or_digit(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"


def _key(genre: str) -> str:
    """The same for all spellings, such as ``Hip-Hop`` and ``hip hop``, ``&`` and ``n``."""
    joined = re.sub(r"\b(?:and|n)\b", "&", genre.casefold())
    return "".join(char for char in joined if char == "&" or _is_letter_or_digit(char))


def _ranked(tracks: Sequence[dict[str, str]]) -> list[tuple[str, int]]:
    """Each genre in its commonest spelling with its number of tracks, the commonest first."""
    counts = Counter(key for track in tracks for key in track)
    spellings = {key: Counter(track[key] for track in tracks if key in track) for key in counts}
    return [(spellings[key].most_common(1)[0][0], n) for key, n in counts.most_common()]
