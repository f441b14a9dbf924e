"""The chain that a mashup goes through before it is mastered: what its vibe sounds like.

Shelves, then the compressor, then the room, sent off what came out of it, then the width. A stage
that would change nothing is left out, so a treatment of nothing hands on the very samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np

from ..dj.vibes import VibeTreatment
from ..dsp.compressor import Compressor
from ..dsp.filters import HighShelfFilter, LowShelfFilter
from ..dsp.reverb import Reverb
from ..dsp.samples import Samples
from ..dsp.width import Width

BUS_LUFS = -20.0
"""How loud the mix comes into the chain. Peaks of music lie up to 20 dB over its loudness, so they
have room here, and the compressor's threshold is where the treatment says."""

SMALLEST_S, LARGEST_S = 0.4, 3.2
"""Decay times of a room of size 0, a booth, and of size 1, a hall."""

MONO_BELOW_HZ = 110.0
"""Two octaves and a half over the lowest note of a bass: clubs play what lies below in mono, and
records are cut so."""


class Stage(Protocol):
    """Part of the chain: takes the next block, in any blocking."""

    def process(self, block: Samples) -> Samples:
        """What comes out, float32 ``(2, n)``."""
        ...


class Master:
    """The chain of a treatment, fed with a mix at ``BUS_LUFS``, once, in order.

    Attributes
    ----------
    space_share : of the power that has come out so far, what is room and not source
    """

    def __init__(self, treatment: VibeTreatment) -> None:
        self._before = _before_the_room(treatment)
        self._room = Reverb(decay_s(treatment)) if treatment.wet > 0.0 else None
        self._wet = np.float32(treatment.wet)
        self._after = [_width(treatment)] if treatment.width != 1.0 else []
        self._dry_power = self._wet_power = 0.0

    @property
    def space_share(self) -> float:
        """How much of what has come out is room."""
        total = self._dry_power + self._wet_power
        return self._wet_power / total if total > 0.0 else 0.0

    def play(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Yield what becomes of the blocks, each as long as it came."""
        for block in blocks:
            yield self.process(block)

    def process(self, block: Samples) -> Samples:
        """What becomes of the next block, float32 ``(2, n)``."""
        for stage in self._before:
            block = stage.process(block)
        if self._room is not None:
            block = self._with_room(block, self._wet * self._room.process(block))
        for stage in self._after:
            block = stage.process(block)
        return block

    def _with_room(self, dry: Samples, wet: Samples) -> Samples:
        self._dry_power += float(np.square(dry, dtype=np.float64).sum())
        self._wet_power += float(np.square(wet, dtype=np.float64).sum())
        return dry + wet


def decay_s(treatment: VibeTreatment) -> float:
    """How long the treatment's room rings; sizes go evenly through what is heard as doubling."""
    return float(SMALLEST_S * (LARGEST_S / SMALLEST_S) ** treatment.room_size)


def _before_the_room(treatment: VibeTreatment) -> list[Stage]:
    stages: list[Stage] = []
    if treatment.low_shelf_db:
        stages.append(LowShelfFilter(treatment.low_shelf_hz, treatment.low_shelf_db))
    if treatment.high_shelf_db:
        stages.append(HighShelfFilter(treatment.high_shelf_hz, treatment.high_shelf_db))
    if treatment.ratio != 1.0:
        stages.append(
            Compressor(
                BUS_LUFS + treatment.threshold_db,
                treatment.ratio,
                attack_s=treatment.attack_ms / 1000.0,
                release_s=treatment.release_ms / 1000.0,
            )
        )
    return stages


def _width(treatment: VibeTreatment) -> Stage:
    return Width(treatment.width, mono_below_hz=MONO_BELOW_HZ)
