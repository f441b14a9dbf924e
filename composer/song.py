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
StyleName: TypeAlias = Literal[
    "house",
    "techno",
    "hiphop",
    "dnb",
    "pop",
    "ballad",
    "waltz",
    "breakbeat",
    "twostep",
    "dembow",
    "halftime",
    "halfverse",
    "offbeat",
    "ska",
    "onedrop",
    "brushes",
    "five",
    "seven",
    "chamber",
]
StemName: TypeAlias = Literal["drums", "bass", "other", "vocals"]
Timing: TypeAlias = Literal["exact", "human"]

SAMPLE_RATE = 44_100
MAX_WOBBLE = 0.2  # of the speed, far beyond a broken machine
STEMS: tuple[StemName, ...] = ("drums", "bass", "other", "vocals")


@dataclass(frozen=True, slots=True)
class TempoChange:
    """A new tempo, ``tempo_bpm``, from the downbeat of bar ``bar`` on (0 is the first)."""

    bar: int
    tempo_bpm: float


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A modulation to ``key`` from the downbeat of bar ``bar`` on."""

    bar: int
    key: str

    def __post_init__(self) -> None:
        parse_key(self.key)


@dataclass(frozen=True, slots=True)
class Absence:
    """An instrument that does not play in one part of the form, or in none of them."""

    player: str
    part: int | None = None  # index in the style's form; None is all parts


@dataclass(frozen=True, slots=True)
class Wobble:
    """A sinusoidal variation of a tape's speed: by ``depth`` (0.01 is 1 %), once a period."""

    depth: float
    period_s: float

    def __post_init__(self) -> None:
        if self.depth < 0.0 or self.period_s <= 0.0:
            raise ValueError("a wobble's depth must be at least 0, and its period longer than 0 s")


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
    ghosts: float = 0.0  # how likely each empty step off the beat has a soft snare
    lag_s: float = 0.0  # how far backbeat and bass are behind the beat
    borrowed: float = 0.0  # how likely a bar's chord comes from the parallel key


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
    sway: float = 0.0  # how far a band without a click strays from the tempo, as a fraction rms
    tempo_change: TempoChange | None = None
    more_tempo_changes: tuple[TempoChange, ...] = ()
    key_changes: tuple[KeyChange, ...] = ()
    lead_in_s: float | None = None
    anacrusis_beats: int = 0  # beats played before the first downbeat, after the lead-in
    false_pulse: float | None = None  # an intro's pulse as a multiple of the tempo: 0.75 is 3:4
    swing: float | None = None  # lateness of every second sixteenth; 1 is a whole sixteenth
    shuffle: float | None = None  # lateness of every second eighth; 1 is a triplet's
    absences: tuple[Absence, ...] = ()
    wobbles: tuple[Wobble, ...] = ()
    kit: str = ""  # a folder of recorded drums; those it lacks are synthesised
    realism: Realism = Realism()

    def __post_init__(self) -> None:
        if self.duration_s is not None and self.bars is not None:
            raise ValueError("give duration_s or bars, not both")
        if self.tempo_bpm is not None and not 40.0 <= self.tempo_bpm <= 220.0:
            raise ValueError("tempo_bpm must lie between 40 and 220")
        if self.key is not None:
            parse_key(self.key)
        if sum(wobble.depth for wobble in self.wobbles) > MAX_WOBBLE:
            raise ValueError("wobbles must not change the speed by over 20 %")
        if self.false_pulse is not None and self.false_pulse <= 0.0:
            raise ValueError("false_pulse must be over 0")

    @property
    def tempo_changes(self) -> tuple[TempoChange, ...]:
        """All changes of tempo, in the order of their bars."""
        first = () if self.tempo_change is None else (self.tempo_change,)
        return tuple(sorted((*first, *self.more_tempo_changes), key=lambda change: change.bar))

    def lacks(self, player: str) -> bool:
        """Whether an instrument is absent throughout."""
        return Absence(player) in self.absences


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the song; ``energy`` is 0 with no instruments, 1 with all."""

    name: str
    start_s: float
    end_s: float
    start_bar: int
    bars: int
    energy: float


@dataclass(frozen=True, slots=True)
class KeyStretch:
    """A stretch in one key."""

    key: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class TempoStretch:
    """A stretch of one stated tempo, around which drift, sway and wobble may stray."""

    tempo_bpm: float
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A composed song and the truth about it; all times in seconds from the first sample.

    ``samples`` is the sum of ``stems``, shape (2, n). ``beats`` and ``downbeats`` end with the
    closing hit, on which the section named "end" begins; ``beats`` begin with the anacrusis.
    ``onsets`` holds the drum hits by name. ``key`` is the key of the longest stretch, ``tempo_bpm``
    the tempo of the first.
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
    keys: tuple[KeyStretch, ...]
    tempo_bpm: float
    tempos: tuple[TempoStretch, ...]
    beats_per_bar: int
    sample_rate: int = SAMPLE_RATE

    @property
    def duration_s(self) -> float:
        """Return the song's length in seconds."""
        return float(self.samples.shape[1] / self.sample_rate)

    def key_between(self, start_s: float, end_s: float) -> str:
        """Return the key that lasts longest between two times."""
        return max(
            self.keys, key=lambda stretch: min(stretch.end_s, end_s) - max(stretch.start_s, start_s)
        ).key
