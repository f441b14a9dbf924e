"""Text for sounds: kinds, lengths, loops, pitches."""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.contract.sounds import SoundDetail, SoundKind, SoundView

from . import tempo_and_key
from .figures import percent

KINDS: dict[SoundKind, str] = {
    "style": "Style",
    "percussion": "Percussion",
    "instrument": "Instrument",
    "vocal": "Vocal",
}
ICONS: dict[SoundKind, str] = {
    "style": ":material/texture:",
    "percussion": ":material/grain:",
    "instrument": ":material/piano:",
    "vocal": ":material/mic:",
}
USES: dict[SoundKind, str] = {
    "style": "Rain, a music box, a choir: cut into grains for restyles. Not used in mixtapes.",
    "percussion": "Shakers, hits, loops: played over transitions on beat, or grains for restyles.",
    "instrument": "Risers, pads, stabs: played over transitions in key, or grains for restyles.",
    "vocal": "A call, a phrase: played over transitions without vocals, or grains for restyles.",
}
DROP: dict[SoundKind, str] = {
    "style": "Drop style sounds here",
    "percussion": "Drop percussion here",
    "instrument": "Drop instrument sounds here",
    "vocal": "Drop vocals here",
}
#: A sound whose pitched share is smaller has no note that a listener hears.
PITCHED_SHARE = 0.2


def kind(name: SoundKind) -> str:
    """Name a kind of sounds, with its icon."""
    return f"{ICONS[name]} {KINDS[name]}"


def facts(sound: SoundView) -> str:
    """Name a sound's kind, length, tempo and key in one line; unknown ones are left out."""
    alone = "" if sound.kind == "style" else "one hit"
    loop = f"loop of {sound.beats} beats" if sound.beats else alone
    parts = [
        kind(sound.kind),
        f"{sound.duration_s:.1f} s",
        f"{sound.tempo_bpm:.1f} BPM, {loop}" if sound.tempo_bpm else loop,
        f"{tempo_and_key.camelot(sound.key)} · {sound.key}" if sound.key else "",
    ]
    return " · ".join(part for part in parts if part)


def pitch(detail: SoundDetail) -> tuple[str, str]:
    """Name a sound's note, and the share of the sound that has it."""
    if detail.pitch_hz is None or detail.pitch_note is None:
        return "None", "this sound has no clear note"
    return detail.pitch_note, f"{detail.pitch_hz:.0f} Hz, {voiced(detail.voiced_share)}"


def voiced(share: float) -> str:
    """Say how much of a sound is pitched."""
    if share >= 0.95:
        return "throughout"
    if share < PITCHED_SHARE:
        return "briefly"
    return f"for {percent(share)} of the sound"


def search(sounds: Sequence[SoundView], kind: SoundKind | None, text: str) -> list[SoundView]:
    """Find sounds of a kind (None: all) whose names contain every word of ``text``."""
    words = text.casefold().split()
    return [
        sound
        for sound in sounds
        if kind in (None, sound.kind) and all(word in sound.name.casefold() for word in words)
    ]
