"""A mixtape's sounds as the DJ sees them."""

from __future__ import annotations

from ..dj.harmony import camelot
from ..dj.overlays import OverlaySound
from .hearing import profile_of
from .mixtape_inputs import MixSound, MixtapeJob


def overlay_sounds(job: MixtapeJob) -> list[OverlaySound]:
    """The sounds that may be laid over joins, with their loudness; none where none may be."""
    return [_overlay_sound(job, sound) for sound in job.inputs.sounds]


def overlay_note(job: MixtapeJob) -> str | None:
    """What a person should know who asked for more sounds than the rules or their shelf allow."""
    asked, given = job.request.overlays, job.inputs.overlays
    if asked in (None, "never"):
        return None
    if given != asked:
        return f"You asked for sounds over joins {asked}; the house rules say: {given}."
    if not job.inputs.sounds:
        return "You asked for sounds over joins, and have none: add some first."
    return None


def _overlay_sound(job: MixtapeJob, sound: MixSound) -> OverlaySound:
    return OverlaySound(
        sound_id=sound.sound_id,
        content=sound.content,
        name=sound.name,
        kind=sound.kind,
        length=sound.n_samples,
        loudness=profile_of(job.content, sound.content),
        tempo_bpm=sound.tempo_bpm,
        beats=sound.beats,
        key=camelot(sound.key) if sound.key else None,
    )
