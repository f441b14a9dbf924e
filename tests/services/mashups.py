"""Songs whose stems are known, kept as if somebody had taken them apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backend.app.contract.jobs import MashupRequest
from backend.app.dj.vibes import Vibe
from backend.app.media.ffmpeg import find_ffmpeg
from backend.app.media.made_form import MadeWriter, stem_file
from backend.app.services.mashup_inputs import MashupInputs, MashupJob
from backend.app.services.mashup_settling import mashup_inputs
from backend.app.services.mixtape_inputs import MixTrack
from backend.app.services.separators import Separators
from backend.app.stems.draft import Draft
from backend.app.store.blobs import ContentStore
from composer.song import Song

from .tracks import put_track


def put_song(store: ContentStore, folder: Path, letter: str, song: Song) -> MixTrack:
    """Keep a song as the track ``letter``, with its true stems where the draft's would be."""
    track = put_track(store, folder, letter, song.samples)
    put_stems(store, track.content, song)
    return track.model_copy(update={"title": song.title, "artist": song.artist})


def put_stems(store: ContentStore, content: str, song: Song) -> None:
    """Keep a song's true stems where the draft's would be."""
    for stem, sound in song.stems.items():
        with MadeWriter(store.derived(content, stem_file(Draft().key, stem))) as writer:
            writer.push(sound)


def mashup_job(
    store: ContentStore, storage: Path, tracks: Sequence[MixTrack], vibe: Vibe, **wishes: object
) -> MashupJob:
    """A job on these tracks, as a request would have it."""
    request = MashupRequest.model_validate({"tracks_upload_id": "c", "vibe": vibe, **wishes})
    inputs = mashup_inputs(request, "draft", tuple(tracks))
    return opened(store, storage, inputs)


def opened(store: ContentStore, storage: Path, inputs: MashupInputs) -> MashupJob:
    """The job of these inputs."""
    separators = Separators("draft", None, storage / "models")
    return MashupJob(inputs, store, separators, separators.named("draft"), find_ffmpeg(None), 2)
