"""What people read about a mashup: its parts, its tempo, and why they are so."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract.mashups import SectionName
from .mashup_cast import Cast, Role
from .mashup_clock import Clock
from .mashup_deck import MashupTrack
from .mashup_form import Part
from .mashup_tempo import change_percent, fold_between
from .mashup_windows import Window
from .vibes import VibeTreatment

_NAMES: dict[SectionName, str] = {
    "intro": "Intro",
    "verse": "Verse",
    "build": "Build",
    "drop": "Drop",
    "break": "Break",
    "outro": "Outro",
}
_UNSUNG: dict[SectionName, str] = {
    "verse": "not everybody plays yet",
    "drop": "everybody plays",
    "break": "the beat rests",
}
"""What a part is there for when nobody sings in it."""

_ROLES: tuple[Role, ...] = ("drums", "bass", "harmony")


def chapter_title(part: Part, cast: Cast) -> str:
    """A chapter is called after its part, and who sings in it."""
    voice = cast.acts[part.act].get("voice")
    if part.sung and voice and voice.sings and "voice" in part.plays:
        return f"{_NAMES[part.label]}: {voice.track.deck.title}"
    return _NAMES[part.label]


def section_reason(part: Part, heard: Sequence[Window], cast: Cast) -> str:
    """Who is heard, and what the part is there for."""
    voice = next((one.player for one in heard if one.role == "voice"), None)
    alone = cast.n_songs == 1
    playing: dict[str, list[Role]] = {}
    for role in _ROLES:
        for title in dict.fromkeys(one.player.track.title for one in heard if one.role == role):
            playing.setdefault("" if alone else f" of {title}", []).append(role)
    said = [f"{_listed(roles)}{of}" for of, roles in playing.items()]
    if voice:
        what = "the voice" if voice.sings else "the harmony"
        who = what if alone else f"{what} of {voice.track.title}"
        said = [f"{who} over {_listed(said)}" if said else who]
    why = part.why if voice and voice.sings else _UNSUNG.get(part.label, part.why)
    if not said:
        return f"Nobody plays here; {why}."
    told = _listed(said)
    return f"{told[0].upper()}{told[1:]}: {why}."


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def tempo_note(
    clock: Clock, singer: MashupTrack, under: MashupTrack, treatment: VibeTreatment
) -> str:
    """The tempo, what it does to the songs, and what the vibe has to do with it."""
    tracks = [under] if singer is under else [under, singer]
    changes = [f"{track.title} {_change(track, clock):+.1f} %" for track in tracks]
    return f"{clock.tempo_bpm:.1f} BPM ({_listed(changes)}): {treatment.words}."


def passed_over_note(singer: MashupTrack, under: MashupTrack) -> str:
    """Why the pair that fits best is not the one that leads."""
    return f"{singer.title} over {under.title} fits best by itself, but would leave more songs out."


def cannot_sing_note(track: MashupTrack) -> str:
    """Why a song does not sing although somebody wished for it."""
    if track.grid is None:
        return f"{track.title} cannot sing here: it has no beat that can be followed."
    return f"{track.title} cannot sing here: its beats fit no other song's."


def _change(track: MashupTrack, clock: Clock) -> float:
    grid = track.grid
    assert grid is not None
    return change_percent(grid, clock.tempo_bpm, fold_between(grid.tempo_bpm, clock.tempo_bpm))
