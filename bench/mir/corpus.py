"""Provide songs to analyse: composed and cached, or from a folder with truth files."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

import composer
from backend.app.dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from composer.compose import compose_song
from composer.files import write_song
from composer.song import Realism, SongSpec, StyleName, TempoChange, Timing
from composer.theory import KEY_NAMES

Half = Literal["tuning", "held_out", "given"]
Times = npt.NDArray[np.float64]

# Seeds of the two halves: parameters are tuned on the first, results reported on the second.
SEEDS: dict[Half, int] = {"tuning": 4001, "held_out": 9001}


@dataclass(frozen=True, slots=True)
class MirSong:
    """A song and its ground truth; times in seconds from the first sample."""

    name: str
    path: Path
    half: Half
    genre: str
    key: str
    beats_per_bar: int
    beats_s: tuple[float, ...] = field(repr=False)
    downbeats_s: tuple[float, ...] = field(repr=False)

    def beats(self) -> Times:
        return np.array(self.beats_s)

    def downbeats(self) -> Times:
        return np.array(self.downbeats_s)

    def tempo_bpm(self) -> float:
        """Return the tempo from the mean beat interval, as songs from a folder state it."""
        return float(60.0 / np.mean(np.diff(self.beats())))

    def samples(self) -> Samples:
        """Read the sound, float32 ``(2, n)`` at 44.1 kHz."""
        sound, rate = soundfile.read(self.path, dtype="float32", always_2d=True)
        if rate != SAMPLE_RATE:
            sound = soxr.resample(sound, rate, SAMPLE_RATE)
        return np.ascontiguousarray(np.broadcast_to(sound.T, (CHANNELS, len(sound))))


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


def composed(kept_in: Path, halves: Sequence[Half]) -> list[MirSong]:
    """Return the songs of the halves; compose those missing in the folder."""
    folder = kept_in / _fingerprint()
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [
        (half, folder / f"{half}_{n + 1:02}_{genre}.json", genre, spec)
        for half in halves
        for n, (genre, spec) in enumerate(corpus_specs(half))
    ]
    missing = [song for _, *song in wanted if not song[0].is_file()]
    if missing:
        print(f"composing {len(missing)} songs into {folder}", file=sys.stderr)
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(_compose, *zip(*missing, strict=True)))
    return [read_song(truth, half) for half, truth, _, _ in wanted]


def _fingerprint() -> str:
    """Return a hash of the composer's sources and the specs."""
    sources = sorted(Path(composer.__file__).parent.rglob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    digest.update(repr([corpus_specs(half) for half in SEEDS]).encode())
    return digest.hexdigest()[:12]


def _compose(truth: Path, genre: str, spec: SongSpec) -> None:
    """Compose a song as Ogg Vorbis; write its truth file last, which marks it as complete."""
    song = compose_song(spec)
    drafts = (
        truth.with_name(f"{os.getpid()}_{truth.stem}.ogg"),
        truth.with_suffix(f".{os.getpid()}"),
    )
    write_song(song, drafts[0])
    drafts[0].replace(truth.with_suffix(".ogg"))
    facts = {
        "genre": genre,
        "key": song.key,
        "beats_per_bar": song.beats_per_bar,
        "bpm": song.tempo_bpm,
        "duration": song.duration_s,
        "beats": song.beats.tolist(),
        "downbeats": song.downbeats.tolist(),
        "spec": asdict(spec),
    }
    drafts[1].write_text(json.dumps(facts), encoding="utf-8")
    drafts[1].replace(truth)


def given(folder: Path) -> list[MirSong]:
    """Read the songs of a folder that have a truth file of the same name beside them."""
    songs = [read_song(path, "given") for path in sorted(folder.glob("*.json"))]
    if not songs:
        raise SystemExit(f"no song with a JSON file beside it in {folder}")
    return songs


def read_song(truth: Path, half: Half) -> MirSong:
    """Read a song's truth file, beside which its sound must lie."""
    facts = json.loads(truth.read_text(encoding="utf-8"))
    sounds = [truth.with_suffix(s) for s in (".wav", ".flac", ".ogg", ".mp3")]
    path = next((sound for sound in sounds if sound.is_file()), None)
    if path is None:
        raise SystemExit(f"no sound beside {truth}")
    return MirSong(
        name=truth.stem,
        path=path,
        half=half,
        genre=facts["genre"],
        key=facts["key"],
        beats_per_bar=facts["beats_per_bar"],
        beats_s=tuple(facts["beats"]),
        downbeats_s=tuple(facts["downbeats"]),
    )
