"""Fit a conditional logit: of the offsets of a window, the right one has the most evidence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from .windows import BarWindow, Floats


def fit_weights(windows: Sequence[BarWindow], shares: Floats, ridge: float) -> Floats:
    """Maximise the likelihood of the allowed offsets, with a ridge penalty.

    Parameters
    ----------
    windows : examples, of any metres
    shares : weight of each example
    ridge : half of this times the squared weights is subtracted
    """

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.5 * ridge * float(weights @ weights), ridge * weights
        for window, share in zip(windows, shares, strict=True):
            scores = window.evidence @ weights
            every = logsumexp(scores)
            right = logsumexp(scores[window.allowed])
            apart = np.exp(scores - every)
            apart[window.allowed] -= np.exp(scores[window.allowed] - right)
            total += share * float(every - right)
            slope = slope + share * (apart @ window.evidence)
        return total, slope

    start = np.zeros(windows[0].evidence.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B")
    return np.asarray(found.x)
