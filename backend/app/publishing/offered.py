"""What a template of a description may name: facts of the mix, and the words round them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .chapters import ListedChapter


@dataclass(frozen=True, slots=True)
class Words:
    """What a description is made of.

    Attributes
    ----------
    intro, hashtags : what somebody wrote
    credits : the artists, each once
    n_tracks : different tracks that are heard
    tempo : "124 BPM" or "120–128 BPM"; empty where nobody listened for it
    keys : of the tracks, each once, in their order
    """

    intro: str
    chapters: tuple[ListedChapter, ...]
    credits: tuple[str, ...]
    hashtags: tuple[str, ...]
    title: str = ""
    duration_s: float = 0.0
    n_tracks: int = 0
    tempo: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedName:
    """A name that a template may use; of a sequence, what an item of it has (none: it is text)."""

    meaning: str
    is_sequence: bool = False
    fields: Sequence[str] = ()


OFFERED = {
    "title": OfferedName("the title"),
    "intro": OfferedName("the first lines, as written by hand or by a language model"),
    "hashtags": OfferedName("the hashtags, each with its #", is_sequence=True),
    "chapters": OfferedName(
        "the chapters, in their order",
        is_sequence=True,
        fields=("stamp", "title", "artist", "track"),
    ),
    "credits": OfferedName("the artists, each once", is_sequence=True),
    "duration": OfferedName("how long it is"),
    "n_tracks": OfferedName("how many tracks are in it"),
    "tempo": OfferedName("its tempo, or the range; empty where nobody listened for it"),
    "keys": OfferedName("the keys of its tracks, each once", is_sequence=True),
}

LOOP_FIELDS = ("first", "last", "index")
"""Of ``loop``, inside of a ``for``."""

EXAMPLE = Words(
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
"""What names stand for, in examples."""


def values(words: Words) -> dict[str, object]:
    """What each name stands for."""
    return {
        "title": words.title,
        "intro": words.intro.strip(),
        "hashtags": words.hashtags,
        "chapters": words.chapters,
        "credits": words.credits,
        "duration": ListedChapter(int(words.duration_s), "").stamp,
        "n_tracks": words.n_tracks,
        "tempo": words.tempo,
        "keys": words.keys,
    }
