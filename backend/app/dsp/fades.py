"""Fade gains, and crossfades made of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..errors import InvalidAudioError
from .samples import Samples

FadeCurve = Literal["equal_power", "linear"]
Gains = npt.NDArray[np.float32]


@lru_cache(maxsize=8)
def fade_in(n_samples: int, curve: FadeCurve = "equal_power") -> Gains:
    """Compute the gains of a fade-in, one a sample.

    ``equal_power`` follows a quarter sine, ``g = sin(pi/2 * (k + 1/2) / n)``: together with its
    mirror image ``g_in**2 + g_out**2 == 1``, so uncorrelated material keeps its loudness.
    ``linear`` keeps the *amplitude* of identical material, and dips 3 dB on anything else.

    Returns
    -------
    float32, shape (n_samples,), rising from 0 to 1; read-only, since it is shared
    """
    phase = (np.arange(n_samples) + 0.5) / max(n_samples, 1)
    gains = (np.sin(0.5 * np.pi * phase) if curve == "equal_power" else phase).astype(np.float32)
    gains.flags.writeable = False
    return gains


def fade_out(n_samples: int, curve: FadeCurve = "equal_power") -> Gains:
    """Compute the gains of a fade-out: :func:`fade_in` reversed."""
    return fade_in(n_samples, curve)[::-1]


def crossfade(
    outgoing: Samples, incoming: Samples, *, overlap: int, curve: FadeCurve = "equal_power"
) -> Samples:
    """Join two clips with a crossfade.

    Parameters
    ----------
    outgoing, incoming : float32, shape (channels, n_out) and (channels, n_in)
    overlap : length of the blend, in samples; 0 is a hard cut
    curve : see :func:`fade_in`

    Returns
    -------
    float32, shape (channels, n_out + n_in - overlap)

    Raises
    ------
    InvalidAudioError
        If the channel counts differ, or ``overlap`` is negative or longer than either clip.
    """
    if outgoing.shape[0] != incoming.shape[0]:
        raise InvalidAudioError(
            f"The clips have {outgoing.shape[0]} and {incoming.shape[0]} channels."
        )
    shorter = min(outgoing.shape[1], incoming.shape[1])
    if not 0 <= overlap <= shorter:
        raise InvalidAudioError(f"An overlap of {overlap} does not fit clips of {shorter} samples.")
    body_end = outgoing.shape[1] - overlap
    blend = outgoing[:, body_end:] * fade_out(overlap, curve)
    blend += incoming[:, :overlap] * fade_in(overlap, curve)
    return np.concatenate([outgoing[:, :body_end], blend, incoming[:, overlap:]], axis=1)


def blend(outgoing: Samples, incoming: Samples) -> Samples:
    """Crossfade two renderings of the same moment at a constant level.

    For unrelated phases, linear fades would dip by 3 dB; for equal ones, equal-power fades would
    swell by 3 dB. So linear gains ``a`` and ``b`` are divided by ``sqrt(a**2 + b**2 + 2 * a * b *
    correlation)``.
    """
    old, new = outgoing.astype(np.float64), incoming.astype(np.float64)
    energies = float(np.square(old).sum() * np.square(new).sum())
    correlation = max(float((old * new).sum()) / np.sqrt(energies), 0.0) if energies else 1.0
    rising = fade_in(old.shape[1], "linear").astype(np.float64)
    falling = rising[::-1]
    level = np.sqrt(rising**2 + falling**2 + 2 * rising * falling * correlation)
    return np.asarray(((old * falling + new * rising) / level).astype(np.float32))
