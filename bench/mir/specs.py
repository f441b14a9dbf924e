"""Draw the specs of the composed songs: two halves to tune on and to decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from composer.song import Realism, SongSpec, StyleName, TempoChange, Timing
from composer.theory import KEY_NAMES

Half = Literal["tuning", "held_out", "hard", "hard_held_out", "given"]

# Seeds of the two halves: parameters are tuned on the first, results reported on the second.
SEEDS: dict[Half, int] = {"tuning": 4001, "held_out": 9001}


@dataclass(frozen=True, slots=True)
class Genre:
    """Composer settings of a genre, and its number of songs per half."""

    count: int
    styles: tuple[StyleName, ...]
    tempo_bpm: tuple[float, float]
    timing: Timing = "exact"
    swing: tuple[float, float] = (0.0, 0.0)
    drift: tuple[float, float] = (0.0, 0.0)
    tempo_change: tuple[float, float] = (0.0, 0.0)


GENRES: dict[str, Genre] = {
    "house": Genre(4, ("house",), (114.0, 130.0)),
    "techno": Genre(4, ("techno",), (126.0, 148.0)),
    "hiphop": Genre(3, ("hiphop",), (76.0, 102.0), swing=(0.2, 0.65)),
    "dnb": Genre(3, ("dnb",), (164.0, 178.0)),
    "pop": Genre(4, ("pop",), (84.0, 136.0), "human"),
    "ballad": Genre(3, ("ballad",), (56.0, 80.0), "human"),
    "waltz": Genre(3, ("waltz",), (84.0, 168.0), "human"),
    "drift": Genre(3, ("pop", "hiphop", "waltz"), (84.0, 132.0), "human", drift=(0.015, 0.04)),
    "tempochange": Genre(
        3, ("pop", "house", "techno"), (96.0, 134.0), "human", tempo_change=(0.07, 0.16)
    ),
}


def corpus_specs(half: Half) -> list[tuple[str, SongSpec]]:
    """Return genre and spec of every song of a half; every key comes once before any twice."""
    rng = np.random.default_rng(SEEDS[half])
    keys = [str(k) for k in [*rng.permutation(KEY_NAMES), *rng.permutation(KEY_NAMES)]]
    wanted = [(name, genre, i) for name, genre in GENRES.items() for i in range(genre.count)]
    return [
        (name, spec_of(genre, i, SEEDS[half] + n, keys[n]))
        for n, (name, genre, i) in enumerate(wanted)
    ]


def spec_of(genre: Genre, index: int, seed: int, key: str) -> SongSpec:
    """Draw one song's spec from its own seed, independent of other songs."""
    rng = np.random.default_rng([seed, 91])
    style = genre.styles[index % len(genre.styles)]
    tempo_bpm, drift = (round(float(rng.uniform(*r)), 4) for r in (genre.tempo_bpm, genre.drift))
    realism = Realism(
        tuning_cents=round(float(rng.uniform(-20.0, 20.0)), 1),
        room=round(float(rng.uniform(0.05, 0.45)), 3),
        hiss_db=round(float(rng.uniform(-60.0, -38.0)), 1),
        drums_db=round(float(rng.uniform(-9.0, 2.0)), 1),
        kit_octaves=0.6,
        dynamics=0.18,
        variation=round(float(rng.uniform(0.0, 0.45)), 3),
        restless=bool(rng.random() < 0.4),
        pickup=bool(rng.random() < 0.4),
    )
    spec = SongSpec(
        style=style,
        seed=seed,
        key=key,
        tempo_bpm=tempo_bpm,
        duration_s=round(float(rng.uniform(75.0, 110.0)), 3),
        timing=genre.timing,
        drift=drift,
        lead_in_s=round(float(rng.choice([0.0, 0.1, 0.5, 1.5]) + rng.uniform(0.0, 0.8)), 4),
        realism=realism,
    )
    if genre.swing[1]:
        spec = replace(spec, swing=round(float(rng.uniform(*genre.swing)), 3))
    if genre.tempo_change[1]:
        factor = 1.0 + float(rng.choice([-1.0, 1.0]) * rng.uniform(*genre.tempo_change))
        change = TempoChange(bar=int(rng.integers(14, 26)), tempo_bpm=round(tempo_bpm * factor, 3))
        spec = replace(spec, tempo_change=change)
    return spec
