"""Uploads and tracks in the contract's shapes."""

from __future__ import annotations

from ..contract.uploads import (
    ImageUploadView,
    RefusedFileView,
    TracksUploadView,
    TrackView,
    UploadView,
)
from ..dsp.samples import seconds
from ..services.library import Crate, Picture
from ..store.library import Track
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
        refused=[
            RefusedFileView(name=file.name, error=problem_of(file.reason)) for file in crate.refused
        ],
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
