"""What a preview of one join is made of, settled when it is asked for."""

from __future__ import annotations

from ..contract.base import Shape
from ..contract.dj import PairChoice
from ..contract.jobs import PreviewRequest
from ..contract.mixes import TimelineView, TransitionView
from ..errors import InvalidRequest
from .earlier import EarlierMixes
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


def settle_preview(mixes: EarlierMixes, user_id: str, request: PreviewRequest) -> PreviewInputs:
    """Look up the mixtape and its join.

    Raises
    ------
    NotFound
        If the user has no such job.
    InvalidRequest
        If it is no mixtape with a timeline, has no such join, or the override is about another.
    """
    mix = mixes.planned(user_id, request.job_id)
    joins = mix.timeline.transitions
    if request.transition >= len(joins):
        raise InvalidRequest(
            f"There is no join {request.transition} in this mixtape.",
            hint=f"It has {len(joins)}; the first one is number 0.",
        )
    if request.override is not None:
        _expect_of_join(request.override, joins[request.transition], mix.timeline)
    return PreviewInputs(request=request, mix=mix.inputs, timeline=mix.timeline)


def _expect_of_join(choice: PairChoice, join: TransitionView, timeline: TimelineView) -> None:
    clips = timeline.clips
    pair = (clips[join.outgoing].track_id, clips[join.incoming].track_id)
    if (choice.outgoing, choice.incoming) != pair:
        raise InvalidRequest(
            "The override is about other tracks than those of this join.",
            hint="Name the two tracks of the join.",
        )
