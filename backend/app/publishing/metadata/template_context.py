"""The names that a description template may use, and their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .chapters import ListedChapter


@dataclass(frozen=True, slots=True)
class MixFacts:
    """The facts of a mix, with the intro and hashtags for its description."""

    intro: str
    chapters: tuple[ListedChapter, ...]
    credits: tuple[str, ...]  # the artists, each once
    hashtags: tuple[str, ...]
    title: str = ""
    duration_s: float = 0.0
    n_tracks: int = 0  # number of different tracks
    tempo: str = ""  # "124 BPM" or "120–128 BPM"; empty without an analysis
    keys: tuple[str, ...] = ()  # the tracks' keys in order, each once

    @property
    def duration(self) -> str:
        """The mix's length as ``h:mm:ss`` or ``m:ss``."""
        return ListedChapter(int(self.duration_s), "").stamp


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
    "intro": NameInfo("the first lines, written by you or by a language model"),
    "hashtags": NameInfo("the hashtags, each with its #", is_sequence=True),
    "chapters": NameInfo(
        "the chapters in order", is_sequence=True, fields=("stamp", "title", "artist", "track")
    ),
    "credits": NameInfo("the artists, without repetition", is_sequence=True),
    "duration": NameInfo("the length of the mix"),
    "n_tracks": NameInfo("the number of tracks"),
    "tempo": NameInfo("the tempo or its range; empty if the tracks are not analysed"),
    "keys": NameInfo("the keys of the tracks, without repetition", is_sequence=True),
}

LOOP_FIELDS = ("first", "last", "index")
"""Fields of ``loop`` inside a ``for`` loop."""

EXAMPLE = MixFacts(
    title="Night drive",
    intro="An hour of deep house for the way home.",
    hashtags=("#mixtape", "#deephouse"),
    chapters=(
        ListedChapter(0, "Ada – Harbour", artist="Ada", track="Harbour"),
        ListedChapter(245, "Bo – Neon", artist="Bo", track="Neon"),
        ListedChapter(3601, "Cleo – Dawn", artist="Cleo", track="Dawn"),
    ),
    credits=("Ada", "Bo", "Cleo"),
    duration_s=3900.0,
    n_tracks=3,
    tempo="120–124 BPM",
    keys=("A minor", "C major"),
)
"""Facts from which pages show examples."""


def template_values(facts: MixFacts) -> dict[str, object]:
    """Return the value of each template name."""
    values = {name: getattr(facts, name) for name in TEMPLATE_NAMES}
    return {**values, "intro": facts.intro.strip()}
