"""Automation lines and filters of effects."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dj.timeline import Effect
from backend.app.errors import InvalidTimeline
from backend.app.render.player.effects import EffectChain, line_over, make_filter, replayed_from


def level(start: int, length: int, *, gain_db: float = -20.0, share: float = 1.0) -> Effect:
    return Effect("level", start, length, ((start, share),), 0.0, gain_db=gain_db)


def test_a_line_is_read_in_the_middle_of_each_sample() -> None:
    line = ((10, 0.0), (14, 1.0))
    assert line_over(line, 8, 16).tolist() == [0.0, 0.0, 0.125, 0.375, 0.625, 0.875, 1.0, 1.0]


@pytest.mark.parametrize(("share", "gain"), [(0.0, 1.0), (0.5, 0.55), (1.0, 0.1)])
def test_an_effect_is_blended_in_by_its_share(share: float, gain: float) -> None:
    block = np.ones((2, 6), np.float32)
    EffectChain([level(12, 3, share=share)]).apply(block, 10)
    assert block[0] == pytest.approx([1, 1, gain, gain, gain, 1])


def test_effects_follow_one_another() -> None:
    block = np.ones((2, 3), np.float32)
    EffectChain([level(0, 3), level(1, 1, gain_db=20.0)]).apply(block, 0)
    assert block[1] == pytest.approx([0.1, 1.0, 0.1])


def test_filters_are_replayed_from_the_start_of_any_that_overlap() -> None:
    early = Effect("high_pass", 10, 50, ((10, 1.0),), 100.0)
    late = Effect("low_pass", 40, 50, ((40, 1.0),), 100.0)
    assert [replayed_from([late, early], at) for at in (10, 11, 60, 61, 90)] == [10, 10, 10, 10, 90]
    assert replayed_from([late], 60) == 40


def test_a_level_needs_no_replay() -> None:
    assert replayed_from([level(0, 100)], 50) == 50


def test_a_shelf_cannot_sweep() -> None:
    shelf = Effect("low_shelf", 0, 10, ((0, 0.0), (10, 1.0)), 100.0, to_frequency_hz=200.0)
    with pytest.raises(InvalidTimeline):
        make_filter(shelf)
