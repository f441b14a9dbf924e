"""Running orders: artists, tempos, energy arcs, locks, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from backend.app.dj.groove import TrackGroove
from backend.app.dj.harmony import Camelot
from backend.app.dj.order.cost import (
    LOCKED,
    OrderTrack,
    place_costs,
)
from backend.app.dj.order.find_order import Ordering, _how_well
from backend.app.dj.order.search import EXACT_UP_TO
from tests.dj.grooves import groove
from tests.dj.order_sets import ARCS, crate, ordered, track


def energies(tracks: Sequence[OrderTrack], ordering: Ordering) -> list[float]:
    return [tracks[index].energy for index in ordering.order]


@pytest.mark.parametrize("n", [8, 24])
def test_no_artist_plays_twice_in_a_row(n) -> None:
    tracks = [replace(t, artist="ABC"[i % 3]) for i, t in enumerate(crate(n, 2))]
    names = [tracks[i].artist for i in ordered(tracks).order]
    assert all(one != other for one, other in pairwise(names))


def test_unmatchable_tempos_are_crossed_once() -> None:
    tracks = [track(f"{i}", bpm=(124.0, 150.0)[i % 2], energy=i / 11) for i in range(12)]
    tempi = [tracks[i].tempo_bpm for i in ordered(tracks, "steady").order]
    assert sum(one != other for one, other in pairwise(tempi)) == 1


def hills(n: int) -> list[OrderTrack]:
    """Tracks that differ in energy, and slightly in key and tempo."""
    rng = np.random.default_rng(n)
    return [
        track(f"{i}", bpm=rng.normal(124, 2), key=Camelot(int(rng.integers(1, 13)), True), energy=e)
        for i, e in enumerate(rng.permutation(np.linspace(0.0, 1.0, n)))
    ]


@pytest.mark.parametrize("n", [10, 30])
def test_build_rises_and_cool_down_falls(n) -> None:
    tracks = hills(n)
    rise, fall = (energies(tracks, ordered(tracks, arc)) for arc in ("build", "cool-down"))
    # Keys may displace a track by a few places only; an order with half of the set misplaced has
    # less than 0.5.
    assert spearmanr(range(n), rise).statistic > 0.8
    assert spearmanr(range(n), fall).statistic < -0.8


@pytest.mark.parametrize("n", [10, 30])
def test_wave_peaks_late_and_ends_lower(n) -> None:
    tracks = hills(n)
    played = np.array(energies(tracks, ordered(tracks, "wave")))
    tenth, peak = max(1, n // 10), np.convolve(played, np.ones(3) / 3, "valid").argmax() + 1
    assert 0.55 * n < peak < 0.95 * n  # about three quarters of the set
    assert played[:tenth].mean() < 0.3
    assert played[-tenth:].mean() < played.max() - 0.3


@pytest.mark.parametrize("n", [10, 30])
def test_steady_set_has_no_trend_and_no_leaps(n) -> None:
    tracks = hills(n)
    played = energies(tracks, ordered(tracks, "steady"))
    assert abs(spearmanr(range(n), played).statistic) < 0.45
    # In a random order energy leaps by a third of the range on average, in slow swells by a fifth.
    assert np.abs(np.diff(played)).mean() < 0.26


def test_drawn_curve_is_followed() -> None:
    tracks = hills(30)
    played = energies(tracks, ordered(tracks, [1.0, 0.0, 0.0, 1.0, 0.5]))
    assert np.mean(played[:4]) > 0.6
    assert np.mean(played[9:14]) < 0.35
    assert np.mean(played[21:25]) > 0.65


def test_level_drawn_curve_costs_nothing() -> None:
    tracks = hills(8)
    assert np.ptp(place_costs(tracks, arc=[0.7, 0.72], locks={}), axis=1).max() == 0.0
    assert (
        ordered(tracks, [0.7, 0.72])
        .reasons[-1]
        .endswith("does not depend on the drawn energy curve.")
    )


@pytest.mark.parametrize("n", [7, 40])
def test_locked_tracks_keep_their_places(n) -> None:
    locks = {0: n - 1, 3: 0, 5: 4}
    ordering = ordered(crate(n, 6)[::-1], locks=locks)  # not in the order of their ids
    assert {ordering.order[place]: place for place in locks.values()} == locks
    assert ordering.cost < LOCKED
    assert ordering.reasons[-1].endswith(f"3 of {n} tracks have locked places.")


def test_fully_locked_set_plays_as_locked() -> None:
    order = np.random.default_rng(3).permutation(20)
    locks = {int(index): place for place, index in enumerate(order)}
    assert ordered(crate(20, 7), locks=locks).order == tuple(order)


def test_invalid_lock_indices_raise() -> None:
    with pytest.raises(ValueError, match="do not fit 2 tracks"):
        ordered([track("a"), track("b")], locks={0: 2})


def test_orders_of_up_to_two_tracks() -> None:
    assert ordered([]) == Ordering((), 0.0, True, ())
    assert ordered([track("a")]).order == (0,)
    assert len(ordered([track("a")]).reasons) == 1
    two = [track("a", energy=0.9), track("b", energy=0.1)]
    assert ordered(two, "build").order == (1, 0)
    assert ordered(two, "cool-down").order == (0, 1)


@given(st.integers(1, EXACT_UP_TO + 1), st.sampled_from(ARCS), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_every_order_is_complete_with_reasons(n, arc, seed) -> None:
    ordering = ordered(crate(n, seed), arc)
    assert sorted(ordering.order) == list(range(n))
    assert len(ordering.reasons) == n
    assert np.isfinite(ordering.cost)


def test_reasons_name_tempo_key_and_artist() -> None:
    tracks = [
        track("a", bpm=124.0, artist="X", energy=0.0),
        track("b", bpm=126.1, key=Camelot(9, True), artist="x", energy=0.2),
        track("c", bpm=63.0, key=None, energy=0.4),
        track("d", bpm=80.0, key=Camelot(1, False), energy=0.7),
        track("e", bpm=None, key=Camelot(4, False), energy=1.0),
    ]
    assert ordered(tracks, locks={i: i for i in range(5)}, arc="build").reasons == (
        "124.0 -> 126.1 BPM (+1.7 %), 8A -> 9A, the same artist twice in a row",
        "126.1 -> 63.0 BPM (half time, -0.1 %), key unknown",
        "63.0 -> 80.0 BPM (+27.0 %, too far to beat-match), key unknown",
        "no beat to match, 1B -> 4B (3 steps apart)",
        "The order follows the build energy curve. 5 of 5 tracks have locked places.",
    )


@pytest.mark.parametrize(
    ("agreement", "words"),
    [
        (0.91, "The order follows the curve"),
        (0.9, "The order mostly follows the curve"),
        (0.61, "The order mostly follows the curve"),
        (0.6, "The order follows the curve only in part: tempo, key and artists weigh more"),
    ],
)
def test_agreement_with_the_arc_has_words(agreement, words) -> None:
    assert _how_well(agreement, "the curve") == words


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (Camelot(8, True), "8A -> 8A"),
        (Camelot(9, True), "8A -> 9A"),
        (Camelot(10, True), "8A -> 10A (2 steps apart)"),
    ],
)
def test_reason_counts_key_steps_from_two_on(key, words) -> None:
    tracks = [track("a", energy=0.0), track("b", key=key, energy=1.0)]
    assert ordered(tracks, "build").reasons[0] == f"124.0 -> 124.0 BPM (+0.0 %), {words}"


def test_order_prefers_matching_grooves_at_equal_tempo_and_key() -> None:
    def played(feel: float) -> TrackGroove:
        return TrackGroove(groove(eighths=feel), groove(eighths=feel), 4)

    straight = [track(f"straight {n}", groove=played(0.5)) for n in range(3)]
    swung = [track(f"swung {n}", groove=played(0.66)) for n in range(3)]
    tracks = [one for both in zip(straight, swung, strict=True) for one in both]
    ordering = ordered(tracks)
    names = [tracks[index].track_id.partition(" ")[0] for index in ordering.order]
    assert sum(a != b for a, b in pairwise(names)) == 1
    flaws = [reason for reason in ordering.reasons if "eighths" in reason]
    assert len(flaws) == 1
    assert "against" in flaws[0]
