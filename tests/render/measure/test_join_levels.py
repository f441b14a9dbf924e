"""Dips and bumps of loudness inside a join."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.dj.timeline import Clip
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.measure.join_levels import JoinLevels, measure_join_levels
from tests.render.dj_mixes import clip
from tests.sounds import SR, noise

LONG = 40 * SR


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crate")
    for seed, name in enumerate(("one", "two")):
        write_normal_form(folder / name, noise(60.0, seed=seed, rms_db=-20))
    return folder


def joined(folder: Path, into: Clip) -> JoinLevels:
    """A join of ten seconds: the first clip fades out while ``into`` begins."""
    out = clip("one", 0, LONG, fade_out=10 * SR)

    def no_segment(_: object) -> TrackReader:
        raise AssertionError("nothing is stretched")

    return measure_join_levels(
        (out, into), (30 * SR, LONG), lambda name: TrackReader(folder / name), no_segment
    )


def test_equal_power_fade_of_noise_has_no_dip(folder: Path) -> None:
    found = joined(folder, clip("two", 30 * SR, LONG, fade_in=10 * SR))
    # A second of noise wanders by 0.1 dB.
    assert found.dip_lu == pytest.approx(0.0, abs=0.3)
    assert found.bump_lu == pytest.approx(0.0, abs=0.3)


def test_hole_is_measured_below_the_quieter_side(folder: Path) -> None:
    late = clip("two", 40 * SR, LONG, fade_in=SR)
    quiet = clip("two", 40 * SR, LONG, fade_in=SR, gain_db=-6.0)
    # At the end of the fade only a few percent of the power are left for three seconds.
    assert joined(folder, late).dip_lu > 4.0
    assert joined(folder, quiet).dip_lu == pytest.approx(joined(folder, late).dip_lu - 6.0, abs=1.5)


def test_two_tracks_at_full_level_are_3_lu_louder(folder: Path) -> None:
    found = joined(folder, clip("two", 20 * SR, LONG))
    before = 10 * np.log10(2.0)  # the side before already has both
    assert found.bump_lu == pytest.approx(0.0, abs=0.3)
    second = joined(folder, clip("two", 30 * SR, LONG))
    assert second.bump_lu == pytest.approx(before, abs=0.4)
