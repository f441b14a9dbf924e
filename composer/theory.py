"""Keys, scales and chords: convert names to MIDI numbers, and those to frequencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Mode: TypeAlias = Literal["major", "minor"]

# Semitones above the tonic; minor is the natural minor, so that its seven notes are unambiguous.
SCALES: dict[Mode, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
}

PARALLEL: dict[Mode, Mode] = {"major": "minor", "minor": "major"}

# Scale degrees (0 is the tonic) of four chords; each progression starts on the tonic, which
# therefore dominates.
PROGRESSIONS: dict[Mode, tuple[tuple[int, ...], ...]] = {
    "major": ((0, 4, 5, 3), (0, 3, 4, 0), (0, 5, 3, 4), (0, 3, 0, 4)),
    "minor": ((0, 5, 2, 6), (0, 3, 0, 4), (0, 5, 3, 0), (0, 6, 5, 0)),
}
# Four chords that do not start on the tonic: they stay in the key, but make it hard to detect.
RESTLESS_PROGRESSIONS: dict[Mode, tuple[tuple[int, ...], ...]] = {
    "major": ((5, 3, 0, 4), (3, 4, 2, 5), (1, 4, 0, 5), (3, 0, 4, 5)),
    "minor": ((5, 6, 0, 0), (3, 5, 0, 6), (5, 2, 6, 0), (3, 6, 2, 5)),
}

_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}
_MODES: dict[str, Mode] = {"major": "major", "minor": "minor"}

KEY_NAMES: tuple[str, ...] = tuple(
    f"{tonic} {mode}"
    for mode in ("major", "minor")
    for tonic in ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
)


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (pitch class, 0 is C) and a mode."""

    tonic: int
    mode: Mode

    @property
    def pitch_classes(self) -> frozenset[int]:
        """The seven pitch classes of the key."""
        return frozenset((self.tonic + step) % 12 for step in SCALES[self.mode])

    def degree_midi(self, degree: int, *, lowest_midi: int) -> int:
        """MIDI number of a scale degree; degree 0 is the first tonic from ``lowest_midi`` up."""
        octave, step = divmod(degree, 7)
        home = lowest_midi + (self.tonic - lowest_midi) % 12
        return home + 12 * octave + SCALES[self.mode][step]

    def triad(self, degree: int, *, lowest_midi: int) -> tuple[int, ...]:
        """Triad on a scale degree, inverted so that all chords of a song are close together."""
        notes = (self.degree_midi(degree + third, lowest_midi=lowest_midi) for third in (0, 2, 4))
        return tuple(sorted(lowest_midi + (note - lowest_midi) % 12 for note in notes))


def parse_key(name: str) -> Key:
    """Parse a key such as "A minor", "F# major" or "Eb minor"; else raise ``ValueError``."""
    tonic, _, mode = name.partition(" ")
    letter, accidental = tonic[:1], tonic[1:]
    if letter not in _NATURALS or accidental not in _ACCIDENTALS:
        raise ValueError(f"no such tonic: {name!r}")
    if mode not in _MODES:
        raise ValueError(f"no such mode: {name!r}")
    return Key((_NATURALS[letter] + _ACCIDENTALS[accidental]) % 12, _MODES[mode])


def frequency_hz(midi: float) -> float:
    """Frequency in equal temperament, with A4 (69) at 440 Hz."""
    return float(440.0 * 2.0 ** ((midi - 69.0) / 12.0))
