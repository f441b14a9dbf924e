"""Whether the wishes of a mixtape request go together; what does not is told, never ignored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ..contract.dj import PairChoice, PlaceLock
from ..contract.jobs import MixtapeRequest
from ..errors import InvalidRequest


def expect_sense(request: MixtapeRequest, track_ids: Sequence[str]) -> None:
    """Make sure that every wish can have an effect on a mix of these tracks.

    Raises
    ------
    InvalidRequest
        If one cannot, or two contradict each other.
    """
    if request.order == "given" and (request.locks or request.energy_arc is not None):
        raise InvalidRequest(
            "Locks and an energy arc are for an order that Segue finds.",
            hint="Ask for order “auto”, or leave them out.",
        )
    if request.transitions == "crossfade":
        _expect_no_dj_wishes(request)
    expect_separator(request, request.overrides)
    _expect_locks(request.locks, track_ids)
    _expect_overrides(request, track_ids)


def expect_separator(request: MixtapeRequest, choices: Sequence[PairChoice]) -> None:
    """Make sure that somebody takes tracks apart where a stem swap is chosen."""
    if request.stem_model is None and any(choice.kind == "stem_swap" for choice in choices):
        raise InvalidRequest(
            "A stem swap needs somebody who takes the tracks apart.",
            hint="Start a mixtape that names one as stem_model, such as “draft”.",
        )


def _expect_no_dj_wishes(request: MixtapeRequest) -> None:
    wishes = {
        "overrides": bool(request.overrides),
        "strategist": request.strategist != "rules",
        "based_on": request.based_on is not None,
        "overlays": request.overlays not in (None, "never"),
        "sounds": bool(request.sounds),
        "stem_model": request.stem_model is not None,
    }
    if asked := [name for name, is_asked in wishes.items() if is_asked]:
        raise InvalidRequest(
            f"A mix of plain crossfades has no use for: {', '.join(asked)}.",
            hint="Ask for transitions “dj”, or leave this out.",
        )


def _expect_locks(locks: Sequence[PlaceLock], track_ids: Sequence[str]) -> None:
    count = len(track_ids)
    for lock in locks:
        if lock.track_id not in track_ids:
            raise _unknown("A locked track")
        if not 1 <= abs(lock.place) <= count:
            raise InvalidRequest(
                f"There is no place {lock.place} in a mix of {count} tracks.",
                hint=f"Places run from 1 to {count}, or from the end from -1 to -{count}.",
            )
    places = [lock.place if lock.place > 0 else count + 1 + lock.place for lock in locks]
    if _repeated(places) or _repeated(lock.track_id for lock in locks):
        raise InvalidRequest(
            "Two locks contradict each other.", hint="Give each track one place of its own."
        )


def _expect_overrides(request: MixtapeRequest, track_ids: Sequence[str]) -> None:
    pairs = [(choice.outgoing, choice.incoming) for choice in request.overrides]
    if not {track for pair in pairs for track in pair} <= set(track_ids):
        raise _unknown("A track of an override")
    if _repeated(pairs):
        raise InvalidRequest("Two overrides are about the same join.", hint="Send one a join.")
    if request.order == "given":
        for choice in request.overrides:
            expect_neighbours(choice, track_ids)


def expect_neighbours(choice: PairChoice, track_ids: Sequence[str]) -> None:
    """Make sure that the choice is about a join of this mix."""
    if (choice.outgoing, choice.incoming) not in pairwise(track_ids):
        raise InvalidRequest(
            "An override is about two tracks that do not follow each other.",
            hint="Name two neighbours, in their order.",
        )


def _repeated(values: Iterable[object]) -> bool:
    return any(count > 1 for count in Counter(values).values())


def _unknown(what: str) -> InvalidRequest:
    return InvalidRequest(f"{what} is not in this mix.", hint="Reload the crate and pick again.")
