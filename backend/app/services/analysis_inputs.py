"""What the analysis of a crate is made of, settled when it is asked for."""

from __future__ import annotations

from ..contract.analysis import GridFix
from ..contract.base import Shape
from ..contract.jobs import AnalysisRequest
from ..dsp.samples import seconds


class CrateTrack(Shape):
    """A track to be heard, with what a person put right of it."""

    track_id: str
    content: str
    title: str
    n_samples: int
    grid_fix: GridFix | None = None


class AnalysisInputs(Shape):
    """The request, with the crate's tracks at the time."""

    request: AnalysisRequest
    tracks: list[CrateTrack]

    @property
    def duration_s(self) -> float:
        """How many seconds of music there are."""
        return seconds(sum(track.n_samples for track in self.tracks))
