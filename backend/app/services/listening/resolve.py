"""Resolve the request for a listening trial: find its mixtape and join, or reject it."""

from __future__ import annotations

from ...contract.jobs import PreviewRequest
from ...contract.listening_request import ListeningRequest
from ...errors import InvalidRequest
from ..mixtape.base import BaseMixes
from ..preview.resolve import resolve_preview
from .inputs import ListeningInputs


def resolve_listening(mixes: BaseMixes, user_id: str, request: ListeningRequest) -> ListeningInputs:
    """Look up the mixtape and the join of a trial.

    Raise what :func:`resolve_preview` does, and :class:`InvalidRequest` if the mix has plain
    crossfades.
    """
    asked = PreviewRequest(job_id=request.job_id, transition=request.transition)
    found = resolve_preview(mixes, user_id, asked)
    if found.mix.request.transitions != "dj":
        raise InvalidRequest(
            "Plain crossfades have no other version to compare.",
            hint="Start a mixtape with transitions “dj”.",
        )
    for choice in request.choices or []:
        resolve_preview(mixes, user_id, asked.model_copy(update={"override": choice}))
    return ListeningInputs(request=request, mix=found.mix, timeline=found.timeline)
