"""Musical keys on the Camelot wheel."""

from __future__ import annotations

from dataclasses import dataclass

_TONICS = {
    "C": 0, "C#": 1, "Db": 1, "D": 2, "D#": 3, "Eb": 3, "E": 4, "F": 5, "F#": 6, "Gb": 6,
    "G": 7, "G#": 8, "Ab": 8, "A": 9, "A#": 10, "Bb": 10, "B": 11,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Camelot:
    """A key's position on the Camelot wheel: ``hour`` 1 to 12, minor inside, major outside."""

    hour: int
    minor: bool

    def __str__(self) -> str:
        return f"{self.hour}{'A' if self.minor else 'B'}"

    def moved(self, semitones: int) -> Camelot:
        """Transpose the key by ``semitones``: each is seven hours on the wheel."""
        return Camelot((self.hour - 1 + 7 * semitones) % 12 + 1, self.minor)

    def distance(self, other: Camelot) -> int:
        """Count the steps between two keys: hours on the wheel, plus one for minor to major."""
        hours = abs(self.hour - other.hour)
        return min(hours, 12 - hours) + (self.minor != other.minor)


def camelot(key: str) -> Camelot:
    """Parse a key such as "Eb major" (5B) or "A minor" (8A).

    Raise ``ValueError`` for any other text.
    """
    tonic, _, mode = key.partition(" ")
    if tonic not in _TONICS or mode not in ("major", "minor"):
        raise ValueError(f"not a key: {key}")
    minor = mode == "minor"
    relative_major = (_TONICS[tonic] + 3 * minor) % 12
    return Camelot((7 * relative_major + 7) % 12 + 1, minor)


def distance_shares() -> tuple[float, ...]:
    """Share of all pairs of keys that are 0, 1, ... 7 steps apart on the wheel.

    The wheel looks the same from every key, so one key is compared with all 24.
    """
    wheel = [Camelot(hour, minor) for minor in (False, True) for hour in range(1, 13)]
    steps = [wheel[0].distance(key) for key in wheel]
    return tuple(steps.count(step) / len(wheel) for step in range(max(steps) + 1))
