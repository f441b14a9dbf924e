"""Wishes that go together, and those that do not."""

from __future__ import annotations

import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.errors import InvalidRequest
from backend.app.services.mixtape_wishes import expect_sense

TRACKS = ["a", "b", "c"]
DJ = {"transitions": "dj"}
AUTO = {"order": "auto"}


def expect(**wishes: object) -> None:
    request = MixtapeRequest.model_validate({"tracks_upload_id": "crate", **wishes})
    expect_sense(request, TRACKS)


def choice(outgoing: str, incoming: str) -> dict[str, str]:
    return {"outgoing": outgoing, "incoming": incoming, "kind": "cut"}


def lock(track_id: str, place: int) -> dict[str, object]:
    return {"track_id": track_id, "place": place}


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {**AUTO, "energy_arc": "build", "locks": [lock("a", 1), lock("b", -1)]},
        {**AUTO, "energy_arc": [0.1, 0.9, 0.4]},
        {**DJ, "overrides": [choice("a", "b")], "strategist": "llm", "based_on": "job"},
        {**DJ, **AUTO, "overrides": [choice("c", "a")]},
    ],
)
def test_wishes_that_go_together_pass(wishes: dict[str, object]) -> None:
    expect(**wishes)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"locks": [lock("a", 1)]}, "order that Segue finds"),
        ({"energy_arc": "wave"}, "order that Segue finds"),
        ({"overrides": [choice("a", "b")]}, "no use for: overrides"),
        ({"strategist": "llm", "based_on": "job"}, "no use for: strategist, based_on"),
        ({**AUTO, "locks": [lock("x", 1)]}, "not in this mix"),
        ({**AUTO, "locks": [lock("a", 0)]}, "no place 0"),
        ({**AUTO, "locks": [lock("a", -4)]}, "no place -4"),
        ({**AUTO, "locks": [lock("a", 3), lock("b", -1)]}, "contradict"),
        ({**AUTO, "locks": [lock("a", 1), lock("a", 2)]}, "contradict"),
        ({**DJ, "overrides": [choice("a", "x")]}, "not in this mix"),
        ({**DJ, "overrides": [choice("a", "c")]}, "do not follow each other"),
        ({**DJ, "overrides": [choice("a", "b"), choice("a", "b")]}, "same join"),
    ],
)
def test_a_wish_without_effect_is_told(wishes: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        expect(**wishes)
