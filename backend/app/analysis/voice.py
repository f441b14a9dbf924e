"""Where somebody sings or speaks, told from the mix alone.

No voice is separated and no network asked: seven figures of the sound in the centre, each over
2.5 s, are weighed up. They tell a tuned voice over a band from the band alone, and are taken in by
a lead that slides and trembles as a voice does.
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

# A logistic regression, fitted to composed songs whose voices are known and to recordings of
# instrumental music with synthesised singing and speech mixed in at -4 to +2 dB.
WEIGHTS = np.array([9.2, -6.6, 25.8, 11.2, 7.4, 2.6, 2.9])
BIAS = -26.1


def vocals_of(tones: Tones) -> list[Stretch]:
    """The stretches with a voice; breaths within are part of them."""
    if not len(tones.centre.tones):
        return []
    heard = voice_figures(tones.centre) @ WEIGHTS + BIAS > 0.0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], heard.astype(np.int8), [0]])))
    stretches: list[Stretch] = []
    for first, last in edges.reshape(-1, 2) / CENTRE_RATE:
        if stretches and first - stretches[-1].end_s < LONGEST_GAP_S:
            stretches[-1] = Stretch(start_s=stretches[-1].start_s, end_s=last)
        else:
            stretches.append(Stretch(start_s=first, end_s=last))
    return [stretch for stretch in stretches if stretch.end_s - stretch.start_s >= SHORTEST_S]


def voice_figures(centre: Centre) -> Floats:
    """What speaks for a voice, ``(n_frames, 7)``, each over :data:`SPAN` frames.

    The share of the tones that is centred; of these, above 1 kHz; going on from frame to frame;
    how far they glide together, in 20 cents a frame; the power of the centre, in decades against
    the track's loudest frames; how much its colour (the balance of the formant bands) and its
    level change: words do both, four or five times a second.
    """
    power = centre.formants.sum(axis=1, dtype=np.float64)
    loudest = float(np.percentile(centre.power, 95)) + 1e-6
    followed = _mean(centre.followed)
    colour = np.log(centre.formants + 1e-3 * np.percentile(power, 95) + 1e-6)
    colour -= colour.mean(axis=1, keepdims=True)
    return np.column_stack(
        [
            _mean(centre.centred) / (_mean(centre.tones) + 0.05),
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
