"""Apply a clip's effects: filters with automation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ...dj.timeline import Effect
from ...dsp.filters import (
    HighPassFilter,
    HighShelfFilter,
    LowPassFilter,
    LowShelfFilter,
    SweptFilter,
    sweep,
)
from ...dsp.samples import Samples, gain_of_db
from ...errors import InvalidTimeline

Line = npt.NDArray[np.float32]


class Filter(Protocol):
    """A filter or effect of ``dsp`` that takes blocks of any size in order."""

    def process(self, block: Samples) -> Samples:
        """Process the next block, float32 ``(2, n)``."""
        ...


class EffectChain:
    """A clip's effects in series, fed with the clip's sound in order.

    Each filter starts at its effect's first sample: to get a stretch as in the whole, feed the
    chain from :func:`replayed_from` on.
    """

    def __init__(self, effects: Sequence[Effect]) -> None:
        self._effects = effects
        # filters of the effects that have begun, by their index
        self._filters: dict[int, Filter] = {}
        self._fed_to: int | None = None

    def is_fed_to(self, at: int) -> bool:
        """Whether the chain can continue at a sample of the mix without a replay."""
        return self._fed_to == at or not self._effects

    def rewind(self) -> None:
        """Reset every filter to its start."""
        self._filters.clear()

    def apply(self, block: Samples, start: int) -> None:
        """Filter the next block in place, float32 ``(2, n)``; it begins at ``start``."""
        for place, effect in enumerate(self._effects):
            begin, stop = max(start, effect.start), min(start + block.shape[1], effect.end)
            if begin >= stop:
                continue
            if place not in self._filters:
                self._filters[place] = make_filter(effect)
            part = block[:, begin - start : stop - start]
            wet = self._filters[place].process(part)
            part += (wet - part) * line_over(effect.shares, begin, stop)
        self._fed_to = start + block.shape[1]


def replayed_from(effects: Sequence[Effect], at: int) -> int:
    """The sample from which to feed a chain, so that ``at`` sounds as in the whole.

    A running effect depends on all sound since it began, which may pass through an effect that
    began earlier. A level has no memory.
    """
    filters = [effect for effect in effects if effect.kind != "level"]
    while earlier := [effect.start for effect in filters if effect.start < at < effect.end]:
        at = min(earlier)
    return at


def line_over(line: Sequence[tuple[int, float]], start: int, end: int) -> Line:
    """Read an automation line at each sample of ``[start, end)``.

    A sample covers the time to the next one, so the line is read in its middle. Each value depends
    on its own sample alone.
    """
    at, values = zip(*line, strict=True)
    return np.asarray(np.interp(np.arange(start, end) + 0.5, at, values).astype(np.float32))


def make_filter(effect: Effect) -> Filter:
    """Create the filter of an effect; raise :class:`InvalidTimeline` if a shelf should sweep."""
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
    """A plain gain with the methods of a filter."""

    def __init__(self, gain_db: float) -> None:
        self._gain = np.float32(gain_of_db(gain_db))

    def process(self, block: Samples) -> Samples:
        return block * self._gain
