"""A reference to a track, as stored in a job's inputs."""

from __future__ import annotations

from pathlib import Path

from pydantic import ConfigDict, Field

from ...analysis.corrections import apply_correction
from ...contract.analysis import GridFix, TrackAnalysis
from ...contract.base import Shape
from ...dsp.samples import seconds
from ...errors import NotFound
from ...store.files.blobs import ContentStore
from ...store.library import Track


class ContentRef(Shape):
    """Names a file of the content store by its hash; earlier versions called it ``content``."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    content_hash: str = Field(alias="content")


class TrackRef(ContentRef):
    """A track with its names and the user's corrections, both as of the request."""

    track_id: str
    title: str
    artist: str = ""
    album: str = ""
    genre: str = ""
    n_samples: int
    has_cover: bool = False
    grid_fix: GridFix | None = None

    def require_file(self, store: ContentStore) -> None:
        """Raise :class:`NotFound` if the track was deleted since the request."""
        if not store.path(self.content_hash).is_file():
            raise NotFound(
                f"“{self.title}” is no longer there.", hint="Upload it again and start again."
            )

    def corrected(self, analysis: TrackAnalysis) -> TrackAnalysis:
        """Apply the user's corrections to an analysis of this track."""
        return apply_correction(analysis, self.grid_fix) if self.grid_fix else analysis

    def cover(self, store: ContentStore) -> Path | None:
        """The cover embedded in the uploaded file, if any."""
        if not self.has_cover:
            return None
        path = store.cover_path(self.content_hash)
        return path if path.is_file() else None


class TracksInputs(Shape):
    """The stored inputs of a job on several tracks."""

    tracks: tuple[TrackRef, ...]

    @property
    def duration_s(self) -> float:
        """Duration of all tracks together."""
        return seconds(sum(track.n_samples for track in self.tracks))


class OneTrackInputs(Shape):
    """The stored inputs of a job on one track."""

    track: TrackRef

    @property
    def tracks(self) -> tuple[TrackRef, ...]:
        """The single track as a sequence, for code that takes several."""
        return (self.track,)

    @property
    def duration_s(self) -> float:
        """Duration of the track."""
        return seconds(self.track.n_samples)


def track_ref(track: Track) -> TrackRef:
    """Make a reference to a library track, with its present names and corrections."""
    return TrackRef(
        track_id=track.id,
        content_hash=track.content_hash,
        title=track.title,
        artist=track.artist,
        album=track.album,
        genre=track.genre,
        n_samples=track.n_samples,
        has_cover=track.has_cover,
        grid_fix=track.grid_fix,
    )
