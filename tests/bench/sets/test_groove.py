"""Pairs and flam figures of the bench of grooves."""

from __future__ import annotations

import numpy as np
import pytest

from bench.sets.groove import flam_share, pairs_of


def test_flams_are_onsets_10_to_60_ms_apart() -> None:
    out = np.array([1.0, 2.0, 3.0, 4.0])
    into = np.array([1.005, 2.03, 3.2, 4.04])
    # Two of four onsets of each deck have a flam; 5 ms are too near and 200 ms too far.
    assert flam_share(out, into) == pytest.approx(0.5)


def test_pairs_match_and_every_song_leaves_and_enters_once() -> None:
    alike = np.full((6, 6), 0.3)
    alike[[0, 1, 2, 3, 4, 5], [1, 0, 3, 2, 5, 4]] = 0.9
    alike[0, 0] = np.nan
    matching, random = pairs_of(alike, 2)
    assert sorted(matching) == [(0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (5, 4)]
    for drawn in (matching, random[:6], random[6:]):
        assert sorted(a for a, _ in drawn) == sorted(b for _, b in drawn) == list(range(6))
        assert all(a != b for a, b in drawn)
