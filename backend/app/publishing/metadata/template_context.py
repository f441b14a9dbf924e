"""The names that a description template may use, and their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .chapters import ListedChapter
from .genres import in_small_letters
from .languages import counted, length, phrases


@dataclass(frozen=True, slots=True)
class MixFacts:
    """The facts of a mix, with the other texts of its description.

    ``credits`` are the artists, each once; ``unlisted_artists`` those whom the tracklist does not
    name. ``genres`` are one or two, or none if unknown. ``has_parts``: the chapters are parts of a
    mashup, not tracks; ``songs`` are then all tracks that play. ``links``, ``support`` and
    ``licence`` are the user's lines under the tracklist; ``language`` is that of headings and
    units.
    """

    intro: str
    chapters: tuple[ListedChapter, ...]
    credits: tuple[str, ...]
    hashtags: tuple[str, ...]
    title: str = ""
    duration_s: float = 0.0
    n_tracks: int = 0  # number of different tracks
    tempo: str = ""  # "124 BPM" or "120–128 BPM"; empty without an analysis
    keys: tuple[str, ...] = ()  # the tracks' keys in order, each once
    genres: tuple[str, ...] = ()
    has_parts: bool = False
    songs: tuple[str, ...] = ()
    unlisted_artists: tuple[str, ...] = ()
    links: str = ""
    support: str = ""
    licence: str = ""
    language: str = "en"

    @property
    def duration(self) -> str:
        """The mix's length as ``h:mm:ss`` or ``m:ss``."""
        return ListedChapter(int(self.duration_s), "").stamp

    @property
    def facts_line(self) -> str:
        """Length, number of tracks, tempo and genre, as far as they are known."""
        lasts = length(self.language, self.duration_s) if self.duration_s >= 1.0 else ""
        tracks = phrases(self.language).track
        has = counted(self.language, self.n_tracks, tracks) if self.n_tracks else ""
        return " · ".join(filter(None, (lasts, has, self.tempo, self.genre)))

    @property
    def genre(self) -> str:
        """The genres as within a sentence."""
        as_tagged = phrases(self.language).capital_nouns
        return ", ".join(one if as_tagged else in_small_letters(one) for one in self.genres)

    @property
    def tracklist_heading(self) -> str:
        """The heading over the chapters."""
        words = phrases(self.language)
        return words.chapters if self.has_parts else words.tracklist

    @property
    def credits_line(self) -> str:
        """One line with the artists whom the tracklist does not name; empty if there are none.

        Of a mashup, all songs: its chapters name only voices.
        """
        words = phrases(self.language)
        if self.songs:
            return f"{words.tracklist}{words.colon}{'; '.join(self.songs)}"
        artists = ", ".join(self.unlisted_artists)
        return f"{words.artists}{words.colon}{artists}" if artists else ""

    @property
    def links_heading(self) -> str:
        """The heading over the user's links."""
        return phrases(self.language).links

    @property
    def licence_line(self) -> str:
        """The licence with its heading, on one line."""
        words = phrases(self.language)
        return f"{words.licence}{words.colon}{self.licence}" if self.licence else ""


@dataclass(frozen=True, slots=True)
class NameInfo:
    """A name for templates; ``fields`` are the fields of a sequence's items.

    It is empty for a text.
    """

    meaning: str
    is_sequence: bool = False
    fields: Sequence[str] = ()


TEMPLATE_NAMES = {
    "title": NameInfo("the title"),
    "facts_line": NameInfo("length, number of tracks, tempo and genre, as far as they are known"),
    "intro": NameInfo("the introduction, written by you or by a language model"),
    "hashtags": NameInfo("the hashtags, each with its #", is_sequence=True),
    "chapters": NameInfo(
        "the chapters in order", is_sequence=True, fields=("stamp", "title", "artist", "track")
    ),
    "tracklist_heading": NameInfo("the heading over the chapters, in the chosen language"),
    "credits": NameInfo("the artists, without repetition", is_sequence=True),
    "credits_line": NameInfo(
        "a line with artists not in the tracklist, or a mashup's songs; or empty"
    ),
    "links": NameInfo("your links"),
    "links_heading": NameInfo("the heading over your links, in the chosen language"),
    "support": NameInfo("your line on how to support you"),
    "licence": NameInfo("the licence of the mix"),
    "licence_line": NameInfo("the licence with its heading, in the chosen language"),
    "duration": NameInfo("the length of the mix"),
    "n_tracks": NameInfo("the number of tracks"),
    "genre": NameInfo("the genre, or two; empty if the files do not name one"),
    "tempo": NameInfo("the tempo or its range; empty if the tracks are not analysed"),
    "keys": NameInfo("the keys of the tracks, without repetition", is_sequence=True),
}

LOOP_FIELDS = ("first", "last", "index")
"""Fields of ``loop`` inside a ``for`` loop."""

EXAMPLE = MixFacts(
    title="Night drive",
    intro="An hour of deep house for the way home.",
    hashtags=("#deephouse", "#house"),
    chapters=(
        ListedChapter(0, "Ada – Harbour", artist="Ada", track="Harbour"),
        ListedChapter(245, "Bo – Neon", artist="Bo", track="Neon"),
        ListedChapter(3601, "Cleo – Dawn", artist="Cleo", track="Dawn"),
    ),
    credits=("Ada", "Bo", "Cleo", "Dora"),
    duration_s=3900.0,
    n_tracks=3,
    tempo="120–124 BPM",
    keys=("A minor", "C major"),
    genres=("Deep House",),
    unlisted_artists=("Dora",),
    links="https://nightdrive.example",
    support="Support the channel: https://nightdrive.example/support",
    licence="CC BY-NC 4.0",
)
"""Facts from which pages show examples."""


def template_values(facts: MixFacts) -> dict[str, object]:
    """Return the value of each template name."""
    values = {name: getattr(facts, name) for name in TEMPLATE_NAMES}
    return {**values, "intro": facts.intro.strip()}
