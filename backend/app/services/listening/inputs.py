"""The stored inputs of a listening trial: its request, with the ids resolved."""

from __future__ import annotations

from ...contract.base import Shape
from ...contract.jobs import PreviewRequest
from ...contract.listening_request import ListeningRequest
from ...contract.mixes import TimelineView
from ..mixtape.inputs import MixtapeInputs
from ..preview.inputs import LONGEST_S, PreviewInputs


class ListeningInputs(Shape):
    """The request, with the mixtape's inputs and timeline at the time of the request."""

    request: ListeningRequest
    mix: MixtapeInputs
    timeline: TimelineView

    @property
    def title(self) -> str:
        """The job's title."""
        return f"Listening trial: transition {self.request.transition + 1} of {self.mix.title}"

    @property
    def duration_s(self) -> float:
        """The longest that both versions can be, in seconds."""
        return 2.0 * LONGEST_S

    @property
    def preview(self) -> PreviewInputs:
        """The inputs of a preview of the join as it is in the mix."""
        request = PreviewRequest(job_id=self.request.job_id, transition=self.request.transition)
        return PreviewInputs(request=request, mix=self.mix, timeline=self.timeline)
