"""What of a track's sound is kept for telling its key, its parts and its voices."""

from __future__ import annotations

from dataclasses import dataclass

from .centre import Centre, CentreEar
from .mono import EarBlock
from .pitches import Matrix, PitchEar


@dataclass(frozen=True, slots=True)
class Tones:
    """Features of a whole track, some 15 MB an hour.

    Attributes
    ----------
    bass, treble : strength of the tonal peaks by pitch within the octave, float32 ``(n, 60)``,
        ``pitches.PITCH_RATE`` a second
    centre : what stands in the centre, and the power of four bands, ``centre.CENTRE_RATE`` a second
    """

    bass: Matrix
    treble: Matrix
    centre: Centre


class ToneEar:
    """Listens to a stream: ``push`` the blocks in order, then ``finish`` once."""

    def __init__(self) -> None:
        self._pitches, self._centre = PitchEar(), CentreEar()

    def push(self, block: EarBlock) -> None:
        """Take the next block."""
        self._pitches.push(block)
        self._centre.push(block)

    def finish(self) -> Tones:
        """The features of all that was pushed."""
        bass, treble = self._pitches.finish()
        return Tones(bass, treble, self._centre.finish())
