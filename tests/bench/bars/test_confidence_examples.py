"""Parts of a grid are judged where its truth is known, and the fit of confidence follows them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.rhythm.bar_path import BarPath
from backend.app.analysis.rhythm.grid_search import FoundGrid
from bench.bars.confidence_examples import Truth, examples_of, share_right
from bench.bars.fit_confidence import Part, fitted, stated

BEATS_S = 2.0 + 0.5 * np.arange(96)


def found(beats_s: np.ndarray, first_bar: int = 0) -> FoundGrid:
    index = np.arange(len(beats_s))
    blocks = len(beats_s) // 4
    path = BarPath(
        np.zeros(blocks, int),
        np.full(blocks, 0.9),
        np.full(blocks, 0.8),
        np.zeros((blocks, 8, 20)),
        4,
    )
    return FoundGrid(
        beats_s=beats_s,
        places=(index - first_bar) % 4,
        blocks=index // 4,
        steady=True,
        path=path,
        pulse_strength=2.0,
        metre_margin=1.0,
    )


def truth(*, until_s: float = 100.0) -> Truth:
    span = [(0.0, until_s)]
    return Truth(BEATS_S, BEATS_S[::4], span, span)


@pytest.mark.parametrize(
    ("beats_s", "first_bar", "beats", "bars"),
    [
        (BEATS_S + 0.02, 0, 1.0, 1.0),
        (BEATS_S, 1, 1.0, 0.0),
        (BEATS_S + 0.25, 0, 0.0, 0.0),
    ],
)
def test_parts_are_judged(beats_s, first_bar, beats, bars) -> None:
    examples = list(examples_of("song", "house", found(beats_s, first_bar), truth()))
    assert len(examples) == 3  # of eight bars each
    assert {(one.beats_right, one.bars_right) for one in examples} == {(beats, bars)}


def test_half_the_tempo_is_half_right() -> None:
    examples = examples_of("song", "house", found(BEATS_S[::2]), truth())
    assert all(one.beats_right == pytest.approx(0.5, abs=0.02) for one in examples)


def test_parts_without_truth_are_left_out_and_unknown_bars_are_none() -> None:
    known = replace(truth(until_s=20.0), bar_spans=[])
    (example,) = examples_of("song", "house", found(BEATS_S), known)
    assert (example.first, example.last, example.bars_right) == (0, 32, None)


def test_nothing_detected_is_wrong() -> None:
    assert share_right(BEATS_S, np.zeros(0)) == 0.0


def part(pulse: float, lead: float, right: float, bars: float) -> Part:
    return Part("real", "one", 16.0, pulse, 0.99, 1.0, lead, right, bars)


def test_fitted_confidence_meets_the_share_that_is_right() -> None:
    weak = [part(0.2, -1.0, right, right) for right in (1.0, 0.0) for _ in range(300)]
    strong = [part(1.4, 2.0, right, right) for right in (1.0,) * 9 + (0.0,) for _ in range(60)]
    parts = [*weak, *strong]
    said = stated(fitted(parts), parts)
    assert said[0] == pytest.approx([0.5, 0.5], abs=0.08)
    assert said[-1] == pytest.approx([0.9, 0.9], abs=0.08)


def test_unknown_bars_do_not_count() -> None:
    parts = [part(1.0, 1.0, 1.0, 1.0)] * 9 + [part(1.0, 1.0, 0.0, 0.0)]
    unknown = [*parts, *[part(1.0, 1.0, 1.0, float("nan"))] * 30]
    assert fitted(unknown)[2:] == pytest.approx(fitted(parts)[2:], abs=0.2)
