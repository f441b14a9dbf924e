"""Detect vocals in the mix, without stems and without a neural network.

A logistic regression weighs eight features of the stereo centre, each over 2.5 s. A lead instrument
that glides and trembles like a voice is detected as vocals, wrongly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...contract.analysis import Stretch
from ..spectral_peaks import Floats
from ..stereo_centre import CENTRE_RATE, Centre

SPAN = 54  # frames, 2.5 s: a few words
LONGEST_GAP_S = 1.0  # a breath: a shorter gap counts as vocals, since no join fits into it
SHORTEST_S = 0.5

# Fitted to composed songs with known vocals, and to recordings of instrumental music with
# synthesised singing and speech mixed in at -4 to +2 dB; each also in near mono.
WEIGHTS = np.array([17.5, -9.7, -3.5, 24.7, 14.1, 8.1, 1.8, 2.3])
BIAS = -27.8
GLIDED, LEAST_GLIDED = 4, 0.05
"""Least glide of a voice: of the vocal frames to which the weights were fitted, 99.5 % have twice
as much."""
# Vocals have odds over 3 to 7 throughout, and over 9 to 1 somewhere: this hysteresis halves the
# false positives in instrumentals and misses few vocals.
NOT_UNLIKELY, SURE = float(np.log(3 / 7)), float(np.log(9))


def find_vocals(centre: Centre) -> list[Stretch]:
    """Find the stretches with vocals, breaths included."""
    if not len(centre.tones):
        return []
    features = vocal_features(centre)
    odds = np.where(features[:, GLIDED] < LEAST_GLIDED, -np.inf, features @ WEIGHTS + BIAS)
    likely = np.concatenate([[0], (odds > NOT_UNLIKELY).astype(np.int8), [0]])
    stretches: list[Stretch] = []
    for first, last in np.flatnonzero(np.diff(likely)).reshape(-1, 2):
        if odds[first:last].max() > SURE:
            _append(stretches, float(first / CENTRE_RATE), float(last / CENTRE_RATE))
    return [stretch for stretch in stretches if stretch.end_s - stretch.start_s >= SHORTEST_S]


def _append(stretches: list[Stretch], start_s: float, end_s: float) -> None:
    """Add a stretch of vocals; after a short gap, merge it with the last one."""
    if stretches and start_s - stretches[-1].end_s < LONGEST_GAP_S:
        start_s = stretches.pop().start_s
    stretches.append(Stretch(start_s=start_s, end_s=end_s))


def vocal_features(centre: Centre) -> Floats:
    """Compute the features of vocals, ``(n_frames, 8)``, each over :data:`SPAN` frames.

    0. centred share of the tones;
    1. the same times its 20th percentile over the track: little evidence if everything is centred;
    2. share of the centred tones above 1 kHz;
    3. share of the centred tones that continue from frame to frame;
    4. how far those glide together, in 20 cents a frame;
    5. power of the centre, in decades relative to the track's loudest frames;
    6., 7. variation of its colour (the balance of the formant bands) and of its level: words vary
       both four or five times a second.
    """
    power = centre.formants.sum(axis=1, dtype=np.float64)
    loudest = float(np.percentile(centre.power, 95)) + 1e-6
    centred = _mean(centre.centred) / (_mean(centre.tones) + 0.05)
    followed = _mean(centre.followed)
    colour = np.log(centre.formants + 1e-3 * np.percentile(power, 95) + 1e-6)
    colour -= colour.mean(axis=1, keepdims=True)
    return np.column_stack(
        [
            centred,
            centred * np.percentile(centred, 20),
            _mean(centre.high) / (_mean(centre.centred) + 0.05),
            followed / (_mean(centre.centred) + 0.05),
            _mean(centre.glided) / (followed + 0.05) / 20.0,
            np.log10(_mean(power) / loudest + 1e-4),
            np.mean([_deviation(column) for column in colour.T], axis=0),
            _deviation(np.log(power + 1e-3 * loudest)),
        ]
    )


def _mean(values: npt.NDArray[np.float32] | Floats) -> Floats:
    """Average over :data:`SPAN` frames around each; silence is assumed past the ends."""
    total = np.cumsum(np.pad(values.astype(np.float64), (SPAN // 2 + 1, SPAN // 2)))
    return np.asarray((total[SPAN:] - total[:-SPAN]) / SPAN)[: len(values)]


def _deviation(values: Floats) -> Floats:
    return np.sqrt(np.maximum(_mean(values * values) - _mean(values) ** 2, 0.0))
