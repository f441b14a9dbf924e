"""Draw the specs of songs whose beat, bar or key is hard to find, by what makes them hard.

New genres come last, so that the songs of the others stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from composer.song import (
    Absence,
    KeyChange,
    SongSpec,
    StyleName,
    TempoChange,
    Timing,
    Wobble,
)
from composer.theory import KEY_NAMES, Key, parse_key

from .specs import Genre, Half, spec_of

# Seeds of the hard songs: the first half may be inspected, the second is printed as totals only.
HARD_SEEDS: dict[Half, int] = {"hard": 14_001, "hard_held_out": 19_001}

DRUMS = ("kick", "snare", "clap", "hat", "open", "ride", "crash")
Vary = Callable[[SongSpec, np.random.Generator], SongSpec]


@dataclass(frozen=True, slots=True)
class HardGenre:
    """What makes songs hard: styles with their tempi, and a change of each song's spec."""

    styles: tuple[tuple[StyleName, tuple[float, float]], ...]
    vary: Vary | None = None
    timing: Timing = "human"


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 4)


def _with_ghosts(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    return replace(spec, realism=replace(spec.realism, ghosts=_between(rng, 0.15, 0.45)))


def _without_click(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    """A live band: it sways, drifts and plays ghost notes."""
    spec = replace(spec, sway=_between(rng, 0.01, 0.025), drift=_between(rng, 0.0, 0.02))
    return _with_ghosts(spec, rng)


def _from_tape(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    """Wow of about two a second, and a slow change of speed as from a worn motor."""
    wow = Wobble(_between(rng, 0.004, 0.012), _between(rng, 0.4, 1.9))
    slow = Wobble(_between(rng, 0.015, 0.03), _between(rng, 9.0, 25.0))
    return replace(spec, wobbles=(wow, slow))


def _without_kick(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    """No kick at all, or none in two parts of the form."""
    if rng.random() < 0.5:
        return replace(spec, absences=(Absence("kick"),))
    first = int(rng.integers(0, 3))
    return replace(spec, absences=(Absence("kick", first), Absence("kick", first + 2)))


def _without_backbeat(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    del rng
    return replace(spec, absences=(Absence("snare"), Absence("clap"), Absence("brush")))


def _with_false_pulse(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    """An ambient intro: notes at 3:4 or 4:3 of the tempo, and no drums."""
    return replace(spec, false_pulse=float(rng.choice([0.75, 4.0 / 3.0])))


def _with_tempo_change(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    """From 93 to 120, or back: a change by a quarter to a third near the middle."""
    factor = _between(rng, 1.22, 1.34) ** float(rng.choice([-1.0, 1.0]))
    tempo_bpm = round((spec.tempo_bpm or 100.0) * factor, 3)
    return replace(spec, tempo_change=TempoChange(int(rng.integers(14, 22)), tempo_bpm))


def _with_modulation(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    """One change of key, up by a semitone to a fourth, and chords of the parallel key."""
    key = parse_key(spec.key or "C major")
    up = int(rng.choice([1, 2, 3, 5]))
    target = Key((key.tonic + up) % 12, key.mode)
    name = next(name for name in KEY_NAMES if parse_key(name) == target)
    realism = replace(spec.realism, borrowed=_between(rng, 0.15, 0.4))
    change = KeyChange(8 * int(rng.integers(2, 4)), name)
    return replace(spec, key_changes=(change,), realism=realism)


def _with_anacrusis(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    """One to three beats before the first bar, so that the first sound is not a downbeat."""
    return replace(spec, anacrusis_beats=int(rng.integers(1, 4)))


def _with_lag(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    """Backbeat and bass behind the beat, by up to half of what sounds like one hit."""
    return replace(spec, realism=replace(spec.realism, lag_s=_between(rng, 0.012, 0.03)))


def _without_drums(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    """No drums, and a band that sways."""
    absences = tuple(Absence(drum) for drum in DRUMS)
    return replace(spec, absences=absences, sway=_between(rng, 0.01, 0.025))


def _with_faint_drums(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
    return replace(spec, realism=replace(spec.realism, drums_db=_between(rng, -22.0, -14.0)))


def _stacked(*varies: Vary) -> Vary:
    """Make a song hard in several ways."""

    def vary(spec: SongSpec, rng: np.random.Generator) -> SongSpec:
        for one in varies:
            spec = one(spec, rng)
        return spec

    return vary


HARD_GENRES: dict[str, HardGenre] = {
    "broken": HardGenre(
        (
            ("breakbeat", (118.0, 142.0)),
            ("twostep", (128.0, 136.0)),
            ("breakbeat", (118.0, 170.0)),
        ),
        _with_ghosts,
        "exact",
    ),
    "dembow": HardGenre((("dembow", (84.0, 104.0)), ("dembow", (84.0, 104.0))), None, "exact"),
    "halftime": HardGenre(
        (("halftime", (134.0, 150.0)), ("halfverse", (124.0, 160.0))), None, "exact"
    ),
    "offbeat": HardGenre(
        (("offbeat", (130.0, 144.0)), ("offbeat", (130.0, 144.0)), ("offbeat", (120.0, 130.0))),
        None,
        "exact",
    ),
    "skank": HardGenre((("ska", (116.0, 164.0)), ("onedrop", (66.0, 86.0)))),
    "brushes": HardGenre((("brushes", (92.0, 152.0)), ("brushes", (92.0, 152.0))), _without_click),
    "live": HardGenre((("pop", (84.0, 136.0)), ("ballad", (56.0, 80.0))), _without_click),
    "tape": HardGenre((("house", (114.0, 130.0)), ("hiphop", (76.0, 102.0))), _from_tape),
    "nokick": HardGenre((("house", (114.0, 130.0)), ("pop", (84.0, 136.0))), _without_kick),
    "nosnare": HardGenre((("hiphop", (76.0, 102.0)), ("pop", (84.0, 136.0))), _without_backbeat),
    "odd": HardGenre(
        (("five", (104.0, 164.0)), ("seven", (168.0, 216.0)), ("five", (104.0, 164.0)))
    ),
    "falsepulse": HardGenre(
        (("house", (114.0, 130.0)), ("techno", (126.0, 148.0))), _with_false_pulse, "exact"
    ),
    "twotempi": HardGenre((("pop", (84.0, 110.0)), ("hiphop", (80.0, 96.0))), _with_tempo_change),
    "modulation": HardGenre((("pop", (84.0, 136.0)), ("ballad", (60.0, 80.0))), _with_modulation),
    "anacrusis": HardGenre((("pop", (84.0, 136.0)), ("waltz", (84.0, 168.0))), _with_anacrusis),
    "laidback": HardGenre((("hiphop", (76.0, 102.0)), ("pop", (84.0, 136.0))), _with_lag),
    "nodrums": HardGenre((("pop", (84.0, 136.0)), ("ballad", (60.0, 80.0))), _without_drums),
    "chamber": HardGenre((("chamber", (66.0, 112.0)), ("chamber", (66.0, 112.0))), _without_drums),
    "faint": HardGenre((("house", (114.0, 130.0)), ("pop", (84.0, 136.0))), _with_faint_drums),
    "stacked": HardGenre(
        (("breakbeat", (118.0, 142.0)), ("twostep", (128.0, 136.0)), ("halfverse", (124.0, 160.0))),
        _stacked(_without_kick, _with_ghosts, _from_tape),
    ),
    "stackedlive": HardGenre(
        (("ska", (116.0, 164.0)), ("brushes", (92.0, 152.0)), ("hiphop", (80.0, 96.0))),
        _stacked(_without_click, _without_backbeat, _with_lag, _with_anacrusis),
    ),
}


def hard_specs(half: Half) -> list[tuple[str, SongSpec]]:
    """Return genre and spec of every hard song; every key comes once before any twice."""
    seed = HARD_SEEDS[half]
    rng = np.random.default_rng(seed)
    keys = [str(k) for k in [*rng.permutation(KEY_NAMES), *rng.permutation(KEY_NAMES)]]
    rows = [(name, g, i) for name, g in HARD_GENRES.items() for i in range(len(g.styles))]
    return [(name, _spec(g, i, seed + n, keys[n])) for n, (name, g, i) in enumerate(rows)]


def _spec(genre: HardGenre, index: int, seed: int, key: str) -> SongSpec:
    """Draw a song as an ordinary genre would, then make it hard."""
    style, tempo_bpm = genre.styles[index]
    swing = (0.2, 0.65) if style == "hiphop" else (0.0, 0.0)
    spec = spec_of(Genre(1, (style,), tempo_bpm, genre.timing, swing), 0, seed, key)
    return genre.vary(spec, np.random.default_rng([seed, 93])) if genre.vary else spec
