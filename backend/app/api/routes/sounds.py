"""Routes for sounds: overlays of joins, and grains of restyles."""

from __future__ import annotations

from typing import cast, get_args

from fastapi import APIRouter, Response, status
from fastapi.responses import FileResponse

from ...contract.sounds import SoundDetail, SoundKind, SoundList, SoundsAddedView, SoundView
from ...errors import InvalidRequest
from ...services.library.sound_detail import FACTS_VERSION
from ..dependencies import CurrentUser, SoundsDep
from ..downloads.file_responses import file_answer
from ..multipart import ReceivedAudio, form_described
from ..upload_slots import in_own_thread
from ..views import sound_detail, sound_view, sounds_added_view

router = APIRouter(prefix="/sounds", tags=["sounds"])

_FORM = form_described(
    files={"type": "array", "items": {"type": "string", "format": "binary"}},
    kind={"type": "string", "enum": list(get_args(SoundKind))},
)


@router.post("", status_code=status.HTTP_201_CREATED, openapi_extra=_FORM)
@in_own_thread
def add_sounds(form: ReceivedAudio, user: CurrentUser, sounds: SoundsDep) -> SoundsAddedView:
    """Add files of up to a minute as sounds of one ``kind``; trim, level and analyse them."""
    files, kind = form.only_files("files"), _kind(form.only_field("kind"))
    return sounds_added_view(sounds.add(user.id, kind, files))


@router.get("")
def list_sounds(user: CurrentUser, sounds: SoundsDep) -> SoundList:
    """List your sounds, newest first."""
    return SoundList(sounds=[sound_view(sound) for sound in sounds.all(user.id)])


@router.get("/{sound_id}")
def show_sound(sound_id: str, user: CurrentUser, sounds: SoundsDep) -> SoundView:
    """Show a sound."""
    return sound_view(sounds.find(user.id, sound_id))


@router.get("/{sound_id}/detail")
def show_detail(
    sound_id: str, user: CurrentUser, sounds: SoundsDep, response: Response
) -> SoundDetail:
    """Show a sound's onsets, pitch and waveform."""
    sound = sounds.find(user.id, sound_id)
    response.headers["ETag"] = f'"{sound.id}-{FACTS_VERSION}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return sound_detail(sound, sounds.facts(sound))


@router.get("/{sound_id}/audio", response_class=FileResponse)
def sound_audio(sound_id: str, user: CurrentUser, sounds: SoundsDep) -> FileResponse:
    """Download the sound as it is played: FLAC, 44.1 kHz, stereo."""
    sound = sounds.find(user.id, sound_id)
    return file_answer(
        sounds.audio_path(sound),
        media_type="audio/flac",
        name=f"{sound.name}.flac",
        etag=sound.content_hash,
    )


@router.delete("/{sound_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_sound(sound_id: str, user: CurrentUser, sounds: SoundsDep) -> None:
    """Delete a sound; jobs already queued with it keep its file."""
    sounds.delete(user.id, sound_id)


def _kind(text: str | None) -> SoundKind:
    if text not in get_args(SoundKind):
        raise InvalidRequest(
            "The form lacks the kind of the sounds.",
            hint=f"Send a field 'kind': {', '.join(get_args(SoundKind))}.",
        )
    return cast(SoundKind, text)
