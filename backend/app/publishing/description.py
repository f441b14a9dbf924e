"""The words that go online with a mix: tracklist and description, within YouTube's limits.

A description may have 5000 *bytes* of UTF-8 and neither ``<`` nor ``>``. Chapters are what people
click, so they are the last to give way: first the credits go, then the intro is cut, then the
titles are shortened evenly. Only where several hundred tracks leave no room for titles are the last
lines left out.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from .chapters import ListedChapter

MAX_BYTES = 5000  # YouTube Data API v3, videos: snippet.description
_SHORTEST_TITLE = 12
_FORBIDDEN = str.maketrans({"<": "‹", ">": "›"})

# Text, not HTML: escaping is for pages. Sandboxed, because the parts are other people's words.
_TEMPLATES = SandboxedEnvironment(
    autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_DESCRIPTION = _TEMPLATES.from_string(
    """\
{% if intro %}
{{ intro }}

{% endif %}
Tracklist
{% for chapter in chapters %}
{{ chapter.stamp }} {{ chapter.title }}
{% endfor %}
{% if credits %}

Music by
{% for artist in credits %}
{{ artist }}
{% endfor %}
{% endif %}
{% if hashtags %}

{{ hashtags | join(" ") }}
{% endif %}
"""
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a description is made of; ``credits`` are the artists, each once."""

    intro: str
    chapters: tuple[ListedChapter, ...]
    credits: tuple[str, ...]
    hashtags: tuple[str, ...]


def tracklist(chapters: Sequence[ListedChapter]) -> str:
    """One line a track: its time and title."""
    return "".join(f"{chapter.stamp} {chapter.title}\n" for chapter in chapters)


def description(words: Words) -> tuple[str, list[str]]:
    """The description, and sentences about what had to give way to fit.

    Returns
    -------
    text of at most ``MAX_BYTES`` bytes of UTF-8, without ``<`` and ``>``; notes, mostly none
    """
    text = _written(words)
    if _fits(text):
        return text, []
    notes = ["The credits did not fit into YouTube's 5000 bytes and were left out."]
    words = replace(words, credits=())
    if not _fits(_written(words)) and words.intro:
        words = replace(words, intro=_cut_to_fit(words))
        notes.append("The intro was shortened to fit into YouTube's 5000 bytes.")
    if not _fits(_written(words)):
        words = _with_shorter_titles(words)
        notes.append("Long titles were shortened to fit into YouTube's 5000 bytes.")
    if not _fits(_written(words)):
        kept, n_tracks = _first_that_fit(words), len(words.chapters)
        words = replace(words, chapters=words.chapters[:kept])
        notes.append(f"Only the first {kept} of {n_tracks} tracks fit into YouTube's 5000 bytes.")
    return _written(words), notes


def hashtag(text: str) -> str:
    """``#`` and the letters and digits of ``text``; empty where there are none."""
    kept = "".join(c for c in text if unicodedata.category(c)[0] in "LNM" or c == "_")
    return f"#{kept}" if kept else ""


def _written(words: Words) -> str:
    text = _DESCRIPTION.render(
        intro=words.intro.strip(),
        chapters=words.chapters,
        credits=words.credits,
        hashtags=[tag for tag in map(hashtag, words.hashtags) if tag],
    )
    return text.translate(_FORBIDDEN)


def _fits(text: str) -> bool:
    return len(text.encode()) <= MAX_BYTES


def _cut_to_fit(words: Words) -> str:
    """As much of the intro as there is room for, ending on a word."""
    room = MAX_BYTES - len(_written(replace(words, intro="")).encode()) - len("…\n\n".encode())
    if room <= 0:
        return ""
    kept = words.intro.translate(_FORBIDDEN).encode()[:room].decode(errors="ignore")
    return kept.rsplit(None, 1)[0] + "…" if kept.split() else ""


def _with_shorter_titles(words: Words) -> Words:
    """The longest titles cut, just as far as needed."""
    longest = max(len(chapter.title) for chapter in words.chapters)
    for limit in range(longest - 1, _SHORTEST_TITLE - 1, -1):
        shorter = replace(words, chapters=tuple(_limited(c, limit) for c in words.chapters))
        if _fits(_written(shorter)):
            return shorter
    return replace(words, chapters=tuple(_limited(c, _SHORTEST_TITLE) for c in words.chapters))


def _first_that_fit(words: Words) -> int:
    """How many lines of the tracklist, from the first on, there is room for."""

    def size(n_chapters: int) -> int:
        return len(_written(replace(words, chapters=words.chapters[:n_chapters])).encode())

    return bisect_right(range(len(words.chapters) + 1), MAX_BYTES, key=size) - 1


def _limited(chapter: ListedChapter, limit: int) -> ListedChapter:
    if len(chapter.title) <= limit:
        return chapter
    return replace(chapter, title=chapter.title[: limit - 1].rstrip() + "…")
