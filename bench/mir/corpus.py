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
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

import composer
from backend.app.dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from composer.compose import compose_song
from composer.files import write_song
from composer.kits import recorded
from composer.song import SongSpec

from .hard import HARD_SEEDS, hard_specs
from .specs import SEEDS, Half, corpus_specs

# The composed halves.
HALVES: tuple[Half, ...] = (*SEEDS, *HARD_SEEDS)
Times = npt.NDArray[np.float64]
Value = TypeVar("Value", str, float)
# Start and end in seconds, and the key or tempo between them.
Stretch: TypeAlias = tuple[float, float, Value]


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
    # The key of each stretch; empty where a truth file states none.
    keys: tuple[Stretch[str], ...] = ()

    def beats(self) -> Times:
        return np.array(self.beats_s)

    def downbeats(self) -> Times:
        return np.array(self.downbeats_s)

    def key_stretches(self) -> tuple[Stretch[str], ...]:
        """Return start, end and key of each stretch; all of the song if it states one key."""
        return self.keys or ((0.0, float("inf"), self.key),)

    def tempo_bpm(self) -> float:
        """Return the tempo from the mean beat interval, as songs from a folder state it."""
        return float(60.0 / np.mean(np.diff(self.beats())))

    def samples(self) -> Samples:
        """Read the sound, float32 ``(2, n)`` at 44.1 kHz."""
        sound, rate = soundfile.read(self.path, dtype="float32", always_2d=True)
        if rate != SAMPLE_RATE:
            sound = soxr.resample(sound, rate, SAMPLE_RATE)
        return np.ascontiguousarray(np.broadcast_to(sound.T, (CHANNELS, len(sound))))


def specs_of(half: Half, kits: Sequence[Path] = ()) -> list[tuple[str, SongSpec]]:
    """Return genre and spec of every song of a composed half; hard songs take the kits in turn."""
    if half not in HARD_SEEDS:
        return corpus_specs(half)
    specs = hard_specs(half)
    if not kits:
        return specs
    return [
        (genre, replace(spec, kit=str(kits[n % len(kits)])))
        for n, (genre, spec) in enumerate(specs)
    ]


def kits_in(folder: Path) -> list[Path]:
    """Return the folders below one that hold recorded drums, or exit."""
    kits = sorted(
        kit for kit in folder.iterdir() if kit.is_dir() and recorded(str(kit), "kick") is not None
    )
    if not kits:
        raise SystemExit(f"no folder with a recorded kick in {folder}")
    return kits


def composed(kept_in: Path, halves: Sequence[Half], kits: Sequence[Path] = ()) -> list[MirSong]:
    """Return the songs of the halves; compose those missing in the folder."""
    folder = kept_in / _fingerprint(kits)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [
        (half, folder / f"{half}_{n + 1:02}_{genre}.json", genre, spec)
        for half in halves
        for n, (genre, spec) in enumerate(specs_of(half, kits))
    ]
    missing = [song for _, *song in wanted if not song[0].is_file()]
    if missing:
        print(f"composing {len(missing)} songs into {folder}", file=sys.stderr)
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(_compose, *zip(*missing, strict=True)))
    return [read_song(truth, half) for half, truth, _, _ in wanted]


def _fingerprint(kits: Sequence[Path]) -> str:
    """Return a hash of the composer's sources and the specs, with the names of the kits."""
    sources = sorted(Path(composer.__file__).parent.rglob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    digest.update(repr([specs_of(half, kits) for half in HALVES]).encode())
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
        "keys": [{"start": s.start_s, "end": s.end_s, "key": s.key} for s in song.keys],
        "tempos": [{"start": s.start_s, "end": s.end_s, "bpm": s.tempo_bpm} for s in song.tempos],
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
        keys=tuple((s["start"], s["end"], s["key"]) for s in facts.get("keys", ())),
    )
