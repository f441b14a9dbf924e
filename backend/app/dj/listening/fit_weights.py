"""Fit the weights of the scoring rules to the answers of blind listening tests.

Bradley-Terry model: a listener prefers version A over B with the probability
``sigmoid(s * sum_r w_r (b_r - a_r))``, where ``a_r`` and ``b_r`` are the versions' penalties by
rule ``r``. The clarity ``s`` says how reliably listeners notice a penalty of 1. It is fitted first,
with all weights at 1, so that careless answers make ``s`` small and not the weights.

Bradley, Terry: Rank analysis of incomplete block designs. Biometrika 39 (1952).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST_ANSWERS = 20
"""Fewer answers may agree by chance: 15 of 20 agree by luck in 2 % of all cases, but 8 of 10
in 5 %."""

MOST_WEIGHT = 4.0
"""Largest weight of a rule; the smallest is 0, since no flaw is an advantage."""

RIDGE = 4.0
"""Strength of the pull towards 1: half of this times the squared distance from 1. It weighs as much
as 16 answers between versions that differ by a penalty of 1, since one such answer has an
information of at most 1/4."""

_MOST_PARTS = 40
"""Up to 40 answers are left out one by one; more are left out in 40 parts, which takes as long."""

_SURE = 2.0
"""Standard errors by which a fit must predict better: one fit in forty does so by chance."""

_COIN_LOSS = float(np.log(2.0))  # mean surprise of predictions by a coin

_CLARITIES = np.geomspace(0.05, 4.0, 30)
_ROUNDS = 60  # Newton's method needs about six
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Comparison:
    """One answer: the penalties by rule of both versions; ``a_share`` is 1 if A is better.

    It is 0 if B is better, and 0.5 if both are equally good.
    """

    a: Mapping[str, float]
    b: Mapping[str, float]
    a_share: float

    @property
    def is_decided(self) -> bool:
        """Whether the listener preferred one version."""
        return self.a_share != 0.5


@dataclass(frozen=True, slots=True)
class WeightFit:
    """Fitted weights, and how well they explain answers that they were not fitted to.

    ``explained_before`` and ``explained_after`` count the decided answers that the weights predict,
    each by a fit to other answers; ``loss_before`` and ``loss_after`` are the mean surprise of
    all answers in nats, likewise. ``gain_error`` is the standard error of their difference,
    ``loss_error`` that of ``loss_after``.
    """

    weights: dict[str, float]
    clarity: float
    n_answers: int
    n_decided: int
    explained_before: int
    explained_after: int
    loss_before: float
    loss_after: float
    gain_error: float
    loss_error: float

    @property
    def is_better(self) -> bool:
        """Whether there are enough answers, and the fit predicts left-out ones clearly better.

        Better than the current weights, and than a coin: of answers at random, the former are too
        sure, and weights near 0 would pass.
        """
        gain, gain_on_coin = self.loss_before - self.loss_after, _COIN_LOSS - self.loss_after
        is_clear = gain > _SURE * self.gain_error and gain_on_coin > _SURE * self.loss_error
        return self.n_answers >= LEAST_ANSWERS and is_clear


def fit_weights(
    answers: Sequence[Comparison], names: Sequence[str], now: Mapping[str, float]
) -> WeightFit:
    """Fit a weight for each rule, and compare it with the weights of ``now``.

    Parameters
    ----------
    answers : any number; none leaves all weights at 1
    names : the rules to weigh; penalties by other names are ignored
    now : current weights by rule, 1 if missing
    """
    better_by = _differences(answers, names)
    shares = np.array([one.a_share for one in answers])
    current = np.array([now.get(name, 1.0) for name in names])
    weights, clarity = _fit(better_by, shares)
    before, after = _predicted(better_by, shares, current)
    decided = shares != 0.5
    surprise, surprise_now = _losses(after, shares), _losses(before, shares)
    return WeightFit(
        weights=dict(zip(names, (round(float(one), 3) for one in weights), strict=True)),
        clarity=clarity,
        n_answers=len(answers),
        n_decided=int(decided.sum()),
        explained_before=_explained(before[decided], shares[decided]),
        explained_after=_explained(after[decided], shares[decided]),
        loss_before=_mean(surprise_now),
        loss_after=_mean(surprise),
        gain_error=_error_of_mean(surprise_now - surprise),
        loss_error=_error_of_mean(surprise),
    )


def _predicted(better_by: Floats, shares: Floats, current: Floats) -> tuple[Floats, Floats]:
    """Log odds of each answer by ``current`` weights and by fitted ones, from the other answers."""
    before, after = np.zeros(len(shares)), np.zeros(len(shares))
    part = np.arange(len(shares)) % _MOST_PARTS
    for left_out in range(min(len(shares), _MOST_PARTS)):
        tested, rest = part == left_out, part != left_out
        guess, clear = _fit(better_by[rest], shares[rest])
        after[tested] = clear * (better_by[tested] @ guess)
        clear = _clarity(better_by[rest] @ current, shares[rest])
        before[tested] = clear * (better_by[tested] @ current)
    return before, after


def _differences(answers: Sequence[Comparison], names: Sequence[str]) -> Floats:
    """How much smaller A's penalties are than B's, shape (answers, rules)."""
    rows = [[one.b.get(name, 0.0) - one.a.get(name, 0.0) for name in names] for one in answers]
    return np.array(rows).reshape(len(answers), len(names))


def _explained(scores: Floats, shares: Floats) -> int:
    return int(((scores > 0.0) == (shares > 0.5))[scores != 0.0].sum())


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0


def _error_of_mean(values: Floats) -> float:
    return float(np.std(values)) / len(values) ** 0.5 if len(values) else 0.0


def _losses(scores: Floats, shares: Floats) -> Floats:
    """Cross entropy of each answer: ``log(1 + exp(score)) - share * score``."""
    losses: Floats = np.logaddexp(0.0, scores) - shares * scores
    return losses


def _clarity(scores: Floats, shares: Floats) -> float:
    """The factor by which scores become log odds that explain the answers best.

    The square of its logarithm is added to the loss, so that a few answers that agree do not make
    it infinite.
    """
    losses = _losses(_CLARITIES[:, None] * scores, shares).sum(axis=1) + np.log(_CLARITIES) ** 2
    return float(_CLARITIES[int(losses.argmin())])


def _fit(better_by: Floats, shares: Floats) -> tuple[Floats, float]:
    """Weights and clarity with the least loss."""
    clarity = _clarity(better_by.sum(axis=1), shares)
    return _newton(clarity * better_by, shares), clarity


def _newton(slopes: Floats, shares: Floats) -> Floats:
    """Minimise the loss and the ridge by projected Newton steps within the weights' limits.

    The loss is strictly convex, so the minimum is unique. Weights at a limit that the slope pushes
    against stay there (Bertsekas: Projected Newton methods, SIAM J. Control Optim. 20, 1982).
    """
    weights = np.ones(slopes.shape[1])
    for _ in range(_ROUNDS):
        odds = 0.5 + 0.5 * np.tanh(0.5 * slopes @ weights)  # the logistic function, for any size
        slope = slopes.T @ (odds - shares) + RIDGE * (weights - 1.0)
        free = ~((weights <= 0.0) & (slope > 0.0) | (weights >= MOST_WEIGHT) & (slope < 0.0))
        curve = (slopes.T * (odds * (1.0 - odds))) @ slopes + RIDGE * np.eye(len(weights))
        step = np.zeros(len(weights))
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
        moved = _shortened(weights, step, slopes, shares)
        if np.abs(moved - weights).max(initial=0.0) < _EXACT:
            break
        weights = moved
    return weights


def _shortened(weights: Floats, step: Floats, slopes: Floats, shares: Floats) -> Floats:
    """Take the step, halved until the loss does not grow."""
    least = _ridged(weights, slopes, shares)
    for halvings in range(30):
        moved: Floats = np.clip(weights - step / 2**halvings, 0.0, MOST_WEIGHT)
        if _ridged(moved, slopes, shares) <= least:
            return moved
    return weights


def _ridged(weights: Floats, slopes: Floats, shares: Floats) -> float:
    ridge = 0.5 * RIDGE * float(((weights - 1.0) ** 2).sum())
    return float(_losses(slopes @ weights, shares).sum()) + ridge
