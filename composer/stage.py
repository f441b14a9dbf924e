"""Place notes in time and add them to each stem's samples."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from composer import tones
from composer.arrangement import Bar
from composer.clock import Clock
from composer.song import SAMPLE_RATE, STEMS, Samples, SongSpec, StemName
from composer.styles.style import Line, Style

# Timing deviation of human players: 6 ms rms, never over 15 ms (a good session drummer; cf. Räsänen
# et al. 2015, who find fluctuations of this size in a recorded hi-hat).
HUMAN_SIGMA_S, HUMAN_LIMIT_S = 0.006, 0.015
# Note lengths are rounded up to multiples of this, so that equal notes are synthesised once.
LENGTH_GRID = 512


@dataclass(frozen=True, slots=True)
class Strike:
    """A played step of a pattern: when, how hard (0 to 1), and on which step."""

    at: int
    velocity: float
    step: int


def shuffled(beat: float, shuffle: float) -> float:
    """Delay the second half of a beat: with 1 it begins at two thirds, as the last of a triplet."""
    whole, half_at = np.floor(beat), 0.5 + shuffle / 6.0
    return float(whole + np.interp(beat - whole, (0.0, 0.5, 1.0), (0.0, half_at, 1.0)))


@dataclass(slots=True)
class Stage:
    """State that all players share: clock, bars, and stems."""

    spec: SongSpec
    style: Style
    clock: Clock
    bars: tuple[Bar, ...]
    step_s: float
    n_samples: int
    stems: dict[StemName, Samples] = field(default_factory=dict)
    _notes: dict[tuple[str, tuple[int, ...], int], Samples] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stems = {name: np.zeros((2, self.n_samples), dtype=np.float32) for name in STEMS}

    def rng(self, player: str) -> np.random.Generator:
        """A player's own random generator, independent of the others'."""
        return np.random.default_rng([self.spec.seed, zlib.crc32(player.encode())])

    def strikes(self, bar: Bar, pattern: str, rng: np.random.Generator) -> Iterator[Strike]:
        """Return the played steps of a pattern in a bar, in samples."""
        steps, pattern = self.style.steps_per_bar, self._varied(pattern)
        offset = (bar.index * steps) % len(pattern)
        for step, mark in enumerate(pattern[offset : offset + steps]):
            if mark != ".":
                at = self.step_at(bar.index, step, rng)
                yield Strike(at, int(mark) / 9.0 * self._force(rng), step)

    def _force(self, rng: np.random.Generator) -> float:
        """Random gain of a note relative to its written level."""
        spread = self.spec.realism.dynamics
        return float(np.clip(rng.normal(1.0, spread), 0.4, 1.3)) if spread else 1.0

    def _varied(self, pattern: str) -> str:
        """Vary a style's pattern for this song; steps on the beat stay."""
        chance = self.spec.realism.variation
        if not chance:
            return pattern
        rolls = self.rng(pattern).random(len(pattern))
        return "".join(
            mark
            if step % 4 == 0 or roll > chance
            else "3"
            if mark == "." and roll < chance / 3
            else "."
            for step, (mark, roll) in enumerate(zip(pattern, rolls, strict=True))
        )

    def step_at(self, bar: int, step: float, rng: np.random.Generator) -> int:
        """The sample of a step, with the song's swing, shuffle and human timing."""
        swing = self.style.swing if self.spec.swing is None else self.spec.swing
        late = swing if step % 2 == 1 else 0.0
        beat = bar * self.style.beats_per_bar + (step + late) / 4.0
        shuffle = self.style.shuffle if self.spec.shuffle is None else self.spec.shuffle
        time_s = self.clock.time_s(shuffled(beat, shuffle) if shuffle else beat)
        if self.spec.timing == "human":
            stray = rng.normal(0.0, HUMAN_SIGMA_S)
            time_s += float(np.clip(stray, -HUMAN_LIMIT_S, HUMAN_LIMIT_S))
        return max(0, round(time_s * SAMPLE_RATE))

    def sample_at(self, beat: float) -> int:
        """The sample of a fractional beat, counted from the first downbeat."""
        return round(self.clock.time_s(beat) * SAMPLE_RATE)

    def closing_at(self) -> int:
        """The sample of the closing hit: the downbeat after the last bar."""
        return round(self.clock.bar_s(len(self.bars)) * SAMPLE_RATE)

    def length(self, steps: float) -> int:
        """A note's length in samples."""
        return -(-round(steps * self.step_s * SAMPLE_RATE) // LENGTH_GRID) * LENGTH_GRID

    def notes(self, sound: str, midis: tuple[int, ...], n_samples: int) -> Samples:
        """One or more notes at once, synthesised once and cached for the song."""
        wanted = (sound, midis, n_samples)
        if wanted not in self._notes:
            play = tones.sung if sound in tones.VOWELS else tones.tone
            cents = self.spec.realism.tuning_cents
            parts = [play(sound, m, n_samples, tuning_cents=cents) for m in midis]
            self._notes[wanted] = np.add.reduce(parts)
        return self._notes[wanted]

    def line(self, stem: StemName, line: Line, midis: tuple[int, ...], strike: Strike) -> None:
        """Play the notes of a line."""
        sound = self.notes(line.sound, midis, self.length(line.hold))
        self.place(stem, sound, strike.at, line.gain * strike.velocity)

    def place(self, stem: StemName, sound: Samples, at: int, gain: float, pan: float = 0.0) -> None:
        """Add a sound to a stem, cut at the song's end; ``pan`` is -1 (left) to 1 (right)."""
        target = self.stems[stem][:, at : at + sound.shape[-1]]
        sides = np.array([[gain * min(1.0, 1.0 - pan)], [gain * min(1.0, 1.0 + pan)]], np.float32)
        target += sides * sound[..., : target.shape[1]]
