"""The arrangement of each vibe: its parts in order, and the roles that play in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...contract.mashups import SectionName, Vibe
from .roles import Role

Sung = Literal["verse", "hook"]
RoleFilter = Literal["opening", "rising", "thinned", "closing"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the arrangement; its length is a number of phrases."""

    label: SectionName
    phrases: int
    plays: tuple[Role, ...]
    sung: Sung | None  # which phrases of the voice; None without vocals
    filters: tuple[tuple[Role, RoleFilter], ...]
    half: int  # 0 for the leading pair's half, 1 for the guests'
    why: str  # what the part is for, shown to users


SUNG: dict[SectionName, Sung] = {
    "verse": "verse", "build": "verse", "drop": "hook", "break": "verse",
}  # fmt: skip
FILTERS: dict[SectionName, tuple[tuple[Role, RoleFilter], ...]] = {
    "intro": (("harmony", "opening"), ("drums", "thinned")),
    "build": (("drums", "rising"), ("harmony", "rising")),
    "outro": (("harmony", "closing"), ("drums", "closing")),
}
PURPOSES: dict[SectionName, str] = {
    "intro": "the filter opens slowly",
    "verse": "the voice is in front",
    "build": "the lows drain away until the drop brings them back",
    "drop": "everything plays, with the hook on top",
    "break": "the beat rests, the voice is on its own",
    "outro": "it ends as it began",
}


def _part(label: SectionName, phrases: int, *plays: Role, half: int = 0) -> Part:
    sung = SUNG.get(label) if "voice" in plays else None
    return Part(label, phrases, plays, sung, FILTERS.get(label, ()), half, PURPOSES[label])


_ALL: tuple[Role, ...] = ("drums", "bass", "harmony", "voice")

ARRANGEMENTS: dict[Vibe, tuple[Part, ...]] = {
    "energetic": (
        _part("intro", 1, "drums", "harmony"),
        _part("verse", 1, "drums", "bass", "voice"),
        _part("build", 1, "drums", "harmony", "voice"),
        _part("drop", 2, *_ALL),
        _part("break", 1, "harmony", "voice", half=1),
        _part("build", 1, "drums", "harmony", half=1),
        _part("drop", 2, *_ALL, half=1),
        _part("outro", 1, "drums", "bass", "harmony", half=1),
    ),
    "upbeat": (
        _part("intro", 1, "drums", "harmony"),
        _part("verse", 2, "drums", "bass", "voice"),
        _part("build", 1, "drums", "harmony", "voice"),
        _part("drop", 2, *_ALL),
        _part("break", 1, "harmony", "voice", half=1),
        _part("build", 1, "drums", "harmony", "voice", half=1),
        _part("drop", 2, *_ALL, half=1),
        _part("outro", 1, "drums", "bass", "harmony", half=1),
    ),
    "dark": (
        _part("intro", 2, "bass", "harmony"),
        _part("verse", 2, "drums", "bass", "voice"),
        _part("build", 1, "drums", "harmony", "voice"),
        _part("drop", 2, *_ALL),
        _part("break", 2, "bass", "voice", half=1),
        _part("build", 1, "drums", "harmony", half=1),
        _part("drop", 2, *_ALL, half=1),
        _part("outro", 1, "bass", "harmony", half=1),
    ),
    "chill": (
        _part("intro", 1, "harmony"),
        _part("verse", 2, "drums", "harmony", "voice"),
        _part("build", 1, "drums", "harmony", "voice"),
        _part("drop", 2, *_ALL),
        _part("break", 2, "harmony", "voice", half=1),
        _part("drop", 2, *_ALL, half=1),
        _part("outro", 2, "bass", "harmony", half=1),
    ),
}
