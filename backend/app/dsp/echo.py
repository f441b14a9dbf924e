"""Compute a DJ's echo: repeats of a sound, each softer and duller."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..errors import InvalidAudioError
from .fades import fade_in
from .samples import SAMPLE_RATE, Samples

# the sound sent to the echo is faded at both ends: 5 ms, no click and still sharp
EDGE = round(0.005 * SAMPLE_RATE)
FLOOR = 1e-3  # -60 dB: softer repeats are left out
MAX_FEEDBACK = 0.9  # 66 repeats; more would hardly decay

# Each repeat is filtered once more, like a tape delay: 6 dB an octave, so that the fourth has lost
# hi-hats and sub-bass, but words stay intelligible.
THIN_HZ, DULL_HZ = 120.0, 6000.0
Sound = npt.NDArray[np.float64]  # double precision for repeated filtering

_RING = 4096  # samples that the filters ring after a repeat: 93 ms, down to -120 dB


def echo_tail(sent: Samples, delay: int, feedback: float, start: int, end: int) -> Samples:
    """Compute a part of the echo of a sound that ends at time 0.

    Repeat ``k`` is filtered ``k`` times and ``k * delay`` late:

        tail[t] = sum(feedback**k * repeat_k[t - k * delay + len(sent)], k = 1, 2, ...)

    Any part is bit for bit that part of the whole.

    Parameters
    ----------
    sent : float32, shape (channels, n): the end of the sound
    delay : from one repeat to the next, in samples
    feedback : gain from one repeat to the next, above 0, at most ``MAX_FEEDBACK``
    start, end : the part, in samples; not negative

    Returns
    -------
    float32, shape (channels, end - start)

    Raises
    ------
    InvalidAudioError
        If ``delay`` or ``feedback`` is out of range.
    """
    if delay < 1 or not 0.0 < feedback <= MAX_FEEDBACK:
        raise InvalidAudioError(f"Invalid echo: delay {delay} samples, feedback {feedback:g}.")
    tail = np.zeros((sent.shape[0], max(end - start, 0)))
    repeat = _faded_ends(sent)
    for number in range(1, repeats(feedback) + 1):
        begins = number * delay - sent.shape[1]
        if begins >= end:
            break
        repeat = feedback * _duller(repeat)
        _add(tail, repeat, begins - start)
    return tail.astype(np.float32)


def repeats(feedback: float) -> int:
    """Number of repeats until they are 60 dB quieter."""
    return math.ceil(math.log(FLOOR) / math.log(feedback))


def _faded_ends(sent: Samples) -> Sound:
    """Fade both ends of the sound, and pad it so that its filters can ring."""
    sound = np.pad(sent.astype(np.float64), ((0, 0), (0, _RING)))
    edge = min(EDGE, sent.shape[1] // 2)
    sound[:, :edge] *= fade_in(edge)
    sound[:, sent.shape[1] - edge : sent.shape[1]] *= fade_in(edge)[::-1]
    return sound


def _duller(repeat: Sound) -> Sound:
    # takes half a second to load, and not every mix has an echo
    from scipy.signal import butter, sosfilt

    sections = butter(1, (THIN_HZ, DULL_HZ), "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(sosfilt(sections, repeat, axis=-1))


def _add(tail: Sound, repeat: Sound, at: int) -> None:
    """Add ``repeat`` to the overlapping part of ``tail``; ``at`` may be negative."""
    first, last = max(at, 0), min(at + repeat.shape[1], tail.shape[1])
    if first < last:
        tail[:, first:last] += repeat[:, first - at : last - at]
