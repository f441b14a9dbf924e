"""Fader moves that bring a mashup to its vibe's contour."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from backend.app.contract.mashups import VIBES, MashupSection, Vibe
from backend.app.dj.mashup.contours import MAX_RANGE_DB, contour_effects, edge_levels_lufs
from backend.app.dj.mashup.vibe_arrangements import ARRANGEMENTS
from backend.app.dsp.loudness import HOP, Energies

PART_S, BARS = 16.0, 8
HOPS = round(10 * PART_S)


def sections(vibe: Vibe) -> list[MashupSection]:
    return [
        MashupSection(
            label=part.label,
            start_s=number * PART_S,
            end_s=(number + 1) * PART_S,
            bars=BARS,
            stems=[],
            reason="",
            contour_lu=part.level_lu,
        )
        for number, part in enumerate(ARRANGEMENTS[vibe])
    ]


def energies_at(*levels_db: float) -> Energies:
    """Parts of constant loudness."""
    return np.repeat(10.0 ** (np.array(levels_db) / 10.0), HOPS)


def moved(parts: list[MashupSection], energies: Energies) -> Energies:
    """The energies after the fader."""
    [effect] = contour_effects(parts, energies)
    share = effect.share_at((np.arange(len(energies)) + 0.5) * HOP)
    gain = 1.0 + (10.0 ** (effect.gain_db / 20.0) - 1.0) * share
    return np.asarray(energies * gain**2)


@pytest.mark.parametrize("vibe", VIBES)
def test_parts_follow_the_contour_whatever_plays(vibe: Vibe) -> None:
    parts = sections(vibe)
    energies = energies_at(*(-20.0 - 3.0 * (n % 3) for n in range(len(parts))))
    after = moved(parts, energies)
    found = [edge_levels_lufs(part, after) for part in parts]
    loudest = max(max(levels) for levels in found if levels)
    for part, levels in zip(parts, found, strict=True):
        assert levels is not None
        assert part.contour_lu is not None
        start, end = part.contour_lu
        planned = start + 0.25 * (end - start), start + 0.75 * (end - start)
        # the fader is straight in amplitude, and steps of 30 ms end before the part
        assert [level - loudest for level in levels] == pytest.approx(planned, abs=0.4)


def test_fader_only_lowers() -> None:
    parts = sections("energetic")
    energies = energies_at(*([-20.0] * len(parts)))
    assert np.all(moved(parts, energies) <= energies)
    assert moved(parts, energies).max() == pytest.approx(energies.max())


def test_a_silent_part_is_not_raised() -> None:
    parts = sections("energetic")
    levels = [-20.0] * len(parts)
    levels[1] = -95.0
    with_rest, without = (moved(parts, energies_at(*one)) for one in (levels, [-20.0] * len(parts)))
    others = np.r_[0:HOPS, 2 * HOPS : len(without)]
    assert with_rest[others] == pytest.approx(without[others])


def test_moves_are_limited() -> None:
    parts = sections("upbeat")
    energies = energies_at(*(-40.0 if n == 2 else -10.0 for n in range(len(parts))))
    [effect] = contour_effects(parts, energies)
    assert effect.gain_db == pytest.approx(-MAX_RANGE_DB)


def test_plans_of_earlier_versions_have_no_contour() -> None:
    parts = [one.model_copy(update={"contour_lu": None}) for one in sections("dark")]
    assert contour_effects(parts, energies_at(*([-20.0] * len(parts)))) == ()


def drops(vibe: Vibe) -> list[float]:
    """Planned steps into the drops."""
    parts = ARRANGEMENTS[vibe]
    return [
        after.level_lu[0] - before.level_lu[1]
        for before, after in pairwise(parts)
        if after.label == "drop"
    ]


def test_energetic_drops_and_upbeat_lifts_twice() -> None:
    assert len(drops("energetic")) == len(drops("upbeat")) == 2
    assert min(drops("energetic")) >= 4.0
    first, second = drops("upbeat")
    assert 2.0 <= first < second < 4.0


def test_dark_descends_and_chill_has_no_steps() -> None:
    dark = [level for part in ARRANGEMENTS["dark"] for level in part.level_lu]
    assert dark == sorted(dark, reverse=True)
    chill = [part.level_lu for part in ARRANGEMENTS["chill"]]
    steps = [after[0] - before[1] for before, after in pairwise(chill)]
    assert max(map(abs, steps)) <= 1.0
