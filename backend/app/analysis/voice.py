"""Where somebody sings or speaks, told from the mix alone.

No voice is separated and no network asked: a few figures of the sound in the centre, each over
2.5 s, are weighed up. They tell a voice over a band from the band alone, and are taken in by a lead
that slides and trembles as a voice does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..contract.analysis import Stretch
from .centre import CENTRE_RATE, Centre
from .tones import Tones

Floats = npt.NDArray[np.float64]

SPAN = 54  # frames, 2.5 s: some words
LONGEST_GAP_S = 1.0  # a breath; a join that has no room for it has none for the voice either
SHORTEST_S = 0.5

# A logistic regression. Fitted to composed songs whose voices are known, and to recordings of
# instrumental music with synthesised singing and speech mixed in at -4 to +2 dB; all of them as
# they are, and once more as good as mono.
WEIGHTS = np.array([17.5, -9.7, -3.5, 24.7, 14.1, 8.1, 1.8, 2.3])
BIAS = -27.8
GLIDED, LEAST_GLIDED = 4, 0.05
"""A sound that holds its pitch stiller than this is no voice, however central: of the frames with
voices that the weights were fitted to, 99.5 % have twice as much."""
# A stretch lasts as long as a voice is not unlikely (odds of 3 to 7), and must come to odds of 9 to
# 1 within: it halves what is taken for a voice in instrumentals, and costs few voices.
NOT_UNLIKELY, SURE = float(np.log(3 / 7)), float(np.log(9))


def vocals_of(tones: Tones) -> list[Stretch]:
    """The stretches with a voice; breaths within are part of them."""
    if not len(tones.centre.tones):
        return []
    figures = voice_figures(tones.centre)
    odds = np.where(figures[:, GLIDED] < LEAST_GLIDED, -np.inf, figures @ WEIGHTS + BIAS)
    likely = np.concatenate([[0], (odds > NOT_UNLIKELY).astype(np.int8), [0]])
    stretches: list[Stretch] = []
    for first, last in np.flatnonzero(np.diff(likely)).reshape(-1, 2):
        if odds[first:last].max() > SURE:
            _append(stretches, float(first / CENTRE_RATE), float(last / CENTRE_RATE))
    return [stretch for stretch in stretches if stretch.end_s - stretch.start_s >= SHORTEST_S]


def _append(stretches: list[Stretch], start_s: float, end_s: float) -> None:
    """Add a stretch; what follows closely is one with the one before."""
    if stretches and start_s - stretches[-1].end_s < LONGEST_GAP_S:
        start_s = stretches.pop().start_s
    stretches.append(Stretch(start_s=start_s, end_s=end_s))


def voice_figures(centre: Centre) -> Floats:
    """What speaks for a voice, ``(n_frames, 8)``, each over :data:`SPAN` frames.

    The share of the tones that is centred; the same times that of the track's least centred fifth,
    for it says little where everything is; of the centred ones, how much lies above 1 kHz; how much
    goes on from frame to frame; how far that glides together, in 20 cents a frame; the power of
    the centre, in decades against the track's loudest frames; and how much its colour (the balance
    of the formant bands) and its level change: words do both, four or five times a second.
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
    """The mean over :data:`SPAN` frames round each; silence lies past the ends."""
    total = np.cumsum(np.pad(values.astype(np.float64), (SPAN // 2 + 1, SPAN // 2)))
    return np.asarray((total[SPAN:] - total[:-SPAN]) / SPAN)[: len(values)]


def _deviation(values: Floats) -> Floats:
    return np.sqrt(np.maximum(_mean(values * values) - _mean(values) ** 2, 0.0))
