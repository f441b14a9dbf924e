"""Check that the options of a mixtape request do not contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ...contract.dj import PairChoice
from ...contract.jobs import MixtapeRequest
from ...dj.order.locks import resolve_locks
from ...errors import InvalidRequest


def require_consistent(request: MixtapeRequest, track_ids: Sequence[str]) -> None:
    """Reject options that contradict each other, or have no effect on a mix of these tracks.

    Raise :class:`InvalidRequest` for the first such option.
    """
    if request.order == "given" and (request.locks or request.energy_arc is not None):
        raise InvalidRequest(
            "Locks and an energy arc need an automatic order.",
            hint="Ask for order “auto”, or leave them out.",
        )
    if request.transitions == "crossfade":
        _reject_dj_options(request)
    require_separator(request, request.overrides)
    resolve_locks(request.locks, track_ids)
    _check_overrides(request, track_ids)


def require_separator(request: MixtapeRequest, choices: Sequence[PairChoice]) -> None:
    """Reject a requested stem swap in a mixtape without a separator."""
    if request.stem_model is None and any(choice.kind == "stem_swap" for choice in choices):
        raise InvalidRequest(
            "A stem swap needs a model that separates stems.",
            hint="Start a mixtape with a stem_model, such as “draft”.",
        )


def _reject_dj_options(request: MixtapeRequest) -> None:
    options = {
        "overrides": bool(request.overrides),
        "strategist": request.strategist != "rules",
        "based_on": request.based_on is not None,
        "overlays": request.overlays not in (None, "never"),
        "sounds": bool(request.sounds),
        "stem_model": request.stem_model is not None,
    }
    if given := [name for name, is_given in options.items() if is_given]:
        raise InvalidRequest(
            f"Plain crossfades can't use: {', '.join(given)}.",
            hint="Ask for transitions “dj”, or leave this out.",
        )


def _check_overrides(request: MixtapeRequest, track_ids: Sequence[str]) -> None:
    pairs = [(choice.outgoing, choice.incoming) for choice in request.overrides]
    if not {track for pair in pairs for track in pair} <= set(track_ids):
        raise InvalidRequest(
            "An override names a track that is not in this mix.",
            hint="Reload the crate and pick again.",
        )
    if len(set(pairs)) < len(pairs):
        raise InvalidRequest(
            "Two overrides name the same join.", hint="Send one override per join."
        )
    if request.order == "given" and not set(pairs) <= set(pairwise(track_ids)):
        raise InvalidRequest(
            "An override names two tracks that are not adjacent.",
            hint="Name two adjacent tracks, in their order.",
        )
