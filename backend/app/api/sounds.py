"""Sounds that are laid over joins, or cut into the grains of restyles."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter, status
from fastapi.responses import FileResponse

from ..contract.sounds import SoundDetail, SoundKind, SoundList, SoundsAddedView, SoundView
from ..errors import InvalidRequest
from .dependencies import CurrentUser, SoundsDep
from .files import file_answer
from .receiving import Received, form_described
from .views import sound_detail, sound_view, sounds_added_view

router = APIRouter(prefix="/sounds", tags=["sounds"])

_FORM = form_described(
    files={"type": "array", "items": {"type": "string", "format": "binary"}},
    kind={"type": "string", "enum": list(get_args(SoundKind))},
)


@router.post("", status_code=status.HTTP_201_CREATED, openapi_extra=_FORM)
def add_sounds(form: Received, user: CurrentUser, sounds: SoundsDep) -> SoundsAddedView:
    """Keep files of up to a minute as sounds of one ``kind``: trimmed, levelled, measured."""
    files, kind = form.only_files("files"), _kind(form.only_field("kind"))
    return sounds_added_view(sounds.add(user.id, kind, files))


@router.get("")
def list_sounds(user: CurrentUser, sounds: SoundsDep) -> SoundList:
    """All of your sounds, newest first."""
    return SoundList(sounds=[sound_view(sound) for sound in sounds.all(user.id)])


@router.get("/{sound_id}")
def show_sound(sound_id: str, user: CurrentUser, sounds: SoundsDep) -> SoundView:
    """A sound."""
    return sound_view(sounds.find(user.id, sound_id))


@router.get("/{sound_id}/detail")
def show_detail(sound_id: str, user: CurrentUser, sounds: SoundsDep) -> SoundDetail:
    """What is heard in a sound: where something begins, its pitch, its waveform."""
    sound = sounds.find(user.id, sound_id)
    return sound_detail(sound, sounds.facts(sound))


@router.get("/{sound_id}/audio", response_class=FileResponse)
def sound_audio(sound_id: str, user: CurrentUser, sounds: SoundsDep) -> FileResponse:
    """The sound as it is played: FLAC, 44.1 kHz, stereo."""
    sound = sounds.find(user.id, sound_id)
    return file_answer(
        sounds.audio_path(sound),
        media_type="audio/flac",
        name=f"{sound.name}.flac",
        etag=sound.content,
    )


@router.delete("/{sound_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_sound(sound_id: str, user: CurrentUser, sounds: SoundsDep) -> None:
    """Forget a sound; a job that is to play it still can."""
    sounds.delete(user.id, sound_id)


def _kind(text: str | None) -> SoundKind:
    for kind in get_args(SoundKind):
        if text == kind:
            known: SoundKind = kind
            return known
    raise InvalidRequest(
        "The form does not say of what kind the sounds are.",
        hint=f"Send a field 'kind': {', '.join(get_args(SoundKind))}.",
    )
