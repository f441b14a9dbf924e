"""What jobs about stems are made of, settled when they are asked for."""

from __future__ import annotations

from pathlib import Path

from ..contract.base import Shape
from ..contract.jobs import StemMixRequest, StemsRequest
from ..contract.stems import StemName
from ..dsp.samples import seconds
from ..errors import NotFound
from ..store.blobs import ContentStore


class StemTrack(Shape):
    """A track to be taken apart, under the names that are printed."""

    track_id: str
    content: str
    title: str
    artist: str
    n_samples: int
    has_cover: bool

    def expect_sound(self, content: ContentStore) -> None:
        """Make sure that the track is still there; else :class:`NotFound`."""
        if not content.path(self.content).is_file():
            raise NotFound(
                f"“{self.title}” is no longer there.", hint="Upload it again and start anew."
            )

    def cover(self, content: ContentStore) -> Path | None:
        """The file of the cover that came inside the track."""
        path = content.cover_path(self.content)
        return path if self.has_cover and path.is_file() else None


class StemsInputs(Shape):
    """The request, with the tracks, the separator and the stems that it came to mean.

    Of a model that has yet to be fetched nobody knows yet what it can tell: no ``stems`` are all.
    """

    request: StemsRequest
    title: str
    model: str
    stems: tuple[StemName, ...]
    tracks: tuple[StemTrack, ...]

    @property
    def duration_s(self) -> float:
        """How many seconds of music there are."""
        return seconds(sum(track.n_samples for track in self.tracks))


class StemMixInputs(Shape):
    """The request, with the track of the stems job, and who took it apart."""

    request: StemMixRequest
    model: str
    track: StemTrack

    @property
    def title(self) -> str:
        """What the job, and the mix, is called."""
        return f"{self.track.title} (stem mix)"

    @property
    def duration_s(self) -> float:
        """How many seconds of music there are."""
        return seconds(self.track.n_samples)
