"""Store songs with their true stems instead of separated ones, and make mashup jobs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backend.app.contract.jobs import MashupRequest
from backend.app.contract.mashups import Vibe
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.media.stem_file_format import DerivedWriter, stem_file
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.mashup.inputs import MashupInputs
from backend.app.services.mashup.job import MashupJob
from backend.app.services.mashup.resolve import mashup_inputs
from backend.app.services.separators import Separators
from backend.app.stems.draft.separator import Draft
from backend.app.store.files.blobs import ContentStore
from composer.song import Song

from .stored_tracks import put_track


def put_song(store: ContentStore, folder: Path, letter: str, song: Song) -> TrackRef:
    """Store a song as the track ``letter``, with its true stems as those of the draft."""
    track = put_track(store, folder, letter, song.samples)
    put_stems(store, track.content_hash, song)
    return track.model_copy(update={"title": song.title, "artist": song.artist})


def put_stems(store: ContentStore, content_hash: str, song: Song) -> None:
    """Store a song's true stems in place of the draft's."""
    for stem, sound in song.stems.items():
        with DerivedWriter(store.derived(content_hash, stem_file(Draft().key, stem))) as writer:
            writer.push(sound)


def mashup_job(
    store: ContentStore, storage: Path, tracks: Sequence[TrackRef], vibe: Vibe, **fields: object
) -> MashupJob:
    """A job on these tracks; ``fields`` go into its request."""
    request = MashupRequest.model_validate({"tracks_upload_id": "c", "vibe": vibe, **fields})
    inputs = mashup_inputs(request, "draft", tuple(tracks))
    return open_job(store, storage, inputs)


def open_job(store: ContentStore, storage: Path, inputs: MashupInputs) -> MashupJob:
    """The job of these inputs."""
    separators = Separators("draft", None, storage / "models")
    return MashupJob(inputs, store, separators, separators.named("draft"), find_ffmpeg(None), 2)
