"""The figures of each vibe: tempo, stem gains, mastering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...contract.mashups import Vibe


@dataclass(frozen=True, slots=True)
class VibeTreatment:
    """A vibe in numbers: the planner uses tempo and stem gains, the mastering the rest.

    Tempo steps of 2 % are noticed; the vibes are 3 % apart, and drums bear up to 6 %. The
    compressor shapes the sound within a part; levels from part to part are set after it
    (:mod:`contours`), which it would otherwise reduce to one part in ``ratio``.
    """

    tempo_factor: float  # relative to the songs' common tempo
    # typical tempos; of two otherwise equal pairs, the nearer one wins
    tempo_bpm: tuple[float, float]
    gains_db: Mapping[str, float]  # of the roles
    low_shelf_db: float
    low_shelf_hz: float
    high_shelf_db: float
    high_shelf_hz: float
    ratio: float  # of the compressor
    # relative to the mix's own loudness in LUFS; negative, since most parts are below
    threshold_db: float
    attack_ms: float
    release_ms: float
    room_size: float  # 0 to 1
    wet: float  # level of the reverb relative to the dry sound, 0 to 1
    width: float  # gain of the side signal; 1 leaves the stereo width unchanged
    loudness_lufs: float  # loudness of the finished mashup
    words: str  # a description for users


VIBES: dict[Vibe, VibeTreatment] = {
    "energetic": VibeTreatment(
        tempo_factor=1.06,
        tempo_bpm=(122.0, 136.0),
        gains_db={"drums": 1.5, "bass": 0.5, "harmony": 0.0, "voice": 0.0},
        low_shelf_db=1.0,
        low_shelf_hz=110.0,
        high_shelf_db=2.0,
        high_shelf_hz=5000.0,
        ratio=4.5,
        threshold_db=-10.0,
        attack_ms=8.0,
        release_ms=90.0,
        room_size=0.2,
        wet=0.03,
        width=1.1,
        loudness_lufs=-12.0,
        words="faster, punchy and dense: little room, drums to the front",
    ),
    "upbeat": VibeTreatment(
        tempo_factor=1.03,
        tempo_bpm=(108.0, 126.0),
        gains_db={"drums": 0.0, "bass": -1.5, "harmony": 0.5, "voice": 0.5},
        low_shelf_db=-2.5,
        low_shelf_hz=150.0,
        high_shelf_db=4.0,
        high_shelf_hz=3500.0,
        ratio=2.2,
        threshold_db=-5.0,
        attack_ms=15.0,
        release_ms=140.0,
        room_size=0.3,
        wet=0.06,
        width=1.15,
        loudness_lufs=-13.0,
        words="a little faster, light and bright: less bass, more air",
    ),
    "dark": VibeTreatment(
        tempo_factor=0.97,
        tempo_bpm=(96.0, 128.0),
        gains_db={"drums": -0.5, "bass": 2.5, "harmony": -1.0, "voice": -0.5},
        low_shelf_db=3.5,
        low_shelf_hz=130.0,
        high_shelf_db=-6.0,
        high_shelf_hz=2800.0,
        ratio=1.8,
        threshold_db=-4.0,
        attack_ms=25.0,
        release_ms=220.0,
        room_size=0.75,
        wet=0.16,
        width=0.95,
        loudness_lufs=-14.0,
        words="a little slower, deep and closed: bass to the front, highs held back, a large room",
    ),
    "chill": VibeTreatment(
        tempo_factor=0.94,
        tempo_bpm=(72.0, 104.0),
        gains_db={"drums": -3.5, "bass": -0.5, "harmony": 1.0, "voice": 0.0},
        low_shelf_db=0.0,
        low_shelf_hz=110.0,
        high_shelf_db=-3.0,
        high_shelf_hz=4000.0,
        ratio=1.4,
        threshold_db=-2.0,
        attack_ms=40.0,
        release_ms=300.0,
        room_size=0.6,
        wet=0.22,
        width=1.25,
        loudness_lufs=-16.0,
        words="slower and soft: drums set back, wide, in a roomy space, with its dynamics left",
    ),
}
