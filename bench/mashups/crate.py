"""Compose songs for mashups with true stems, and analyse them with Segue.

The composer's stems replace separated ones, so the bench measures planning and rendering, not
separation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import backend.app.analysis
import composer
from backend.app.analysis.levels.loudness import load_profile, save_profile
from backend.app.analysis.result_files import load_json, save_json
from backend.app.analysis.sources.stem import StemFacts, analyse_stem, load_facts
from backend.app.analysis.track import analyse
from backend.app.contract.analysis import TrackAnalysis
from backend.app.contract.stems import StemName
from backend.app.dj.deck import DeckTrack, MashupTrack
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.media.stem_file_format import DerivedWriter, open_derived, stem_file
from composer.compose import compose_song
from composer.song import STEMS, SongSpec
from composer.stage import Stage
from composer.theory import KEY_NAMES

Times = npt.NDArray[np.float64]

TRUE_STEMS = "composed"
"""The separator's name in the file names of these stems."""

SEEDS = {"tuning": 61_000, "held out": 62_000}

STYLES: tuple[tuple[str, tuple[float, float]], ...] = (
    ("house", (119.0, 127.0)),
    ("pop", (112.0, 124.0)),
    ("hiphop", (84.0, 95.0)),
    ("pop", (98.0, 112.0)),
    ("dnb", (170.0, 176.0)),
    ("techno", (126.0, 134.0)),
)
"""Styles of a crate's songs, repeated in this order, with their tempo ranges."""

DURATION_S = (110.0, 170.0)


@dataclass(frozen=True, slots=True)
class MashupSong:
    """A song on disk and its ground truth; times in seconds.

    ``notes_s`` are the starts of the sung notes, ``held_s`` their starts and ends.
    """

    name: str
    folder: Path
    style: str
    key: str
    tempo_bpm: float
    beats_per_bar: int
    beats_s: list[float]
    downbeats_s: list[float]
    phrases_s: list[float]
    notes_s: list[float]
    held_s: list[tuple[float, float]]

    @property
    def path(self) -> Path:
        """Return the path of the song in Segue's stored format."""
        return self.folder / f"{self.name}.flac"

    def stem(self, name: str) -> Path:
        """Return the path of a stem."""
        return self.folder / f"{self.name}-{name}"


def specs(half: str, n: int) -> list[SongSpec]:
    """Return the first ``n`` specs of a crate; they don't depend on ``n``."""
    keys = np.random.default_rng(SEEDS[half]).permutation(KEY_NAMES)
    return [_spec(half, index, str(keys[index % 24])) for index in range(n)]


def _spec(half: str, index: int, key: str) -> SongSpec:
    style, tempos = STYLES[index % len(STYLES)]
    dice = np.random.default_rng([SEEDS[half], index])
    return SongSpec(
        style=style,  # type: ignore[arg-type]
        key=key,
        tempo_bpm=round(float(dice.uniform(*tempos)), 2),
        seed=SEEDS[half] + index,
        duration_s=round(float(dice.uniform(*DURATION_S)), 3),
        timing="human" if index % 3 == 1 else "exact",
    )


def composed(kept_in: Path, half: str, n: int, processes: int) -> list[MashupSong]:
    """Return the first ``n`` songs; compose those missing in the folder."""
    folder = kept_in / _fingerprint(Path(composer.__file__).parent)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = specs(half, n)
    truths = [folder / f"{half[:4]}_{i:02}_{s.style}_{_of(s)}.json" for i, s in enumerate(wanted)]
    missing = [(t, s) for t, s in zip(truths, wanted, strict=True) if not t.is_file()]
    if missing:
        with ProcessPoolExecutor(processes) as pool:
            list(pool.map(_compose, *zip(*missing, strict=True)))
    return [_read(truth) for truth in truths]


def _of(spec: SongSpec) -> str:
    return hashlib.sha256(repr(asdict(spec)).encode()).hexdigest()[:6]


def _fingerprint(folder: Path) -> str:
    sources = sorted(folder.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def _compose(truth: Path, spec: SongSpec) -> None:
    with _record_sung_notes() as sung:
        song = compose_song(spec)
    name, folder = truth.stem, truth.parent
    write_normal_form(folder / f"{name}.flac", song.samples)
    for stem in STEMS:
        with DerivedWriter(folder / f"{name}-{stem_file(TRUE_STEMS, stem)}") as writer:
            writer.push(song.stems[stem])
    facts = {
        "style": song.style,
        "key": song.key,
        "tempo_bpm": song.tempo_bpm,
        "beats_per_bar": song.beats_per_bar,
        "beats_s": song.beats.tolist(),
        "downbeats_s": song.downbeats.tolist(),
        "phrases_s": song.phrases.tolist(),
        "notes_s": [start for start, _ in sung],
        "held_s": sung,
    }
    truth.write_text(json.dumps(facts), encoding="utf-8")


@contextmanager
def _record_sung_notes() -> Iterator[list[tuple[float, float]]]:
    """Record every note placed on the vocal stem inside the block."""
    place, sung = Stage.place, []

    def record(stage: Stage, stem: str, sound: Any, at: int, gain: float, pan: float = 0.0) -> None:
        if stem == "vocals":
            sung.append((at / SAMPLE_RATE, (at + sound.shape[-1]) / SAMPLE_RATE))
        place(stage, stem, sound, at, gain, pan)

    Stage.place = record  # type: ignore[method-assign, assignment]
    try:
        yield sung
    finally:
        Stage.place = place  # type: ignore[method-assign]


def _read(truth: Path) -> MashupSong:
    facts = json.loads(truth.read_text(encoding="utf-8"))
    return MashupSong(name=truth.stem, folder=truth.parent, **facts)


def tracks_of(songs: Sequence[MashupSong], processes: int) -> list[MashupTrack]:
    """Analyse the songs and their stems; cache until the analysis changes."""
    version = _fingerprint(Path(backend.app.analysis.__file__).parent)
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(_track, songs, [version] * len(songs)))


def _track(song: MashupSong, version: str) -> MashupTrack:
    kept, levels = (song.path.with_suffix(f".{version}.{end}") for end in ("json", "npz"))
    profile, track_analysis = load_profile(levels), load_json(TrackAnalysis, kept)
    with TrackReader(song.path) as reader:
        length = reader.n_samples
        if track_analysis is None or profile is None:
            track_analysis, profile = analyse(_blocks(reader))
            save_profile(profile, levels)
            save_json(track_analysis, kept)
    made: dict[StemName, str] = {stem: stem_file(TRUE_STEMS, stem) for stem in STEMS}
    stems = {stem: _facts(song, stem, file, version) for stem, file in made.items()}
    deck = DeckTrack(song.name, song.name, song.name, "", length, profile, track_analysis)
    return MashupTrack(deck, stems, made)


def _facts(song: MashupSong, stem: StemName, file: str, version: str) -> StemFacts:
    kept = song.stem(file).with_suffix(f".{version}.json")
    facts = load_facts(kept)
    if facts is None:
        with open_derived(song.stem(file)) as reader:
            facts = analyse_stem(stem, _blocks(reader))
        save_json(facts, kept)
    return facts


def _blocks(reader: TrackReader) -> Iterable[npt.NDArray[np.float32]]:
    step = 1 << 16
    for start in range(0, reader.n_samples, step):
        yield reader.read(start, min(step, reader.n_samples - start))
