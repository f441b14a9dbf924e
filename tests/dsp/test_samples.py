"""Conversions between samples, seconds, factors and decibels."""

from __future__ import annotations

import math

import pytest

from backend.app.dsp.samples import db_of_gain, gain_of_db, samples, seconds


@pytest.mark.parametrize(
    ("duration_s", "expected"), [(1.0, 44_100), (0.4 / 44_100, 0), (0.6 / 44_100, 1), (0.4, 17_640)]
)
def test_a_duration_is_the_nearest_number_of_samples(duration_s: float, expected: int) -> None:
    assert samples(duration_s) == expected
    assert seconds(expected) == pytest.approx(duration_s, abs=0.5 / 44_100)


@pytest.mark.parametrize(("gain_db", "factor"), [(0.0, 1.0), (20.0, 10.0), (-6.0206, 0.5)])
def test_twenty_decibels_are_a_factor_of_ten(gain_db: float, factor: float) -> None:
    assert gain_of_db(gain_db) == pytest.approx(factor, rel=1e-5)
    assert db_of_gain(factor) == pytest.approx(gain_db, abs=1e-4)


def test_no_gain_is_minus_infinity_in_decibels() -> None:
    assert db_of_gain(0.0) == -math.inf
