"""Apply a vibe's effects to a mashup: shelves, compressor, reverb, stereo width.

A stage that would change nothing is left out, so a neutral treatment returns the same samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ..dj.mashup.vibes import VibeTreatment
from ..dsp.compressor import Compressor
from ..dsp.filters import HighShelfFilter, LowShelfFilter
from ..dsp.reverb import Reverb, room_decay_s
from ..dsp.samples import Samples
from ..dsp.width import MONO_BELOW_HZ, Width
from .player.effects import Filter

BUS_LUFS = -20.0
"""Loudness of the mix at the input: leaves headroom for peaks 20 dB above the loudness. The
compressor's threshold is relative to it."""


class VibeEffects:
    """The effects of a vibe, for one mix at ``BUS_LUFS``, processed once and in order."""

    def __init__(self, treatment: VibeTreatment) -> None:
        self._before_reverb = _stages_before_reverb(treatment)
        self._reverb = Reverb(room_decay_s(treatment.room_size)) if treatment.wet > 0.0 else None
        self._wet = np.float32(treatment.wet)
        self._width = (
            Width(treatment.width, mono_below_hz=MONO_BELOW_HZ) if treatment.width != 1.0 else None
        )
        self._dry_power = self._wet_power = 0.0

    @property
    def space_share(self) -> float:
        """Share of reverb in the power of all output so far."""
        total = self._dry_power + self._wet_power
        return self._wet_power / total if total > 0.0 else 0.0

    def play(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Process blocks one by one; each keeps its length."""
        return map(self.process, blocks)

    def process(self, block: Samples) -> Samples:
        """Process the next block, float32 ``(2, n)``."""
        for stage in self._before_reverb:
            block = stage.process(block)
        if self._reverb is not None:
            block = self._add_reverb(block, self._wet * self._reverb.process(block))
        return block if self._width is None else self._width.process(block)

    def _add_reverb(self, dry: Samples, wet: Samples) -> Samples:
        self._dry_power += float(np.square(dry, dtype=np.float64).sum())
        self._wet_power += float(np.square(wet, dtype=np.float64).sum())
        return dry + wet


def _stages_before_reverb(treatment: VibeTreatment) -> list[Filter]:
    stages: list[Filter] = []
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
