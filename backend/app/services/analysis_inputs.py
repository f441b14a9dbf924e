"""What the analysis of a crate is made of, settled when it is asked for."""

from __future__ import annotations

from ..contract.analysis import GridFix
from ..contract.base import Shape
from ..contract.jobs import AnalysisRequest
from ..dsp.samples import seconds
from .library import Library
from .mixtape_inputs import crate_of


class HeardTrack(Shape):
    """A track to be heard, with what a person put right of it."""

    track_id: str
    content: str
    title: str
    n_samples: int
    grid_fix: GridFix | None = None


class AnalysisInputs(Shape):
    """The request, with the crate's tracks at the time."""

    request: AnalysisRequest
    tracks: list[HeardTrack]

    @property
    def duration_s(self) -> float:
        """How many seconds of music there are."""
        return seconds(sum(track.n_samples for track in self.tracks))


def settle_analysis(library: Library, user_id: str, request: AnalysisRequest) -> AnalysisInputs:
    """Look up the crate; :class:`NotFound` or :class:`InvalidRequest` if it is none."""
    crate = crate_of(library, user_id, request.tracks_upload_id)
    tracks = [
        HeardTrack(
            track_id=track.id,
            content=track.content,
            title=track.title,
            n_samples=track.n_samples,
            grid_fix=track.grid_fix,
        )
        for track in crate.tracks
    ]
    return AnalysisInputs(request=request, tracks=tracks)
