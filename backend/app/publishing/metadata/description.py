"""Write a mix's description within YouTube's limits, with its tracklist.

YouTube limits the *bytes* of UTF-8 and rejects ``<`` and ``>``. People click chapters, so these are
shortened last: first the credits are left out, then the intro is cut, then long titles are
shortened, then the user's links are left out. Only mixes of several hundred tracks lose their last
lines.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from ..youtube.limits import YouTubeLimits
from .chapters import ListedChapter, broken_rules, chapters_in, disguise_times
from .credits import unlisted
from .graphemes import cut, shortened
from .template import DEFAULT_TEMPLATE, DescriptionTemplate
from .template_context import MixFacts, template_values
from .template_limits import Work

_SHORTEST_TITLE = 12  # bytes: three emoji, or four Chinese characters
_NO_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # categories Cc and Cs
_FORBIDDEN = str.maketrans({"<": "‹", ">": "›"})


def tracklist(chapters: Sequence[ListedChapter]) -> str:
    """Write the tracklist: a line with time and title for each track."""
    return "".join(f"{chapter.stamp} {chapter.title}\n" for chapter in chapters)


def description(
    facts: MixFacts, template: DescriptionTemplate | None, max_bytes: int
) -> tuple[str, list[str]]:
    """Write a description of at most ``max_bytes``, and notes on what was shortened.

    Bytes are those of UTF-8. ``template`` None means the default. Raise ``BadTemplate`` if the
    template fails on these facts or takes too long.
    """
    return _Fitter(template or _default_template(), max_bytes).fit(_clean(facts))


@cache
def _default_template() -> DescriptionTemplate:
    return DescriptionTemplate(DEFAULT_TEMPLATE)


def chapter_notes(text: str, facts: MixFacts, limits: YouTubeLimits) -> list[str]:
    """Say why YouTube would show no chapters of this description, if so."""
    found = chapters_in(text)
    notes = broken_rules(found, facts.duration_s, limits)
    listed = [chapter.second for chapter in found]
    missing = len(facts.chapters) - len(set(listed) & {c.second for c in facts.chapters})
    if notes and missing:
        notes.append(
            f"The description has {len(facts.chapters) - missing} of the mix's"
            f" {len(facts.chapters)} chapters as lines that start with their time."
        )
    return notes


def hashtag(text: str) -> str:
    """Return ``#`` and the letters and digits of ``text``; empty if there are none."""
    name = "".join(c for c in text if unicodedata.category(c)[0] in "LNM" or c == "_")
    return f"#{name}" if name else ""


def _clean(facts: MixFacts) -> MixFacts:
    """Write each name on one line, and disguise lines that would look like chapters."""
    credits = tuple(filter(None, map(_line, facts.credits)))
    chapters = tuple(
        replace(c, title=_line(c.title) or "…", artist=_line(c.artist), track=_line(c.track))
        for c in facts.chapters
    )
    return replace(
        facts,
        title=_line(facts.title),
        intro=disguise_times(_text(facts.intro)),
        chapters=chapters,
        credits=credits,
        songs=tuple(filter(None, map(_line, facts.songs))),
        unlisted_artists=unlisted(credits, chapters),
        links=disguise_times(_text(facts.links)).strip(),
        support=_line(facts.support),
        licence=_line(facts.licence),
        hashtags=tuple(dict.fromkeys(tag for tag in map(hashtag, facts.hashtags) if tag)),
    )


def _line(text: str) -> str:
    return disguise_times(" ".join(_text(text).split()))


def _text(text: str) -> str:
    """Remove control characters and incomplete surrogate pairs; normalise line breaks."""
    return _NO_TEXT.sub("", "\n".join(text.splitlines()).replace("\t", " "))


