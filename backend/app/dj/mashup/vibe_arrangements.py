"""The arrangement of each vibe: its parts in order, and the roles that play in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...contract.mashups import SectionName, Vibe
from .roles import Role

Sung = Literal["verse", "hook"]
RoleFilter = Literal["opening", "rising", "thinned", "closing", "muffled"]
Level = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the arrangement; its length is a number of phrases.

    ``level_lu`` is the loudness at its start and its end, relative to the loudest part. In the last
    ``gap_beats`` the drums rest.
    """

    label: SectionName
    phrases: int
    plays: tuple[Role, ...]
    sung: Sung | None  # which phrases of the voice; None without vocals
    filters: tuple[tuple[Role, RoleFilter], ...]
    half: int  # 0 for the leading pair's half, 1 for the guests'
    why: str  # what the part is for, shown to users
    level_lu: Level
    gap_beats: int


Filters = tuple[tuple[Role, RoleFilter], ...]

SUNG: dict[SectionName, Sung] = {
    "verse": "verse", "build": "verse", "drop": "hook", "break": "verse",
}  # fmt: skip
FILTERS: dict[SectionName, Filters] = {
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
_MUFFLED: Filters = (("harmony", "muffled"),)


def _part(
    label: SectionName,
    phrases: int,
    level_lu: Level,
    *plays: Role,
    half: int = 0,
    gap_beats: int = 0,
    filters: Filters | None = None,
    why: str = "",
) -> Part:
    sung = SUNG.get(label) if "voice" in plays else None
    filters = FILTERS.get(label, ()) if filters is None else filters
    why = why or PURPOSES[label]
    return Part(label, phrases, plays, sung, filters, half, why, level_lu, gap_beats)


_ALL: tuple[Role, ...] = ("drums", "bass", "harmony", "voice")
_EASES = "a little more plays, without a break"
_SINKS = "it sinks, and the highs close"

# The levels are each vibe's contour. Energetic: the drop is 5.8 LU over the build before it, of
# which the limiter leaves more than 3. Upbeat: two lifts, the second higher. Dark: a slow descent.
# Chill: an arch whose steps stay under 1.5 LU, so no part begins as an event.
ARRANGEMENTS: dict[Vibe, tuple[Part, ...]] = {
    "energetic": (
        _part("intro", 1, (-4.8, -4.2), "drums", "harmony"),
        _part("verse", 1, (-3.2, -3.2), "drums", "bass", "voice"),
        _part("build", 1, (-6.0, -5.8), "drums", "harmony", "voice", gap_beats=2),
        _part("drop", 2, (0.0, 0.0), *_ALL),
        _part("break", 1, (-4.4, -4.4), "harmony", "voice", half=1),
        _part("build", 1, (-6.0, -5.8), "drums", "harmony", half=1, gap_beats=2),
        _part("drop", 2, (0.0, 0.0), *_ALL, half=1),
        _part("outro", 1, (-2.5, -5.0), "drums", "bass", "harmony", half=1),
    ),
    "upbeat": (
        _part("intro", 1, (-5.0, -4.0), "drums", "harmony"),
        _part("verse", 2, (-3.5, -3.5), "drums", "bass", "voice"),
        _part("build", 1, (-4.0, -3.0), "drums", "harmony", "voice"),
        _part("drop", 2, (-0.8, -0.8), *_ALL),
        _part("break", 1, (-4.5, -4.0), "harmony", "voice", half=1),
        _part("build", 1, (-4.0, -3.0), "drums", "harmony", "voice", half=1),
        _part("drop", 2, (0.0, 0.0), *_ALL, half=1),
        _part("outro", 1, (-2.0, -5.0), "drums", "bass", "harmony", half=1),
    ),
    "dark": (
        _part("intro", 2, (0.0, -0.5), "bass", "harmony"),
        _part("verse", 2, (-0.7, -1.5), "drums", "bass", "voice"),
        _part("build", 1, (-1.7, -2.0), "drums", "harmony", "voice", filters=_MUFFLED, why=_SINKS),
        _part("drop", 2, (-2.2, -3.2), *_ALL),
        _part("break", 2, (-3.6, -4.4), "bass", "voice", half=1),
        _part("build", 1, (-4.6, -5.0), "drums", "harmony", half=1, filters=_MUFFLED, why=_SINKS),
        _part("drop", 2, (-5.2, -6.0), *_ALL, half=1, filters=_MUFFLED),
        _part("outro", 1, (-6.5, -9.0), "bass", "harmony", half=1),
    ),
    "chill": (
        _part("intro", 1, (-5.0, -3.8), "harmony"),
        _part("verse", 2, (-3.2, -1.8), "drums", "harmony", "voice"),
        _part("build", 1, (-1.5, -0.8), "drums", "harmony", "voice", filters=(), why=_EASES),
        _part("drop", 2, (-0.3, 0.0), *_ALL),
        _part("break", 2, (-0.6, -1.0), "harmony", "voice", half=1),
        _part("drop", 2, (-0.6, -1.4), *_ALL, half=1),
        _part("outro", 2, (-1.3, -4.6), "bass", "harmony", half=1),
    ),
}
