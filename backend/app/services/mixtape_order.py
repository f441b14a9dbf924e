"""The order of a mixtape's tracks: as given, or found."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract.base import Shape
from ..dj.deck import DeckTrack
from ..dj.order import locks_of, order_set
from ..dj.order_energy import order_tracks_of
from ..jobs.pipeline import StepContext
from ..jobs.workspace import Workspace
from .decks import decks_of
from .mixtape_inputs import MixtapeJob, MixTrack

ORDER = "order.json"


class OrderFound(Shape):
    """Indices into the tracks as they were given, and why in this order."""

    order: list[int]
    reasons: list[str]


def order_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Find the order and keep it for the steps that follow."""
    job = ctx.job
    found = found_order(job, decks_of(job, job.inputs.tracks))
    ctx.note(found.reasons[-1])
    with ctx.workspace.write(ORDER, None) as path:
        path.write_text(found.model_dump_json(), encoding="utf-8")


def found_order(job: MixtapeJob, decks: Sequence[DeckTrack]) -> OrderFound:
    """The order that suits tempo, key, energy and artists best, locked places kept."""
    request, rules = job.request, job.inputs.rules
    ordering = order_set(
        order_tracks_of(decks),
        arc=rules.energy_arc if request.energy_arc is None else request.energy_arc,
        locks=locks_of(request.locks, [deck.track_id for deck in decks]),
        max_stretch_percent=rules.max_stretch_percent,
    )
    return OrderFound(order=list(ordering.order), reasons=list(ordering.reasons))


def ordered_tracks(job: MixtapeJob, workspace: Workspace) -> list[MixTrack]:
    """The tracks as they play."""
    tracks = job.inputs.tracks
    if job.request.order == "given":
        return tracks
    text = workspace.path(ORDER).read_text(encoding="utf-8")
    return [tracks[index] for index in OrderFound.model_validate_json(text).order]
