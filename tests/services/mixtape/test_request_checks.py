"""Which options of a mixtape request may be combined, and which contradict each other."""

from __future__ import annotations

import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.errors import InvalidRequest
from backend.app.services.mixtape.request_checks import require_consistent

TRACKS = ["a", "b", "c"]
DJ = {"transitions": "dj"}
AUTO = {"order": "auto"}


def check(**options: object) -> None:
    request = MixtapeRequest.model_validate({"tracks_upload_id": "crate", **options})
    require_consistent(request, TRACKS)


def choice(outgoing: str, incoming: str) -> dict[str, str]:
    return {"outgoing": outgoing, "incoming": incoming, "kind": "cut"}


def lock(track_id: str, place: int) -> dict[str, object]:
    return {"track_id": track_id, "place": place}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {**AUTO, "energy_arc": "build", "locks": [lock("a", 1), lock("b", -1)]},
        {**AUTO, "energy_arc": [0.1, 0.9, 0.4]},
        {**DJ, "overrides": [choice("a", "b")], "strategist": "llm", "based_on": "job"},
        {**DJ, **AUTO, "overrides": [choice("c", "a")]},
    ],
)
def test_consistent_options_pass(options: dict[str, object]) -> None:
    check(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"locks": [lock("a", 1)]}, "automatic order"),
        ({"energy_arc": "wave"}, "automatic order"),
        ({"overrides": [choice("a", "b")]}, "can't use: overrides"),
        ({"strategist": "llm", "based_on": "job"}, "can't use: strategist, based_on"),
        ({**AUTO, "locks": [lock("x", 1)]}, "not in this mix"),
        ({**AUTO, "locks": [lock("a", 0)]}, "place 0"),
        ({**AUTO, "locks": [lock("a", -4)]}, "place -4"),
        ({**AUTO, "locks": [lock("a", 3), lock("b", -1)]}, "both locked"),
        ({**AUTO, "locks": [lock("a", 1), lock("a", 2)]}, "two locks"),
        ({**DJ, "overrides": [choice("a", "x")]}, "not in this mix"),
        ({**DJ, "overrides": [choice("a", "c")]}, "not adjacent"),
        ({**DJ, "overrides": [choice("a", "b"), choice("a", "b")]}, "same join"),
    ],
)
def test_option_without_effect_is_rejected(options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        check(**options)
