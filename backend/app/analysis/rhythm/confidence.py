"""Confidence in beats and bars: how often grids like this one are right.

The cues' votes give a probability of beats against off-beats, and a lead of the bars over others.
What they cannot know is measured on songs with known beats, composed and real: whether there is
such a pulse at all, and how often bars with such a lead are right.
``python -m bench.bars.fit_confidence`` fits the constants, and prints how well they hold for genres
and artists that were left out.
"""

from __future__ import annotations

import numpy as np

PULSE_SLOPE, PULSE_BIAS = 1.51, 1.24
BAR_SLOPE, BAR_BIAS = 0.71, 1.19
MOST_LEAD = 3.0  # nats; bars of a larger lead are not more often right
UNKNOWN_TEMPO = 0.45
"""Most confidence in slow beats at whose tempo no bars are clear. Of eight such songs, composed and
real, all were heard at half their tempo or beside the beat."""
CLEAREST_PULSE = 2.5  # stronger pulses are not more often right
LEAST_METRE_MARGIN, UNKNOWN_METRE = 0.17, 0.3
"""Bars found by less than this margin may be of another metre, such as 7/8: the confidence in them
is then at most the second value, hardly above chance."""


def beat_confidence(
    on_beat: float, pulse_strength: float, *, half_the_tempo: bool = False
) -> float:
    """Return the probability that the beats of a part are right.

    Parameters
    ----------
    on_beat : probability of the beats against those halfway between, from the cues' votes
    pulse_strength : accents on the pulse's parts relative to the mean; 1 is chance
    half_the_tempo : whether the tempo may be twice as fast
    """
    most = UNKNOWN_TEMPO if half_the_tempo else 1.0
    return min(
        most, on_beat * probability(PULSE_SLOPE * pulse_feature(pulse_strength) + PULSE_BIAS)
    )


def bar_confidence(on_bar: float, lead: float, beats: float, metre_margin: float) -> float:
    """Return the probability that the bars of a part are right; at most that of its beats.

    Parameters
    ----------
    on_bar : probability of the bars from the cues' votes; bars are at most so likely
    lead : lead of the bars in nats, see :meth:`.bar_path.BarPath.lead_without_best_cue`
    beats : confidence in the beats
    metre_margin : margin of the search for the metre over the whole track
    """
    most = beats if metre_margin > LEAST_METRE_MARGIN else min(beats, UNKNOWN_METRE)
    return min(on_bar, probability(BAR_SLOPE * lead_feature(lead) + BAR_BIAS), most)


def pulse_feature(strength: float) -> float:
    """Return how far the pulse exceeds chance, limited to ``CLEAREST_PULSE``."""
    return min(strength, CLEAREST_PULSE) - 1.0


def lead_feature(lead: float) -> float:
    """Return a lead of bars, limited to ``MOST_LEAD`` both ways."""
    return float(np.clip(lead, -MOST_LEAD, MOST_LEAD))


def probability(odds: float) -> float:
    """Return the probability of log odds."""
    return float(1.0 / (1.0 + np.exp(-odds)))
