"""The words that go online with a mix: tracklist and description, within YouTube's limits.

A description may have 5000 *bytes* of UTF-8 and neither ``<`` nor ``>``. Chapters are what people
click, so they are the last to give way: first the credits go, then the intro is cut, then the
titles are shortened evenly. Only where several hundred tracks leave no room for titles are the last
lines left out.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from .chapters import ListedChapter, broken_rules, chapters_in, without_times_first
from .graphemes import cut, shortened
from .offered import Words, values
from .template import HOUSE, DescriptionTemplate
from .template_work import Work

MAX_BYTES = 5000  # YouTube Data API v3, videos: snippet.description
_SHORTEST_TITLE = 12  # bytes: three emoji, four characters of Chinese
_NO_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # categories Cc and Cs
_FORBIDDEN = str.maketrans({"<": "‹", ">": "›"})


def tracklist(chapters: Sequence[ListedChapter]) -> str:
    """One line a track: its time and title."""
    return "".join(f"{chapter.stamp} {chapter.title}\n" for chapter in chapters)


def description(
    words: Words, template: DescriptionTemplate | None = None, max_bytes: int = MAX_BYTES
) -> tuple[str, list[str]]:
    """The description, and sentences about what had to give way to fit.

    ``template`` None is the house's.

    Returns
    -------
    text of at most ``max_bytes`` bytes of UTF-8, without ``<`` and ``>``; notes, mostly none

    Raises
    ------
    BadTemplate
        If nothing can be written by this template, or not with little enough work.
    """
    return _Fitting(template or house(), max_bytes).fitted(_in_lines(words))


@cache
def house() -> DescriptionTemplate:
    """The template where nobody wrote another one."""
    return DescriptionTemplate(HOUSE)


def chapter_notes(
    text: str,
    words: Words,
    *,
    min_chapters: int,
    min_chapter_s: int,
) -> list[str]:
    """What is wrong with the chapters that YouTube finds in a description; mostly nothing."""
    found = chapters_in(text)
    notes = broken_rules(
        found, words.duration_s, min_chapters=min_chapters, min_chapter_s=min_chapter_s
    )
    listed = [chapter.second for chapter in found]
    missing = len(words.chapters) - len(set(listed) & {c.second for c in words.chapters})
    if notes and missing:
        notes.append(
            f"Of the mix's {len(words.chapters)} chapters the description has"
            f" {len(words.chapters) - missing} as lines that begin with their time."
        )
    return notes


def hashtag(text: str) -> str:
    """``#`` and the letters and digits of ``text``; empty where there are none."""
    kept = "".join(c for c in text if unicodedata.category(c)[0] in "LNM" or c == "_")
    return f"#{kept}" if kept else ""


def _in_lines(words: Words) -> Words:
    """The same, its names on one line each, and no line that could be a chapter of its own."""
    return replace(
        words,
        title=_line(words.title),
        intro=without_times_first(_text(words.intro)),
        chapters=tuple(
            replace(c, title=_line(c.title) or "…", artist=_line(c.artist), track=_line(c.track))
            for c in words.chapters
        ),
        credits=tuple(filter(None, map(_line, words.credits))),
        hashtags=tuple(dict.fromkeys(tag for tag in map(hashtag, words.hashtags) if tag)),
    )


def _line(text: str) -> str:
    return without_times_first(" ".join(_text(text).split()))


