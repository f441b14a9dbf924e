"""Carry grooves over to a grid that a user corrected."""

from __future__ import annotations

import numpy as np

from ...contract.analysis import SLOTS, Groove, Rhythm, Subdivision

_STRAIGHT = 0.07  # eighths this near to the middle of the beat are still eighths half a beat later
_SAME_TEMPO = 0.02
_EXACT = 0.05  # beats: positions this close count as equal


def grooves_on(rhythm: Rhythm, measured: Rhythm, grooves: list[Groove]) -> list[Groove]:
    """Turn each groove's bar to where bars of the corrected grid begin.

    With other beats or another metre there is no groove: its accents would have to be measured
    again.
    """
    if rhythm is measured or not grooves:
        return grooves
    same = abs(rhythm.tempo_bpm / measured.tempo_bpm - 1.0) < _SAME_TEMPO
    if not same or rhythm.beats_per_bar != measured.beats_per_bar or not rhythm.downbeats:
        return []
    return [_turned(groove, _late_beats(groove, rhythm, measured), rhythm) for groove in grooves]


def _late_beats(groove: Groove, rhythm: Rhythm, measured: Rhythm) -> float:
    """How many beats of the measured grid the corrected bars begin late."""
    bars_s = np.asarray(rhythm.beats_s)[rhythm.downbeats]
    at_s = float(bars_s[np.abs(bars_s - groove.start_s).argmin()])
    beat = float(np.interp(at_s, measured.beats_s, np.arange(len(measured.beats_s))))
    before = [bar for bar in measured.downbeats if bar <= beat + _EXACT]
    return beat - (before[-1] if before else measured.downbeats[0])


def _turned(groove: Groove, late_beats: float, rhythm: Rhythm) -> Groove:
    at = np.arange(SLOTS) + late_beats * SLOTS / rhythm.beats_per_bar
    bands = {
        name: np.round(np.interp(at, np.arange(SLOTS), getattr(groove, name), period=SLOTS), 2)
        for name in ("low", "mid", "high")
    }
    halves = 2.0 * late_beats
    on_beat = abs(late_beats - round(late_beats)) < _EXACT
    return groove.model_copy(
        update={
            **{name: values.tolist() for name, values in bands.items()},
            "eighths": groove.eighths if on_beat else _half_later(groove.eighths, halves),
            "sixteenths": groove.sixteenths if abs(halves - round(halves)) < _EXACT else None,
        }
    )


def _half_later(eighths: Subdivision | None, halves: float) -> Subdivision | None:
    """Straight eighths stay where they are if beats move by half a beat; others are lost."""
    straight = eighths is not None and abs(eighths.at - 0.5) < _STRAIGHT
    return eighths if straight and abs(halves - round(halves)) < _EXACT else None
