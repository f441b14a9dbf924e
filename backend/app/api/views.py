"""Uploads, tracks and sounds in the contract's shapes."""

from __future__ import annotations

from ..contract.sounds import SoundDetail, SoundsAddedView, SoundView
from ..contract.uploads import (
    ImageUploadView,
    RefusedFileView,
    TracksUploadView,
    TrackView,
    UploadView,
)
from ..dsp.samples import seconds
from ..services.intake import RefusedFile
from ..services.library import Crate, Picture
from ..services.sound_detail import SoundFacts
from ..services.sounds import AddedSounds
from ..store.library import Track
from ..store.sounds import Sound
from .problems import problem_of


def track_view(track: Track) -> TrackView:
    """A track."""
    return TrackView(
        id=track.id,
        upload_id=track.upload_id,
        title=track.title,
        artist=track.artist,
        album=track.album,
        duration_s=seconds(track.n_samples),
        has_cover=track.has_cover,
        source_format=track.source_format,
        warnings=list(track.warnings),
    )


def crate_view(crate: Crate) -> TracksUploadView:
    """A crate, with what was just added and refused."""
    return TracksUploadView(
        id=crate.upload.id,
        created_at=crate.upload.created_at,
        tracks=[track_view(track) for track in crate.tracks],
        added=list(crate.added),
        refused=[_refused_view(file) for file in crate.refused],
    )


def picture_view(picture: Picture) -> ImageUploadView:
    """A picture."""
    return ImageUploadView(
        id=picture.upload.id,
        created_at=picture.upload.created_at,
        width=picture.image.width,
        height=picture.image.height,
    )


def upload_view(upload: Crate | Picture) -> UploadView:
    """Either."""
    return crate_view(upload) if isinstance(upload, Crate) else picture_view(upload)


def sound_view(sound: Sound) -> SoundView:
    """A sound."""
    return SoundView(
        id=sound.id,
        name=sound.name,
        kind=sound.kind,
        duration_s=seconds(sound.n_samples),
        tempo_bpm=sound.tempo_bpm,
        beats=sound.beats,
        key=sound.key,
        loudness_lufs=sound.loudness_lufs,
        created_at=sound.created_at,
    )


def sound_detail(sound: Sound, facts: SoundFacts) -> SoundDetail:
    """A sound with what was heard in it."""
    return SoundDetail(sound=sound_view(sound), **facts.model_dump())


def sounds_added_view(added: AddedSounds) -> SoundsAddedView:
    """What became of the files of a request."""
    return SoundsAddedView(
        sounds=[sound_view(sound) for sound in added.sounds],
        refused=[_refused_view(file) for file in added.refused],
    )


def _refused_view(file: RefusedFile) -> RefusedFileView:
    return RefusedFileView(name=file.name, error=problem_of(file.reason))
