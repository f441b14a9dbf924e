"""Confidence in beats and bars: how often grids like this one are right.

The cues' votes give a probability of beats against off-beats, and of each beginning of bars. What
they cannot know is measured on songs with known beats, composed and real: whether there is such a
pulse at all, and how much the votes of all bars repeat each other.
``python -m bench.bars.fit_confidence`` fits the constants, and prints how well they hold for genres
and artists that were left out.
"""

from __future__ import annotations

import numpy as np

PULSE_SLOPE, PULSE_BIAS = 1.51, 1.24
BAR_SLOPE, BAR_BIAS = 0.94, -0.87
CLEAREST_PULSE = 2.5  # stronger pulses are not more often right
LEAST_METRE_MARGIN, UNKNOWN_METRE = 0.17, 0.3
"""Bars found by less than this margin may be of another metre, such as 7/8: the confidence in them
is then at most the second value, hardly above chance."""
MOST_LOGIT = 6.0  # odds are limited to 400 to 1


def beat_confidence(on_beat: float, pulse_strength: float) -> float:
    """Return the probability that the beats of a part are right.

    Parameters
    ----------
    on_beat : probability of the beats against those halfway between, from the cues' votes
    pulse_strength : accents on the pulse's parts relative to the mean; 1 is chance
    """
    return on_beat * probability(PULSE_SLOPE * pulse_feature(pulse_strength) + PULSE_BIAS)


def bar_confidence(on_bar: float, beats: float, metre_margin: float) -> float:
    """Return the probability that the bars of a part are right; at most that of its beats.

    Parameters
    ----------
    on_bar : probability of the bars from the cues' votes
    beats : confidence in the beats
    metre_margin : margin of the search for the metre over the whole track
    """
    most = beats if metre_margin > LEAST_METRE_MARGIN else min(beats, UNKNOWN_METRE)
    return min(probability(BAR_SLOPE * logit(on_bar) + BAR_BIAS), most)


def pulse_feature(strength: float) -> float:
    """Return how far the pulse exceeds chance, limited to ``CLEAREST_PULSE``."""
    return min(strength, CLEAREST_PULSE) - 1.0


def logit(share: float) -> float:
    """Return the log odds of a probability, limited to ``MOST_LOGIT``."""
    odds = float(np.log(max(share, 1e-9)) - np.log(max(1.0 - share, 1e-9)))
    return float(np.clip(odds, -MOST_LOGIT, MOST_LOGIT))


def probability(odds: float) -> float:
    """Return the probability of log odds."""
    return float(1.0 / (1.0 + np.exp(-odds)))
