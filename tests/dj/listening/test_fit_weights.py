"""Weights fitted to simulated answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from backend.app.dj.joins.scoreboard import RULE_NAMES
from backend.app.dj.listening.fit_weights import LEAST_ANSWERS, Comparison, fit_weights

#: What the simulated listeners notice: clashing keys three times as much, section ends not at all.
TRUE = {"keys_agree": 3.0, "ends_on_section": 0.0}


def answers(
    n: int, true: Mapping[str, float], *, clarity: float = 1.5, seed: int = 3
) -> list[Comparison]:
    """Answers of a listener with these weights; with a clarity of 0 the answers are random."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        a, b = ({name: _penalty(rng) for name in RULE_NAMES} for _ in "ab")
        better_by = sum(true.get(name, 1.0) * (b[name] - a[name]) for name in RULE_NAMES)
        share = 1.0 / (1.0 + np.exp(-clarity * better_by))
        found.append(Comparison(a, b, float(rng.random() < share)))
    return found


def _penalty(rng: np.random.Generator) -> float:
    return float(rng.exponential(0.7) * (rng.random() < 0.5))


def test_fit_recovers_the_weights_of_a_listener() -> None:
    fit = fit_weights(answers(300, TRUE), RULE_NAMES, {})
    # the ridge pulls towards 1; with 300 answers a weight is known to about 0.25
    assert fit.weights["keys_agree"] == pytest.approx(3.0, abs=0.6)
    assert fit.weights["ends_on_section"] == pytest.approx(0.0, abs=0.4)
    others = [weight for name, weight in fit.weights.items() if name not in TRUE]
    assert others == pytest.approx([1.0] * len(others), abs=0.6)
    assert fit.explained_after > fit.explained_before
    assert fit.is_better


def test_few_answers_change_little() -> None:
    fit = fit_weights(answers(3, TRUE), RULE_NAMES, {})
    assert list(fit.weights.values()) == pytest.approx([1.0] * len(RULE_NAMES), abs=0.35)


def test_fit_needs_enough_answers() -> None:
    agreeing = [Comparison({"keys_agree": 0.0}, {"keys_agree": 1.0}, 1.0)]
    disagreeing = [Comparison({"keys_agree": 1.0, "phrases_meet": 0.0}, {"phrases_meet": 3.0}, 0.0)]
    each = LEAST_ANSWERS // 2
    enough = agreeing * each + disagreeing * each
    assert fit_weights(enough, RULE_NAMES, {}).is_better
    assert not fit_weights(enough[1:], RULE_NAMES, {}).is_better


def test_contradictory_answers_are_no_reason_to_change_weights() -> None:
    versions = {"keys_agree": 2.0}, {"phrases_meet": 1.2}
    contradictory = [Comparison(*versions, float(index % 2)) for index in range(40)]
    fit = fit_weights(contradictory, RULE_NAMES, {})
    # answers that cancel each other say that both versions are equally good: 0.8 x 2.0, 1.1 x 1.2
    assert list(fit.weights.values()) == pytest.approx([1.0] * len(RULE_NAMES), abs=0.25)
    assert not fit.is_better


def offered(n: int, true: Mapping[str, float], clarity: float, listeners: int) -> int:
    """For how many of some simulated listeners the fit can be used."""
    made = (answers(n, true, clarity=clarity, seed=seed) for seed in range(listeners))
    return sum(fit_weights(one, RULE_NAMES, {}).is_better for one in made)


def test_random_answers_are_no_reason_to_change_weights() -> None:
    # Compared with the current weights alone, six of forty would be better; 5 % are two.
    assert offered(20, {}, 0.0, listeners=40) <= 2


def test_consistent_answers_mostly_lead_to_a_fit() -> None:
    assert offered(200, TRUE, 1.5, listeners=6) >= 5


def test_equal_answers_say_that_a_difference_does_not_matter() -> None:
    equal = [Comparison({"little_is_left_out": 2.0}, {}, 0.5)] * 30
    clear = [Comparison({"phrases_meet": 1.2}, {}, 0.0)] * 30
    fit = fit_weights(equal + clear, RULE_NAMES, {})
    assert fit.weights["little_is_left_out"] < 0.5 < 1.0 < fit.weights["phrases_meet"]
    assert fit.n_answers == 60
    assert fit.n_decided == fit.explained_after == 30


def test_weights_stay_within_their_limits() -> None:
    liked = [Comparison({"pitch_pays": 3.0}, {"phrases_meet": 0.1}, 1.0)] * 500
    fit = fit_weights(liked, RULE_NAMES, {})
    assert fit.weights["pitch_pays"] == 0.0
    assert all(0.0 <= weight <= 4.0 for weight in fit.weights.values())


def test_current_weights_are_compared_with_the_fitted_ones() -> None:
    given = answers(120, TRUE)
    again = fit_weights(given, RULE_NAMES, TRUE)
    assert again.loss_before < fit_weights(given, RULE_NAMES, {}).loss_before
    assert not again.is_better  # the current weights are already right


def test_no_answers_leave_all_weights_at_one() -> None:
    fit = fit_weights([], RULE_NAMES, {"keys_agree": 2.0})
    assert set(fit.weights.values()) == {1.0}
    assert not fit.is_better
