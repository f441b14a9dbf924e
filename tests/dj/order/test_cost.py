"""Costs of pairs and places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from backend.app.dj.groove import TrackGroove
from backend.app.dj.harmony import Camelot
from backend.app.dj.order.cost import (
    SAME_ARTIST,
    UNMATCHED,
    OrderTrack,
    energy_ranks,
    pair_costs,
    place_costs,
)
from tests.dj.grooves import groove
from tests.dj.order_sets import track

SWUNG = TrackGroove(groove(eighths=0.66), groove(eighths=0.66), 4)
WALTZ = TrackGroove(groove(), groove(), 3)


def cost_between(a: OrderTrack, b: OrderTrack, *, max_stretch_percent: float = 6.0) -> float:
    return float(pair_costs([a, b], max_stretch_percent=max_stretch_percent)[0, 1])


def test_tempo_change_past_the_limit_is_expensive() -> None:
    from_124 = [cost_between(track("a"), track("b", bpm=bpm)) for bpm in (124, 126.5, 131.4, 131.5)]
    assert from_124[0] == 0.0
    assert from_124[1] < 0.15  # 2 %: hardly noticed
    assert from_124[2] < 1.0  # 5.97 %: within the limit
    assert from_124[3] > UNMATCHED  # 6.05 %


def test_half_and_double_tempo_count_as_equal() -> None:
    unknown = cost_between(track("a", groove=None), track("b"))
    assert cost_between(track("a", bpm=87.0), track("b", bpm=174.0)) == pytest.approx(unknown)
    assert cost_between(track("a", bpm=172.0), track("b", bpm=86.0)) == pytest.approx(unknown)
    assert cost_between(track("a", bpm=45.0), track("b", bpm=180.0)) > UNMATCHED


def test_limit_zero_matches_equal_tempos_only() -> None:
    near = cost_between(track("a", bpm=124.0), track("b", bpm=124.05), max_stretch_percent=0.0)
    off = cost_between(track("a", bpm=124.0), track("b", bpm=125.0), max_stretch_percent=0.0)
    assert near < 0.01  # 0.04 %: one beat in 2500
    assert off > UNMATCHED


def test_track_without_beat_bridges_distant_tempos() -> None:
    crossing = cost_between(track("a", bpm=124.0), track("b", bpm=174.0))
    bridged = 2 * cost_between(track("a", bpm=124.0), track("b", bpm=None))
    assert 0.0 < bridged < crossing


def test_key_cost_grows_with_distance() -> None:
    steps = [cost_between(track("a"), track("b", key=Camelot(8 + hour, True))) for hour in range(5)]
    assert steps[:2] == [0.0, 0.0]
    assert steps[1] < steps[2] < steps[3] < steps[4]
    unknown = cost_between(track("a"), track("b", key=None))
    # As a random pair of keys: of 24 keys one is the same, three are one step off, and so on.
    mean = (4 * 0.5 + 4 * 1.0 + 4 * 1.5 + (4 + 3 + 1) * 2.0) / 24
    assert unknown == pytest.approx(mean)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Daft Punk", " DAFT  punk ", True),
        ("Beyoncé", "Beyonce\N{COMBINING ACUTE ACCENT}", True),
        ("Robyn", "Robyn feat. Kleerup", True),
        ("Robyn (ft. Kleerup)", "robyn", True),
        ("Feature", "Fea", False),
        ("", "", False),
        (" ", " ", False),
    ],
)
def test_artist_names_are_normalised(one, other, same) -> None:
    cost = cost_between(track("a", artist=one), track("b", artist=other))
    assert cost == (SAME_ARTIST if same else 0.0)


@given(st.lists(st.sampled_from([0.0, 0.101, 0.104, 0.5, 1.0]), min_size=2, max_size=12))
def test_equal_energies_share_their_mean_rank(energies) -> None:
    tracks = [track("t", energy=energy) for energy in energies]
    expected = (rankdata(np.round(energies, 2)) - 1) / (len(energies) - 1)
    assert np.array_equal(energy_ranks(tracks), expected)


@pytest.mark.parametrize(
    ("other", "cost"),
    [
        ({"bpm": 124.0 * 1.06}, 1.0),
        ({"key": Camelot(11, True)}, 1.0),
        ({"energy": 1.0}, 1.0),
        ({"key": None}, 28 / 24),
        ({"bpm": None}, 1.5),
    ],
)
def test_flaws_are_measured_in_one_unit(other, cost) -> None:
    assert cost_between(track("a"), track("b", **other)) == pytest.approx(cost)


def test_half_a_set_out_of_place_costs_two_flaws() -> None:
    tracks = [track(f"{n}", energy=n / 2) for n in range(3)]
    costs = place_costs(tracks, arc="build", locks={})
    assert costs.tolist() == [[0.0, 2.0, 8.0], [2.0, 0.0, 2.0], [8.0, 2.0, 0.0]]


def test_unknown_groove_costs_more_than_a_like_one_and_less_than_another_metre() -> None:
    like, unknown, waltz = (
        cost_between(track("a"), track("b", groove=other))
        for other in (track("c").groove, None, WALTZ)
    )
    assert like == 0.0
    assert like < unknown < waltz == 2.0


def test_groove_does_not_count_where_no_beats_are_matched() -> None:
    far = [cost_between(track("a"), track("b", bpm=150.0, groove=g)) for g in (SWUNG, None)]
    assert far[0] == far[1]


def test_groove_costs_compare_ends_with_beginnings_in_both_orders() -> None:
    straight, swung = groove(eighths=0.5), groove(eighths=0.66)
    changes = track("a", groove=TrackGroove(straight, swung, 4))
    stays = track("b", groove=TrackGroove(straight, straight, 4))
    # Of the two orders one has swung drums before straight ones, which costs 1.
    assert cost_between(changes, stays) == cost_between(stays, changes) == pytest.approx(0.5)
