"""Convert uploads, tracks and sounds to API models."""

from __future__ import annotations

from dataclasses import asdict

from ..contract.sounds import SoundDetail, SoundsAddedView, SoundView
from ..contract.uploads import (
    ImageUploadView,
    RefusedFileView,
    TracksUploadView,
    TrackView,
    UploadView,
)
from ..dsp.samples import seconds
from ..publishing.metadata.name_links import has_link
from ..services.library.intake import RefusedFile
from ..services.library.library import Crate, Picture
from ..services.library.sound_detail import SoundFacts
from ..services.library.sounds import AddedSounds
from ..store.library import Track
from ..store.sounds import Sound
from .errors import problem_of


def track_view(track: Track) -> TrackView:
    """Convert a track."""
    linked = has_link(track.title) or has_link(track.artist)
    fields = {**asdict(track), "duration_s": seconds(track.n_samples), "has_link": linked}
    return TrackView.model_validate(fields, extra="ignore")


def crate_view(crate: Crate) -> TracksUploadView:
    """Convert a crate with its added and refused files."""
    return TracksUploadView(
        id=crate.upload.id,
        created_at=crate.upload.created_at,
        tracks=[track_view(track) for track in crate.tracks],
        added=list(crate.added),
        refused=[_refused_view(file) for file in crate.refused],
    )


def picture_view(picture: Picture) -> ImageUploadView:
    """Convert a picture."""
    return ImageUploadView(
        id=picture.upload.id,
        created_at=picture.upload.created_at,
        width=picture.image.width,
        height=picture.image.height,
    )


def upload_view(upload: Crate | Picture) -> UploadView:
    """Convert a crate or a picture."""
    return crate_view(upload) if isinstance(upload, Crate) else picture_view(upload)


def sound_view(sound: Sound) -> SoundView:
    """Convert a sound."""
    fields = {**asdict(sound), "duration_s": seconds(sound.n_samples)}
    return SoundView.model_validate(fields, extra="ignore")


def sound_detail(sound: Sound, facts: SoundFacts) -> SoundDetail:
    """Convert a sound with its analysis."""
    return SoundDetail(sound=sound_view(sound), **facts.model_dump())


def sounds_added_view(added: AddedSounds) -> SoundsAddedView:
    """Convert the result of adding sounds."""
    return SoundsAddedView(
        sounds=[sound_view(sound) for sound in added.sounds],
        refused=[_refused_view(file) for file in added.refused],
    )


def _refused_view(file: RefusedFile) -> RefusedFileView:
    return RefusedFileView(name=file.name, error=problem_of(file.reason))
