"""What is asked of the composer, and what it hands back."""

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
    """From the downbeat of bar ``bar`` (0 is the first) on, the song runs at ``tempo_bpm``."""

    bar: int
    tempo_bpm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Realism:
    """What keeps a recorded song from being as clean as a composed one; none of it by default.

    ``tuning_cents`` shifts every note; ``room`` is the level of the reverberation (1: as loud as
    the dry sound); ``hiss_db`` that of a steady noise, against the band; ``drums_db`` sets the
    drums back or forward. ``kit_octaves`` is how far the drums' sizes differ from song to song.
    ``dynamics`` is the deviation of how hard notes are struck; ``variation`` how likely a style's
    pattern is to lose or gain a note off the beat. ``restless`` lets the loud parts circle away
    from the tonic; ``pickup`` plays three sixteenths before the first downbeat.
    """

    tuning_cents: float = 0.0
    room: float = 0.0
    hiss_db: float | None = None
    drums_db: float = 0.0
    kit_octaves: float = 0.0
    dynamics: float = 0.0
    variation: float = 0.0
    restless: bool = False
    pickup: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SongSpec:
    """A song to compose; what is left out follows from the style and the seed.

    ``duration_s`` fixes the length to the sample; ``bars`` fixes the bars and lets the last chord
    ring out. ``timing="human"`` lets players miss the beat by some milliseconds while the beats
    stay where they are stated. ``drift`` is how far the tempo wanders, as a fraction (0.03 = 3 %).
    """

    style: StyleName = "house"
    tempo_bpm: float | None = None
    key: str | None = None
    seed: int = 0
    duration_s: float | None = None
    bars: int | None = None
    title: str = ""
    artist: str = ""
    timing: Timing = "exact"
    drift: float = 0.0
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
    """A part of the song; ``energy`` runs from 0 (nothing) to 1 (everybody plays)."""

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
        """How long the song lasts."""
        return float(self.samples.shape[1] / self.sample_rate)
