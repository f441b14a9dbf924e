"""Changes of tempo as text."""

from __future__ import annotations

import pytest

from backend.app.contract.mixes import ClipView
from frontend.labels import dj
from tests.frontend.scripted_api import clip


def bent(*warp: tuple[float, float], end_s: float) -> ClipView:
    return ClipView.model_validate({**clip("A", 0.0), "warp": warp, "end_s": end_s})


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        (0.04, "same tempo"),
        (-0.04, "same tempo"),
        (0.06, "0.1 % faster"),
        (-2.14, "2.1 % slower"),
    ],
)
def test_inaudible_change_is_the_same_tempo(percent: float, text: str) -> None:
    assert dj.tempo_change(percent) == text


def test_clip_tells_its_largest_change_in_either_direction() -> None:
    # 4 % slower for ten seconds, then 2 % faster for ten, then unchanged.
    both = bent((0.0, 0.0), (9.6, 10.0), (19.8, 20.0), (59.8, 60.0), end_s=60.0)
    assert dj.clip_tempo(both) == "4.0 % slower from 0:00, back to its own tempo at 0:20"


def test_clip_that_is_changed_to_its_end_does_not_come_back() -> None:
    assert dj.clip_tempo(bent((0.0, 0.0), (61.2, 60.0), end_s=60.0)) == "2.0 % faster from 0:00"
    assert dj.clip_tempo(bent((0.0, 0.0), (60.0, 60.0), end_s=60.0)) is None