def _text(text: str) -> str:
    """Without what is no text: controls, halves of surrogate pairs; other breaks become lines."""
    return _NO_TEXT.sub("", "\n".join(text.splitlines()).replace("\t", " "))


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Writes a description until it fits."""

    template: DescriptionTemplate
    max_bytes: int
    work: Work = field(default_factory=Work)

    def fitted(self, words: Words) -> tuple[str, list[str]]:
        """The text, and a sentence for each thing that gave way."""
        notes = []
        size = self.size(words)
        for give_way in (_without_credits, self._cut_intro, self._short_titles):
            if size <= self.max_bytes:
                break
            smaller, note = give_way(words)
            if (left := self.size(smaller)) < size:
                words, size = smaller, left
                notes.append(note.format(limit=self.max_bytes))
        if size > self.max_bytes:
            words, more = self._first_tracks(words)
            notes += more
        text = self.text(words)
        if len(text.encode()) > self.max_bytes:
            text = _whole_lines(text, self.max_bytes)
            notes.append(f"The end did not fit into YouTube's {self.max_bytes} bytes.")
        return text, notes

    def text(self, words: Words) -> str:
        """What the template makes of these words."""
        text = _text(self._written(words)).strip().translate(_FORBIDDEN)
        return f"{text}\n" if text else ""

    def size(self, words: Words) -> int:
        """How many bytes that has; what is no text in a template is counted as well."""
        text = self._written(words).strip()
        grows = len("‹".encode()) - len("<")
        return len(_encoded(f"{text}\n")) + grows * (text.count("<") + text.count(">"))

    def _written(self, words: Words) -> str:
        """Written by the template; how long it is looks like a time, and begins no chapter."""
        text = self.template.write(values(words), self.work)
        end = ListedChapter(int(words.duration_s), "")
        if end.stamp not in text or any(c.second == end.second for c in words.chapters):
            return text
        return without_times_first(text, only=end.stamp)

    def _cut_intro(self, words: Words) -> tuple[Words, str]:
        """As much of the intro as there is room for, ending on a word."""

        def shorter(n_bytes: int) -> Words:
            kept = cut(words.intro.translate(_FORBIDDEN), n_bytes)
            return replace(words, intro=kept.rsplit(None, 1)[0] + "…" if kept.split() else "")

        room = self._most(shorter, 0, len(_encoded(words.intro)))
        return shorter(room), "The intro was shortened to fit into YouTube's {limit} bytes."

    def _short_titles(self, words: Words) -> tuple[Words, str]:
        """The longest titles cut, just as far as needed."""

        def shorter(n_bytes: int) -> Words:
            return replace(words, chapters=tuple(_limited(c, n_bytes) for c in words.chapters))

        longest = max((len(_encoded(c.title)) for c in words.chapters), default=0)
        room = self._most(shorter, _SHORTEST_TITLE, longest)
        return shorter(room), "Long titles were shortened to fit into YouTube's {limit} bytes."

    def _first_tracks(self, words: Words) -> tuple[Words, list[str]]:
        """As many lines of the tracklist, from the first on, as there is room for."""

        def first(n_chapters: int) -> Words:
            return replace(words, chapters=words.chapters[:n_chapters])

        n_tracks = len(words.chapters)
        kept = self._most(first, 0, n_tracks)
        if not kept and self.size(first(0)) > self.max_bytes:  # it is not the tracks
            return words, []
        note = f"Only the first {kept} of {n_tracks} tracks fit into YouTube's"
        return first(kept), [f"{note} {self.max_bytes} bytes."]

    def _most(self, made: Callable[[int], Words], lowest: int, highest: int) -> int:
        """The largest number of which what is made fits; ``lowest`` where none does."""
        if highest <= lowest or self.size(made(lowest)) > self.max_bytes:
            return lowest
        above = range(lowest + 1, highest + 1)
        return lowest + bisect_right(above, self.max_bytes, key=lambda n: self.size(made(n)))


def _without_credits(words: Words) -> tuple[Words, str]:
    note = "The credits did not fit into YouTube's {limit} bytes and were left out."
    return replace(words, credits=()), note


def _limited(chapter: ListedChapter, n_bytes: int) -> ListedChapter:
    return replace(
        chapter,
        title=shortened(chapter.title, n_bytes),
        artist=shortened(chapter.artist, n_bytes),
        track=shortened(chapter.track, n_bytes),
    )


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")


def _whole_lines(text: str, n_bytes: int) -> str:
    """The lines from the first on that fit; of a single long one what fits."""
    kept = cut(text, n_bytes)
    return kept[: kept.rfind("\n") + 1] or kept
