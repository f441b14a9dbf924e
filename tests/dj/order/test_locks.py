"""Locked places."""

from __future__ import annotations

import pytest

from backend.app.contract.dj import PlaceLock
from backend.app.dj.order.locks import resolve_locks
from backend.app.errors import InvalidRequest


def test_places_count_from_one_or_from_the_end() -> None:
    locks = [PlaceLock(track_id="c", place=1), PlaceLock(track_id="a", place=-1)]
    assert resolve_locks(locks, ["a", "b", "c", "d"]) == {2: 0, 0: 3}


@pytest.mark.parametrize(
    ("locks", "message"),
    [
        ([("x", 1)], "x has a locked place, but is not in this mix"),
        ([("a", 0)], "place 0"),
        ([("a", 4)], "place 4"),
        ([("a", -4)], "place -4"),
        ([("a", 1), ("b", 1)], "a and b are both locked to place 1"),
        ([("a", 3), ("b", -1)], "a and b are both locked to place 3"),
        ([("a", 1), ("a", 1)], "a has two locks"),
        ([("a", 1), ("a", 2)], "a has two locks, for places 1 and 2"),
    ],
)
def test_impossible_locks_are_rejected_with_hint(locks, message) -> None:
    with pytest.raises(InvalidRequest, match=message) as rejected:
        resolve_locks(
            [PlaceLock(track_id=name, place=place) for name, place in locks], ["a", "b", "c"]
        )
    assert rejected.value.hint
