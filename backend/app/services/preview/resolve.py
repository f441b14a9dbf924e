"""Resolve a preview request: find its mixtape and join, or reject it."""

from __future__ import annotations

from ...contract.dj import PairChoice
from ...contract.jobs import MixtapeRequest, PreviewRequest
from ...contract.mixes import TimelineView, TransitionView
from ...errors import InvalidRequest
from ..mixtape.base import BaseMixes
from ..mixtape.request_checks import require_separator
from .inputs import PreviewInputs


def resolve_preview(mixes: BaseMixes, user_id: str, request: PreviewRequest) -> PreviewInputs:
    """Look up the mixtape and the join of a preview request.

    Raise what :meth:`BaseMixes.find` does, and :class:`InvalidRequest` if it has no such join, or
    if the override is about another join or a mix of plain crossfades.
    """
    mix = mixes.find(user_id, request.job_id)
    joins = mix.timeline.transitions
    if request.transition >= len(joins):
        raise InvalidRequest(
            f"This mixtape has no join {request.transition}.",
            hint=f"It has {len(joins)}; the first one is number 0.",
        )
    if request.override is not None:
        _require_dj(mix.inputs.request)
        require_separator(mix.inputs.request, [request.override])
        _require_tracks_of_join(request.override, joins[request.transition], mix.timeline)
    # A preview doesn't need the picture, which may be deleted by now.
    without_picture = mix.inputs.model_copy(update={"picture": None})
    return PreviewInputs(request=request, mix=without_picture, timeline=mix.timeline)


def _require_dj(request: MixtapeRequest) -> None:
    if request.transitions != "dj":
        raise InvalidRequest(
            "Joins of plain crossfades can't be changed.",
            hint="Leave out the override, or start a mixtape with transitions “dj”.",
        )


def _require_tracks_of_join(
    choice: PairChoice, join: TransitionView, timeline: TimelineView
) -> None:
    clips = timeline.clips
    pair = (clips[join.outgoing].track_id, clips[join.incoming].track_id)
    if (choice.outgoing, choice.incoming) != pair:
        raise InvalidRequest(
            "The override names other tracks than this join's.",
            hint="Name the two tracks of the join.",
        )
