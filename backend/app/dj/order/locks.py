"""Check the places that a user locked, and resolve them to indices."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract.dj import PlaceLock
from ...errors import InvalidRequest


def resolve_locks(locks: Sequence[PlaceLock], track_ids: Sequence[str]) -> dict[int, int]:
    """Map the index of each locked track to the index of its place, both from 0.

    Raise ``InvalidRequest`` if a lock names a track or a place that the set does not have, a track
    has two locks, or two tracks have the same place.
    """
    places: dict[int, int] = {}
    tracks: dict[int, int] = {}
    for lock in locks:
        if lock.track_id not in track_ids:
            raise InvalidRequest(
                f"Track {lock.track_id} has a locked place, but is not in this mix.",
                hint="Add the track to the mix, or remove its lock.",
            )
        track, place = list(track_ids).index(lock.track_id), _place_of(lock, len(track_ids))
        if track in places:
            raise InvalidRequest(
                f"Track {lock.track_id} has two locks, for places {places[track] + 1} and "
                f"{place + 1}.",
                hint="Keep one of them.",
            )
        if place in tracks:
            raise InvalidRequest(
                f"Tracks {track_ids[tracks[place]]} and {lock.track_id} are both locked to place "
                f"{place + 1}.",
                hint="Give one of them another place; -1 counts from the end.",
            )
        places[track], tracks[place] = place, track
    return places


def _place_of(lock: PlaceLock, n: int) -> int:
    if lock.place == 0 or abs(lock.place) > n:
        raise InvalidRequest(
            f"Track {lock.track_id} is locked to place {lock.place}, which a mix of {n} tracks does"
            " not have.",
            hint=f"Places run from 1 to {n}, or from -1 (the last) back to -{n}.",
        )
    return lock.place - 1 if lock.place > 0 else n + lock.place
