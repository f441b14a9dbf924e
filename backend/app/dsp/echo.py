"""What rings on after a DJ's echo: the sound sent into it, again and again, softer and duller."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import InvalidAudioError
from .fades import fade_in
from .samples import SAMPLE_RATE, Samples

EDGE = round(0.005 * SAMPLE_RATE)  # the send is faded in and out: 5 ms, no click and no softness
FLOOR = 1e-3  # -60 dB: repeats below are left out
MAX_FEEDBACK = 0.9  # 66 repeats; more would hardly die

# Each repeat passes both once more, like a tape delay: 6 dB an octave, so that the fourth has lost
# its hats and its sub and still has its words.
THIN_HZ, DULL_HZ = 120.0, 6000.0
Sound: TypeAlias = npt.NDArray[np.float64]  # what goes round many times is kept more precisely

_RING = 4096  # samples that a repeat's filters go on for after its end: 93 ms, past -120 dB


def echo_tail(sent: Samples, delay: int, feedback: float, start: int, end: int) -> Samples:
    """Part of what comes back of a sound after it has stopped.

    Time runs from where the sound stopped: ``sent`` lies before 0, and repeat ``k`` of it, which
    has been filtered ``k`` times, ``k * delay`` later:

        tail[t] = sum(feedback**k * repeat_k[t - k * delay + len(sent)], k = 1, 2, ...)

    Any part is bit for bit that part of the whole.

    Parameters
    ----------
    sent : float32, shape (channels, n): the last that was played
    delay : from one repeat to the next, in samples
    feedback : how loud a repeat is beside the one before, above 0, at most ``MAX_FEEDBACK``
    start, end : which part, in samples; not negative

    Returns
    -------
    float32, shape (channels, end - start)

    Raises
    ------
    InvalidAudioError
        If ``delay`` or ``feedback`` would give no echo, or one without end.
    """
    if delay < 1 or not 0.0 < feedback <= MAX_FEEDBACK:
        raise InvalidAudioError(f"No echo has a delay of {delay} and a feedback of {feedback:g}.")
    tail = np.zeros((sent.shape[0], max(end - start, 0)))
    repeat = _edged(sent)
    for number in range(1, repeats(feedback) + 1):
        begins = number * delay - sent.shape[1]
        if begins >= end:
            break
        repeat = feedback * _duller(repeat)
        _add(tail, repeat, begins - start)
    return tail.astype(np.float32)


def repeats(feedback: float) -> int:
    """How many repeats are heard before they are 60 dB down."""
    return math.ceil(math.log(FLOOR) / math.log(feedback))


def _edged(sent: Samples) -> Sound:
    """The sound with short fades at its ends, and room for its filters to ring."""
    sound = np.pad(sent.astype(np.float64), ((0, 0), (0, _RING)))
    edge = min(EDGE, sent.shape[1] // 2)
    sound[:, :edge] *= fade_in(edge)
    sound[:, sent.shape[1] - edge : sent.shape[1]] *= fade_in(edge)[::-1]
    return sound


def _duller(repeat: Sound) -> Sound:
    from scipy.signal import butter, sosfilt  # half a second to load; not every mix echoes

    sections = butter(1, (THIN_HZ, DULL_HZ), "bandpass", fs=SAMPLE_RATE, output="sos")
    out: Sound = sosfilt(sections, repeat, axis=-1)
    return out


def _add(tail: Sound, repeat: Sound, at: int) -> None:
    """Add what of ``repeat`` falls into ``tail`` when it begins at ``at``, which may lie before."""
    first, last = max(at, 0), min(at + repeat.shape[1], tail.shape[1])
    if first < last:
        tail[:, first:last] += repeat[:, first - at : last - at]
