"""The properties of a style: tempo, form, and each instrument's pattern.

Patterns have one character for each step, four steps to the beat; a digit is how hard the step is
played (9 is hardest), a dot is a rest. A pattern of two bars is twice as long. A drum may have
several patterns: the player "kick:half" plays the kick in the parts of the form that name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from composer.song import StemName


@dataclass(frozen=True, slots=True)
class FormPart:
    """A part of the form: its share of the bars, its energy, and its instruments."""

    name: str
    weight: int
    energy: float
    players: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """What one instrument plays in every bar, and its sound."""

    pattern: str
    sound: str
    hold: float  # a note's length in steps
    gain: float  # before the stems are balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """All properties of a style."""

    tempo_bpm: tuple[float, float]
    beats_per_bar: int = 4
    swing: float = 0.0
    shuffle: float = 0.0
    pump: float = 0.0
    drums: tuple[tuple[str, str], ...]
    bass: Line
    chords: Line
    pad: Line
    arp: Line
    voice: str
    form: tuple[FormPart, ...]
    drum_db: Mapping[str, float] = field(default_factory=dict)  # louder or softer drums
    stem_db: Mapping[StemName, float] = field(default_factory=dict)  # after balancing

    @property
    def steps_per_bar(self) -> int:
        """Number of steps in a bar: four for each beat."""
        return 4 * self.beats_per_bar


def part(name: str, weight: int, energy: float, players: str) -> FormPart:
    """Make a part of a form from the names of its players, separated by spaces."""
    return FormPart(name, weight, energy, frozenset(players.split()))
