"""Sounds of the library as a person would say them: kinds, lengths, loops, pitches."""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.contract.sounds import SoundDetail, SoundKind, SoundView

from . import dj_words

KINDS: dict[SoundKind, str] = {
    "style": "Style",
    "percussion": "Percussion",
    "instrument": "Instrument",
    "vocal": "Voice",
}
ICONS: dict[SoundKind, str] = {
    "style": ":material/texture:",
    "percussion": ":material/grain:",
    "instrument": ":material/piano:",
    "vocal": ":material/mic:",
}
USES: dict[SoundKind, str] = {
    "style": "Cut into grains that re-play a song's stems: rain, a music box, a choir. "
    "Never laid over a mix.",
    "percussion": "Shakers, hits, loops: laid over joins on the beat, and grains for restyles.",
    "instrument": "Risers, pads, stabs: laid over joins in key, and grains for restyles.",
    "vocal": "A call, a phrase: laid over joins where nobody sings, and grains for restyles.",
}
#: Below this share of its length a pitch is a passing thing: the sound is not heard as a note.
PITCHED_SHARE = 0.2


def kind(name: SoundKind) -> str:
    """A kind with its sign."""
    return f"{ICONS[name]} {KINDS[name]}"


def facts(sound: SoundView) -> str:
    """Kind, length, tempo and key in one line; what a sound does not have is left out."""
    alone = "" if sound.kind == "style" else "one hit"
    loop = f"loop of {sound.beats} beats" if sound.beats else alone
    parts = [
        kind(sound.kind),
        f"{sound.duration_s:.1f} s",
        f"{sound.tempo_bpm:.1f} BPM, {loop}" if sound.tempo_bpm else loop,
        f"{dj_words.camelot(sound.key)} · {sound.key}" if sound.key else "",
    ]
    return " · ".join(part for part in parts if part)


def pitch(detail: SoundDetail) -> tuple[str, str]:
    """The note and how much of the sound has one, or that it has none."""
    if detail.pitch_hz is None or detail.pitch_note is None:
        return "None", "noise and hits have no pitch"
    return detail.pitch_note, f"{detail.pitch_hz:.0f} Hz, {voiced(detail.voiced_share)}"


def voiced(share: float) -> str:
    """How much of a sound has a pitch."""
    if share >= 0.95:
        return "all through"
    if share < PITCHED_SHARE:
        return "in passing"
    return f"in {share:.0%} of it".replace("%", " %")


def found(sounds: Sequence[SoundView], kind: SoundKind | None, text: str) -> list[SoundView]:
    """The sounds of a kind (None: of any) whose names have these words, in their order."""
    wanted = text.casefold().split()
    return [
        sound
        for sound in sounds
        if kind in (None, sound.kind) and all(word in sound.name.casefold() for word in wanted)
    ]
