"""Explain a mashup to users: chapter titles, reasons of parts, tempo, notes."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract.mashups import SectionName
from ..deck import MashupTrack
from ..tempo_stretch import stretch_percent
from .roles import Role, RoleAssignment
from .tempo import Clock
from .vibe_arrangements import Part
from .vibes import VibeTreatment
from .windows import Window

_WITHOUT_VOCALS: dict[SectionName, str] = {
    "verse": "not everything plays yet",
    "drop": "everything plays",
    "break": "the beat rests",
}
"""What a part without vocals is for."""

_ROLES: tuple[Role, ...] = ("drums", "bass", "harmony")


def chapter_title(part: Part, roles: RoleAssignment) -> str:
    """Title of a chapter: its part, and the song whose voice plays."""
    voice = roles.halves[part.half].get("voice")
    if part.sung and voice and voice.sings:
        return f"{part.label.capitalize()}: {voice.track.deck.title}"
    return part.label.capitalize()


def section_reason(part: Part, windows: Sequence[Window], roles: RoleAssignment) -> str:
    """Say which songs play in a part, and what the part is for."""
    voice = next((one.player for one in windows if one.role == "voice"), None)
    alone = roles.n_songs == 1
    playing: dict[str, list[Role]] = {}
    for role in _ROLES:
        for title in dict.fromkeys(one.player.track.title for one in windows if one.role == role):
            playing.setdefault("" if alone else f" of {title}", []).append(role)
    parts = [f"{_listed(names)}{of}" for of, names in playing.items()]
    if voice:
        what = "the voice" if voice.sings else "the harmony"
        who = what if alone else f"{what} of {voice.track.title}"
        parts = [f"{who} over {_listed(parts)}" if parts else who]
    why = part.why if voice and voice.sings else _WITHOUT_VOCALS.get(part.label, part.why)
    if not parts:
        return f"Nothing plays here; {why}."
    text = _listed(parts)
    return f"{text[0].upper()}{text[1:]}: {why}."


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def tempo_note(
    clock: Clock, singer: MashupTrack, under: MashupTrack, treatment: VibeTreatment
) -> str:
    """Say the tempo, each song's change of tempo, and what the vibe changes."""
    tracks = [under] if singer is under else [under, singer]
    changes = [
        f"{track.title} {stretch_percent(clock.tempo_bpm, track.grid.tempo_bpm):+.1f} %"
        for track in tracks
        if track.grid
    ]
    return f"{clock.tempo_bpm:.1f} BPM ({_listed(changes)}): {treatment.words}."


def passed_over_note(singer: MashupTrack, under: MashupTrack) -> str:
    """Say why the best-fitting pair does not lead the mashup."""
    return f"{singer.title} over {under.title} is the best pair, but would leave more songs out."


def cannot_sing_note(track: MashupTrack) -> str:
    """Say why the song that the user chose as the singer does not sing."""
    if track.grid is None:
        return f"Can't use the voice of {track.title}: no clear beat."
    return f"Can't use the voice of {track.title}: its beat fits no other song's."
