"""The stored inputs of a preview job: its request, with the ids resolved."""

from __future__ import annotations

from ...contract.base import Shape
from ...contract.jobs import PreviewRequest
from ...contract.mixes import TimelineView, TransitionView
from ..mixtape.inputs import MixtapeInputs

#: About six bars at 120 BPM: enough to hear the groove before the join, and the join's end.
BEFORE_S = AFTER_S = 12.0
LONGEST_S = 40.0


class PreviewInputs(Shape):
    """The request, with the mixtape's inputs and timeline at the time of the request."""

    request: PreviewRequest
    mix: MixtapeInputs
    timeline: TimelineView

    @property
    def title(self) -> str:
        """The job's title."""
        return f"Join {self.request.transition + 1} of {self.mix.title}"

    @property
    def duration_s(self) -> float:
        """The preview's length in seconds."""
        start_s, end_s = preview_range(
            self.timeline.transitions[self.request.transition], self.timeline
        )
        return end_s - start_s


def preview_range(join: TransitionView, timeline: TimelineView) -> tuple[float, float]:
    """Start and end of the preview, in seconds of the mix.

    A join longer than the preview is centred.
    """
    start, end = join.start_s - BEFORE_S, join.end_s + AFTER_S
    if end - start > LONGEST_S:
        middle = (join.start_s + join.end_s) / 2.0
        start, end = middle - LONGEST_S / 2.0, middle + LONGEST_S / 2.0
    return max(0.0, start), min(timeline.duration_s, end)
