"""What is heard in a single sound: where something begins in it, and its pitch over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dsp.samples import Samples
from .mono import ear_blocks
from .onset_picks import StrikeEar, find_onsets
from .onsets import Floats
from .pitch_track import PitchTrack, YinEar

VERSION = 1
"""Raised whenever the same sound would be heard otherwise."""


@dataclass(frozen=True, slots=True)
class HeardSound:
    """What was heard.

    Attributes
    ----------
    onsets_s : where something begins, ascending; the sound's own beginning where nothing else does
    pitch : its pitch over time
    """

    onsets_s: Floats
    pitch: PitchTrack

    @property
    def pitch_hz(self) -> float | None:
        """The middle of its pitch; None where it has none."""
        return self.pitch.median_hz

    @property
    def voiced_share(self) -> float:
        """Of its length, how much has a pitch."""
        return self.pitch.voiced_share


def hear_sound(sound: Samples) -> HeardSound:
    """Listen to a sound, float32 ``(2, n)`` at 44.1 kHz."""
    strikes, pitch = StrikeEar(), YinEar()
    for block in ear_blocks([sound]):
        strikes.push(block)
        pitch.push(block.mid)
    onsets_s = find_onsets(strikes.finish())
    return HeardSound(onsets_s if len(onsets_s) else np.zeros(1), pitch.finish())
