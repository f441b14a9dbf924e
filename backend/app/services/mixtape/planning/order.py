"""Find the running order of a mixtape, or keep the given one."""

from __future__ import annotations

from collections.abc import Sequence

from ....contract.base import Shape
from ....dj.order.energy import order_tracks_of
from ....dj.order.find_order import order_set
from ....dj.order.locks import resolve_locks
from ....jobs.pipeline import StepContext
from ....jobs.workspace import Workspace
from ...library.track_ref import TrackRef
from ...tracks.decks import decks_of
from ..job import MixtapeJob

ORDER = "order.json"


class FoundOrder(Shape):
    """A running order as indices into the given tracks, with the reasons for it."""

    order: list[int]
    reasons: list[str]


def order_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Find the order that best suits tempo, key, energy and artists.

    Locked tracks keep their places.
    """
    job, request, rules = ctx.job, ctx.job.request, ctx.job.inputs.rules
    decks = decks_of(job.store, job.inputs.tracks, whole=job.needs_analysis)
    ordering = order_set(
        order_tracks_of(decks),
        arc=rules.energy_arc if request.energy_arc is None else request.energy_arc,
        locks=resolve_locks(request.locks, [deck.track_id for deck in decks]),
        max_stretch_percent=rules.max_stretch_percent,
    )
    ctx.note(ordering.reasons[-1])
    found = FoundOrder(order=list(ordering.order), reasons=list(ordering.reasons))
    ctx.workspace.write_shape(ORDER, found)


def ordered_tracks(job: MixtapeJob, workspace: Workspace) -> Sequence[TrackRef]:
    """The tracks in playing order."""
    tracks = job.inputs.tracks
    if job.request.order == "given":
        return tracks
    return [tracks[index] for index in workspace.read_shape(ORDER, FoundOrder).order]
