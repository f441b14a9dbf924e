"""The composer's input (specs) and output (songs and the truth about them)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from composer.theory import parse_key

Samples: TypeAlias = npt.NDArray[np.float32]
Times: TypeAlias = npt.NDArray[np.float64]
Curve: TypeAlias = npt.NDArray[np.float64]
StyleName: TypeAlias = Literal["house", "techno", "hiphop", "dnb", "pop", "ballad", "waltz"]
StemName: TypeAlias = Literal["drums", "bass", "other", "vocals"]
Timing: TypeAlias = Literal["exact", "human"]

SAMPLE_RATE = 44_100
STEMS: tuple[StemName, ...] = ("drums", "bass", "other", "vocals")


@dataclass(frozen=True, slots=True)
class TempoChange:
    """A new tempo, ``tempo_bpm``, from the downbeat of bar ``bar`` on (0 is the first)."""

    bar: int
    tempo_bpm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Realism:
    """Imperfections of recorded songs; none by default."""

    tuning_cents: float = 0.0  # offset of every note
    room: float = 0.0  # level of the reverberation; 1 is as loud as the dry sound
    hiss_db: float | None = None  # level of a steady noise, relative to the drums
    drums_db: float = 0.0  # makes the drums louder or softer
    kit_octaves: float = 0.0  # how much the drums' sizes differ from song to song
    dynamics: float = 0.0  # how much the force of notes varies
    variation: float = 0.0  # how likely a pattern is to lose or gain a note off the beat
    restless: bool = False  # loud parts avoid the tonic
    pickup: bool = False  # three sixteenths lead into the first downbeat


@dataclass(frozen=True, slots=True, kw_only=True)
class SongSpec:
    """A song to compose; missing values follow from style and seed."""

    style: StyleName = "house"
    tempo_bpm: float | None = None
    key: str | None = None
    seed: int = 0
    duration_s: float | None = None  # fixes the length exactly
    bars: int | None = None  # fixes the number of bars instead; the last chord rings out
    title: str = ""
    artist: str = ""
    timing: Timing = "exact"  # "human" players deviate from the stated beats by some milliseconds
    drift: float = 0.0  # how far the tempo varies, as a fraction: 0.03 is 3 %
    tempo_change: TempoChange | None = None
    lead_in_s: float | None = None
    swing: float | None = None
    realism: Realism = Realism()

    def __post_init__(self) -> None:
        if self.duration_s is not None and self.bars is not None:
            raise ValueError("give duration_s or bars, not both")
        if self.tempo_bpm is not None and not 40.0 <= self.tempo_bpm <= 220.0:
            raise ValueError("tempo_bpm must lie between 40 and 220")
        if self.key is not None:
            parse_key(self.key)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the song; ``energy`` is 0 with no instruments, 1 with all."""

    name: str
    start_s: float
    end_s: float
    start_bar: int
    bars: int
    energy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A composed song and the truth about it; all times in seconds from the first sample.

    ``samples`` is the sum of ``stems``, shape (2, n). ``beats`` and ``downbeats`` end with the
    closing hit, on which the section named "end" begins. ``onsets`` holds the drum hits by name.
    """

    title: str
    artist: str
    style: StyleName
    seed: int
    samples: Samples
    stems: Mapping[StemName, Samples]
    beats: Times
    downbeats: Times
    phrases: Times
    sections: tuple[Section, ...]
    onsets: Mapping[str, Times]
    key: str
    tempo_bpm: float
    beats_per_bar: int
    sample_rate: int = SAMPLE_RATE

    @property
    def duration_s(self) -> float:
        """Return the song's length in seconds."""
        return float(self.samples.shape[1] / self.sample_rate)
