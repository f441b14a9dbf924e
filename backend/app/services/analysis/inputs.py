"""The stored inputs of an analysis job."""

from __future__ import annotations

from ...contract.jobs import AnalysisRequest
from ..library.track_ref import TracksInputs


class AnalysisInputs(TracksInputs):
    """The request, with the crate's tracks at the time of the request."""

    request: AnalysisRequest

    @property
    def title(self) -> str:
        """The job's title."""
        return "Track analysis"
