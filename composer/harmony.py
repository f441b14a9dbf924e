"""Choose each bar's key and chord: progressions, modulations and borrowed chords."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.clock import Clock
from composer.song import KeyStretch, SongSpec
from composer.theory import PARALLEL, PROGRESSIONS, RESTLESS_PROGRESSIONS, Key, parse_key

# Degrees whose triads from the parallel key are common: iv, bVI and bVII in major; IV, V in minor.
BORROWED_DEGREES = {"major": (3, 5, 6), "minor": (3, 4)}


def bar_keys(spec: SongSpec, key_name: str, n_bars: int) -> list[str]:
    """Return the name of the key of every bar."""
    names = [key_name] * n_bars
    for change in sorted(spec.key_changes, key=lambda change: change.bar):
        names[change.bar :] = [change.key] * len(names[change.bar :])
    return names


def progressions(seed: int, *, restless: bool) -> dict[str, tuple[tuple[int, ...], ...]]:
    """Draw a loud and a calm progression for each mode; the same draw serves both modes."""
    rng = np.random.default_rng([seed, 21])
    first, second = rng.integers(len(PROGRESSIONS["major"]), size=2)
    loud = RESTLESS_PROGRESSIONS if restless else PROGRESSIONS
    return {mode: (loud[mode][first], PROGRESSIONS[mode][second]) for mode in PROGRESSIONS}


def borrow(spec: SongSpec, keys: Sequence[Key], chords: Sequence[int]) -> list[Key]:
    """Return the key from which each bar takes its chord: its own, or now and then the parallel.

    The first and the last bar keep theirs.
    """
    rolls = np.random.default_rng([spec.seed, 23]).random(len(keys))
    rolls[[0, -1]] = 1.0
    return [
        Key(key.tonic, PARALLEL[key.mode])
        if roll < spec.realism.borrowed and chord in BORROWED_DEGREES[key.mode]
        else key
        for key, chord, roll in zip(keys, chords, rolls, strict=True)
    ]


def key_stretches(names: Sequence[str], clock: Clock, end_s: float) -> tuple[KeyStretch, ...]:
    """List the stretches in one key, from the song's first sample to its end."""
    starts = [bar for bar in range(len(names)) if bar == 0 or names[bar] != names[bar - 1]]
    edges = [0.0, *(clock.bar_s(bar) for bar in starts[1:]), end_s]
    return tuple(
        KeyStretch(names[bar], start_s, stop_s)
        for bar, start_s, stop_s in zip(starts, edges, edges[1:], strict=False)
    )


def parse_keys(names: Sequence[str]) -> list[Key]:
    """Parse the name of every bar's key."""
    return [parse_key(name) for name in names]
