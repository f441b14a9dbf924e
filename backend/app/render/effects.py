"""Filters over a clip, as a timeline asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..dj.timeline import Effect
from ..dsp.filters import (
    HighPassFilter,
    HighShelfFilter,
    LowPassFilter,
    LowShelfFilter,
    SweptFilter,
    sweep,
)
from ..dsp.samples import Samples, gain_of_db
from ..errors import InvalidTimeline

Shares = npt.NDArray[np.float32]


class _Filter(Protocol):
    """What every filter of ``dsp.filters`` can: take the next block, in any blocking."""

    def process(self, block: Samples) -> Samples: ...


class EffectChain:
    """The effects of a clip, one after the other, fed with its sound in order.

    Each filter runs from its effect's first sample, whoever asks for what: :func:`replayed_from`
    says from where the chain has to be fed for a stretch to come out as in the whole.
    """

    def __init__(self, effects: Sequence[Effect]) -> None:
        self._running = [_Running(effect) for effect in effects]
        self._fed_to: int | None = None

    def is_fed_to(self, at: int) -> bool:
        """Whether the chain can go on at this sample of the mix without a replay."""
        return self._fed_to == at or not self._running

    def rewind(self) -> None:
        """Put every filter at rest."""
        for running in self._running:
            running.rewind()

    def apply(self, block: Samples, start: int) -> None:
        """Filter the next block in place, float32 ``(2, n)``, which sounds at ``start``."""
        for running in self._running:
            running.apply(block, start)
        self._fed_to = start + block.shape[1]


def replayed_from(effects: Sequence[Effect], at: int) -> int:
    """The first sample that a chain must be fed with for ``at`` to come out as in the whole.

    An effect in the middle of which ``at`` lies has heard everything since it began, and what it
    heard may have come from an effect that had begun before. A level remembers nothing.
    """
    filters = [effect for effect in effects if effect.kind != "level"]
    while earlier := [effect.start for effect in filters if effect.start < at < effect.end]:
        at = min(earlier)
    return at


def shares_over(effect: Effect, start: int, end: int) -> Shares:
    """How much of the filtered sound is heard at each sample of ``[start, end)``.

    A sample stands for the time to the next one, so the line is read in its middle.

    Returns
    -------
    float32, shape (end - start,), 0 to 1; each value depends on its own sample alone
    """
    at, shares = zip(*effect.shares, strict=True)
    line: Shares = np.interp(np.arange(start, end) + 0.5, at, shares).astype(np.float32)
    return line


def filter_of(effect: Effect) -> _Filter:
    """The effect's filter, at rest.

    Raises
    ------
    InvalidTimeline
        If a shelf is to sweep.
    """
    if effect.to_frequency_hz is not None:
        return _swept(effect, effect.to_frequency_hz)
    match effect.kind:
        case "low_pass":
            return LowPassFilter(effect.frequency_hz)
        case "high_pass":
            return HighPassFilter(effect.frequency_hz)
        case "low_shelf":
            return LowShelfFilter(effect.frequency_hz, effect.gain_db)
        case "high_shelf":
            return HighShelfFilter(effect.frequency_hz, effect.gain_db)
        case "level":
            return _Level(effect.gain_db)


def _swept(effect: Effect, to_hz: float) -> SweptFilter:
    if effect.kind not in ("low_pass", "high_pass"):
        raise InvalidTimeline("Only a low-pass or a high-pass can sweep.")
    begin, end = (at - effect.start for at in (effect.shares[0][0], effect.shares[-1][0]))
    return SweptFilter(effect.kind, sweep(effect.frequency_hz, to_hz, begin=begin, end=end))


class _Level:
    """A plain gain, where others filter."""

    def __init__(self, gain_db: float) -> None:
        self._gain = np.float32(gain_of_db(gain_db))

    def process(self, block: Samples) -> Samples:
        return block * self._gain


class _Running:
    """One effect, and its filter while it runs."""

    def __init__(self, effect: Effect) -> None:
        self._effect = effect
        self._filter: _Filter | None = None

    def rewind(self) -> None:
        self._filter = None

    def apply(self, block: Samples, start: int) -> None:
        """Let the filtered sound take its share of the block, where the effect has any."""
        begin = max(start, self._effect.start)
        stop = min(start + block.shape[1], self._effect.end)
        if begin >= stop:
            return
        self._filter = self._filter or filter_of(self._effect)
        part = block[:, begin - start : stop - start]
        wet = self._filter.process(part)
        part += (wet - part) * shares_over(self._effect, begin, stop)
