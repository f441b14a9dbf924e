"""What a preview of one join is made of, settled when it is asked for."""

from __future__ import annotations

from ..contract.base import Shape
from ..contract.jobs import PreviewRequest
from ..contract.mixes import TimelineView, TransitionView
from .mixtape_inputs import MixtapeInputs

BEFORE_S = AFTER_S = 12.0
"""Some six bars at 120 bpm: enough to be in the groove before the join, and to know it is over."""

LONGEST_S = 40.0


class PreviewInputs(Shape):
    """The request, with what the mixtape was made of and how it was laid out at the time."""

    request: PreviewRequest
    mix: MixtapeInputs
    timeline: TimelineView

    @property
    def title(self) -> str:
        """What the job is called."""
        return f"Join {self.request.transition + 1} of {self.mix.title}"

    @property
    def stretch_s(self) -> tuple[float, float]:
        """Where in the mix the preview begins and ends."""
        return stretch_round(self.timeline.transitions[self.request.transition], self.timeline)


def stretch_round(join: TransitionView, timeline: TimelineView) -> tuple[float, float]:
    """The seconds of the mix round a join; of one that is longer than fits, round its middle."""
    start, end = join.start_s - BEFORE_S, join.end_s + AFTER_S
    if end - start > LONGEST_S:
        middle = (join.start_s + join.end_s) / 2.0
        start, end = middle - LONGEST_S / 2.0, middle + LONGEST_S / 2.0
    return max(0.0, start), min(timeline.duration_s, end)
