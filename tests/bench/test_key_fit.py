"""The fit of confidences in keys, on made-up leads and references."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from backend.app.analysis.rhythm.rhythm_analyser import NO_RHYTHM
from bench.keys.fit import Stated, by_chance, fitted, left_out
from bench.keys.measured import Measured, reference_keys
from tests.analysis.analysed_songs import pitches_of
from tests.sounds import silence


def rows(group: str, lead: float, right: int, wrong: int) -> list[Stated]:
    """Keys with one lead, of which some are right."""
    pitches = pitches_of(silence(0.1))
    songs = [
        Measured(f"{group} {n}", "made up", group, frozenset({int(n >= right)}), pitches, NO_RHYTHM)
        for n in range(right + wrong)
    ]
    return [Stated(song, 0, 0.5, 1, lead, (float(np.log1p(lead)), 0.0, 1.0)) for song in songs]


def test_fit_states_the_share_that_is_right() -> None:
    both = rows("narrow", 0.5, 20, 20) + rows("wide", 8.0, 36, 4)
    model = fitted(both)
    chance = [1.0 / (1.0 + np.exp(-np.array(row.features) @ model)) for row in both]
    assert chance[0] == pytest.approx(0.5, abs=0.05)
    assert chance[-1] == pytest.approx(0.9, abs=0.05)


def test_a_group_is_rated_without_its_own_songs() -> None:
    said = left_out(rows("wrong", 4.0, 0, 10) + rows("right", 4.0, 10, 0))
    assert said[:10].min() > 0.8
    assert said[10:].max() < 0.2


def test_few_tracks_have_a_calibration_error_by_chance() -> None:
    assert by_chance(np.linspace(0.5, 1.0, 20)) > 0.1
    assert by_chance(np.linspace(0.5, 1.0, 1000)) < 0.05


@pytest.mark.parametrize(("other", "known"), [("C# major", {1}), ("C# minor", set())])
def test_reference_key_is_one_on_which_both_profiles_agree(
    tmp_path: Path, other: str, known: set[int]
) -> None:
    path = tmp_path / "track.json"
    path.write_text(json.dumps({"essentia": {"keys": {"edma": "C# major", "bgate": other}}}))
    assert reference_keys(path) == known