@dataclass(frozen=True, slots=True)
class _Fitter:
    """Renders a description repeatedly until it fits YouTube's limit."""

    template: DescriptionTemplate
    max_bytes: int
    work: Work = field(default_factory=Work)

    def fit(self, facts: MixFacts) -> tuple[str, list[str]]:
        """Return the text, and notes on what was shortened."""
        notes = []
        size = self.size(facts)
        for shorten in (_omit_credits, self._cut_intro, self._cut_titles, _omit_links):
            if size <= self.max_bytes:
                break
            shorter, note = shorten(facts)
            if (shorter_size := self.size(shorter)) < size:
                facts, size = shorter, shorter_size
                notes.append(note.format(limit=self.max_bytes))
        if size > self.max_bytes:
            facts, more = self._cut_tracklist(facts)
            notes += more
        text = self.text(facts)
        if len(text.encode()) > self.max_bytes:
            text = _cut_lines(text, self.max_bytes)
            notes.append(f"The end was cut to fit into YouTube's {self.max_bytes} bytes.")
        return text, notes

    def text(self, facts: MixFacts) -> str:
        """Render the template, without characters that YouTube rejects."""
        text = _text(self._render(facts)).strip().translate(_FORBIDDEN)
        return f"{text}\n" if text else ""

    def size(self, facts: MixFacts) -> int:
        """Size of the text in bytes, including the template's control characters."""
        text = self._render(facts).strip()
        grows = len("‹".encode()) - len("<")
        return len(_encoded(f"{text}\n")) + grows * (text.count("<") + text.count(">"))

    def _render(self, facts: MixFacts) -> str:
        """Render the template; a line that starts with the mix's length is not a chapter."""
        text = self.template.write(template_values(facts), self.work)
        if any(chapter.stamp == facts.duration for chapter in facts.chapters):
            return text
        return disguise_times(text, only=facts.duration)

    def _cut_intro(self, facts: MixFacts) -> tuple[MixFacts, str]:
        """Cut the intro after the last word that fits."""

        def shorter(n_bytes: int) -> MixFacts:
            start = cut(facts.intro.translate(_FORBIDDEN), n_bytes)
            return replace(facts, intro=start.rsplit(None, 1)[0] + "…" if start.split() else "")

        n_bytes = self._largest(shorter, 0, len(_encoded(facts.intro)))
        return shorter(n_bytes), "The intro was shortened to fit into YouTube's {limit} bytes."

    def _cut_titles(self, facts: MixFacts) -> tuple[MixFacts, str]:
        """Cut the longest titles only as far as needed."""

        def shorter(n_bytes: int) -> MixFacts:
            return replace(facts, chapters=tuple(_cut_chapter(c, n_bytes) for c in facts.chapters))

        longest = max((len(_encoded(c.title)) for c in facts.chapters), default=0)
        n_bytes = self._largest(shorter, _SHORTEST_TITLE, longest)
        return shorter(n_bytes), "Long titles were shortened to fit into YouTube's {limit} bytes."

    def _cut_tracklist(self, facts: MixFacts) -> tuple[MixFacts, list[str]]:
        """Keep as many lines of the tracklist as fit, from the first on."""

        def first(n_chapters: int) -> MixFacts:
            return replace(facts, chapters=facts.chapters[:n_chapters])

        n_tracks = len(facts.chapters)
        n_listed = self._largest(first, 0, n_tracks)
        if not n_listed and self.size(first(0)) > self.max_bytes:  # too long even without tracks
            return facts, []
        note = f"Only the first {n_listed} of {n_tracks} tracks fit into YouTube's"
        return first(n_listed), [f"{note} {self.max_bytes} bytes."]

    def _largest(self, shorten: Callable[[int], MixFacts], lowest: int, highest: int) -> int:
        """Find the largest length with which the description fits; ``lowest`` if none does."""
        if highest <= lowest or self.size(shorten(lowest)) > self.max_bytes:
            return lowest
        above = range(lowest + 1, highest + 1)
        return lowest + bisect_right(above, self.max_bytes, key=lambda n: self.size(shorten(n)))


def _omit_credits(facts: MixFacts) -> tuple[MixFacts, str]:
    note = "The credits did not fit into YouTube's {limit} bytes and were left out."
    return replace(facts, credits=(), unlisted_artists=(), songs=()), note


def _omit_links(facts: MixFacts) -> tuple[MixFacts, str]:
    note = "Links, support and licence did not fit into YouTube's {limit} bytes and were left out."
    return replace(facts, links="", support="", licence=""), note


def _cut_chapter(chapter: ListedChapter, n_bytes: int) -> ListedChapter:
    return replace(
        chapter,
        title=shortened(chapter.title, n_bytes),
        artist=shortened(chapter.artist, n_bytes),
        track=shortened(chapter.track, n_bytes),
    )


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")


def _cut_lines(text: str, n_bytes: int) -> str:
    """Keep the first lines that fit; of a single long line, as much as fits."""
    start = cut(text, n_bytes)
    return start[: start.rfind("\n") + 1] or start
