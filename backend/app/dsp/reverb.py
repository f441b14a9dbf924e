"""Reverb with an adjustable decay time.

A feedback delay network after Jot and Chaigne, "Digital delay networks for designing artificial
reverberators", AES Convention 90, 1991: sixteen delay lines whose outputs are mixed by a Hadamard
matrix, which preserves energy, and fed back. A line of ``d`` samples multiplies them by
``10 ** (-3 * d / (decay * rate))`` each time: -60 dB after the decay time. Everything is computed
element by element, so that any blocking gives the same samples.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..errors import InvalidAudioError
from .filters import HighPassFilter, LowPassFilter
from .samples import CHANNELS, SAMPLE_RATE, Samples

# Primes from 23 to 72 ms, so that no two echoes fall together. Together 0.72 s: 0.72 modes a hertz,
# where Schroeder asks for 0.15 for each second of decay ("Natural sounding artificial
# reverberation", JAES 10(3), 1962).
DELAYS = (
    *(1009, 1129, 1237, 1361, 1483, 1613, 1741, 1877),
    *(2011, 2153, 2297, 2459, 2617, 2789, 2969, 3163),
)
LONGEST_S = 8.0

LOW_CUT_HZ = 200.0  # lower frequencies get no reverb, which would make the bass muddy
DULL_HZ = 9000.0  # air and walls absorb the highs in every room
HIGHS_AT_HZ = 8000.0
HIGHS_DECAY = 0.5  # of the decay time, for the highs: an ordinary furnished room

PREDELAY = round(0.02 * SAMPLE_RATE)  # keeps the source in front of its room, without an echo

_LINES = len(DELAYS)
_STEP = min(DELAYS)  # samples too few for any feedback to arrive: they are processed together
# size of the lines' memory; when it is full, the needed part moves to its beginning
_LENGTH = 1 << 15

Lines = npt.NDArray[np.float32]

#: Decay times of a room of size 0, a booth, and of size 1, a hall.
SMALLEST_ROOM_S, LARGEST_ROOM_S = 0.4, 3.2


class Reverb:
    """Reverb of a stream: ``process`` the blocks in order, in blocks of any size.

    Steady noise above ``LOW_CUT_HZ`` returns about as loud as it is sent, for any decay.

    Parameters
    ----------
    decay_s : how long a sound takes to fall by 60 dB; highs take ``HIGHS_DECAY`` of it

    Raises
    ------
    InvalidAudioError
        If the decay is not above 0, or longer than ``LONGEST_S``.
    """

    def __init__(self, decay_s: float) -> None:
        if not 0.0 < decay_s <= LONGEST_S:
            raise InvalidAudioError(
                f"The decay must be above 0 and at most {LONGEST_S:g} s, not {decay_s:g} s."
            )
        self._send = HighPassFilter(LOW_CUT_HZ)
        self._dull = LowPassFilter(DULL_HZ)
        delays = np.array(DELAYS)
        gains = 10.0 ** (-3.0 * delays / (decay_s * SAMPLE_RATE))
        smear = _smear(delays, decay_s)
        self._now = ((1.0 - smear) * gains).astype(np.float32)[:, None]
        self._before = (smear * gains).astype(np.float32)[:, None]
        # The energy that leaves one channel's lines over time: g**2 + g**4 + g**6 + ...
        remaining = float((gains**2).mean())
        self._level = np.float32(math.sqrt((1.0 - remaining) / remaining / (_LINES / CHANNELS)))
        self._lines: Lines = np.zeros((_LINES, _LENGTH), np.float32)
        self._waiting: Samples = np.zeros((CHANNELS, PREDELAY), np.float32)
        self._at = max(DELAYS) + 1

    def process(self, block: Samples) -> Samples:
        """Return the reverb of the next block, float32 ``(2, n)``, without the block itself."""
        sent = np.concatenate([self._waiting, self._send.process(block)], axis=1)
        self._waiting = sent[:, block.shape[1] :].copy()
        wet = np.empty(block.shape, np.float32)
        for start in range(0, block.shape[1], _STEP):
            part = sent[:, start : min(start + _STEP, block.shape[1])]
            wet[:, start : start + part.shape[1]] = self._feed(part)
        return self._dull.process(wet)

    def _feed(self, sent: Samples) -> Samples:
        """Feed at most ``_STEP`` samples into the lines; return the lines' output."""
        n = sent.shape[1]
        if self._at + n > _LENGTH:
            self._move()
        out = np.stack([self._lines[i, self._at - d - 1 : self._at - d + n] for i, d in _NUMBERED])
        faded = out[:, 1:] * self._now + out[:, :-1] * self._before
        turned = mix_lines(faded)
        turned[0::2] += sent[0] * _SIGNS
        turned[1::2] += sent[1] * _SIGNS
        self._lines[:, self._at : self._at + n] = turned
        self._at += n
        faded *= self._level
        return np.stack([_sum(faded[0::2]), _sum(faded[1::2])])

    def _move(self) -> None:
        """Move the samples still needed to the beginning of the lines' memory."""
        needed = max(DELAYS) + 1
        self._lines[:, :needed] = self._lines[:, self._at - needed : self._at].copy()
        self._at = needed


def mix_lines(lines: Lines) -> Lines:
    """Multiply the lines by a Hadamard matrix, scaled to preserve energy.

    Computed by sums and differences of pairs: the rounding of a matrix product would depend on the
    number of samples.
    """
    count = 1
    while count < len(lines):
        pairs = lines.reshape(-1, 2, count, lines.shape[1])
        sums, differences = pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]
        lines = np.stack([sums, differences], axis=1).reshape(lines.shape)
        count *= 2
    return np.asarray(lines * np.float32(1.0 / math.sqrt(len(lines))))


def _smear(delays: npt.NDArray[np.int64], decay_s: float) -> npt.NDArray[np.float64]:
    """Each line's share of the previous sample, so that highs decay faster.

    A filter ``(1 - b) + b / z`` has ``|H|**2 = 1 - 2 * b * (1 - b) * (1 - cos w)``; each line gets
    the ``b`` that attenuates ``HIGHS_AT_HZ`` enough for ``HIGHS_DECAY``.
    """
    turn = 2.0 * math.pi * HIGHS_AT_HZ / SAMPLE_RATE
    extra = 1.0 / (HIGHS_DECAY * decay_s) - 1.0 / decay_s
    power = 10.0 ** (-6.0 * delays / SAMPLE_RATE * extra)
    product = np.minimum((1.0 - power) / (2.0 * (1.0 - math.cos(turn))), 0.25)
    return np.asarray((1.0 - np.sqrt(1.0 - 4.0 * product)) / 2.0)


def _sum(lines: Lines) -> Lines:
    """Add lines one by one: the order in numpy's sum depends on the number of columns."""
    total: Lines = lines[0].copy()
    for line in lines[1:]:
        total += line
    return total


_NUMBERED = tuple(enumerate(DELAYS))
# Two neighbouring lines feed a channel with opposite signs, so that no note is favoured.
_SIGNS = np.array([1, -1, -1, 1, 1, 1, -1, -1], np.float32)[:, None]


def room_decay_s(size: float) -> float:
    """Decay time of a room, which grows exponentially with its size from 0 to 1."""
    return float(SMALLEST_ROOM_S * (LARGEST_ROOM_S / SMALLEST_ROOM_S) ** size)
