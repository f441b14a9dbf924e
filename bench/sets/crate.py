"""Provide songs for sets: composed and cached with their truth, or from a folder."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

import backend.app.analysis
import composer
from backend.app.analysis.levels.loudness import load_profile, save_profile
from backend.app.analysis.result_files import load_json, save_json
from backend.app.analysis.track import analyse
from backend.app.contract.analysis import TrackAnalysis
from backend.app.dj.deck import DeckTrack
from backend.app.dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from backend.app.media.normal_form import TrackReader, write_normal_form
from bench.mir.corpus import given
from bench.mir.specs import GENRES, SEEDS, Genre, Half, spec_of
from composer.compose import compose_song
from composer.song import Song, SongSpec
from composer.theory import KEY_NAMES

Times = npt.NDArray[np.float64]
Spans = list[tuple[float, float]]
SetKind = Literal["club", "mixed", "drifting"]

DURATION_S = (100.0, 150.0)
"""Range of a composed song's length: a style's whole form, but sixty songs are analysed in minutes.
"""

STEADY_S = 0.010
"""Largest deviation of a steady song's beats from a constant tempo."""

CRATES: dict[SetKind, tuple[Genre, ...]] = {
    "club": (
        Genre(1, ("house",), (118.0, 128.0)),
        Genre(1, ("techno",), (124.0, 132.0)),
    ),
    "mixed": tuple(GENRES.values()),
    "drifting": (
        Genre(1, ("house",), (116.0, 126.0)),
        Genre(1, ("pop",), (114.0, 124.0), "human"),
        Genre(1, ("pop", "house"), (114.0, 126.0), "human", drift=(0.015, 0.04)),
    ),
}
"""Styles of the songs in each kind of crate, repeated in this order."""

MUSIC_SUFFIXES = frozenset({".aif", ".aiff", ".flac", ".mp3", ".ogg", ".opus", ".wav"})
"""Sound files that ``soundfile`` reads."""

_FRAME = SAMPLE_RATE // 10
_VOICE_DB = 25.0  # a voice this far below its loudest moment is inaudible
_BREATH_S = 0.3  # a shorter pause between sung sounds counts as sung


@dataclass(frozen=True, slots=True)
class SetSong:
    """A song in Segue's stored format, and its ground truth; times in seconds.

    ``phrases_s`` includes the song's last downbeat, where the music stops. ``vocals_s`` is None if
    unknown. Real music has no truth: its lists are empty.
    """

    name: str
    path: Path
    genre: str
    key: str
    duration_s: float
    beats_s: list[float]
    downbeats_s: list[float]
    phrases_s: list[float]
    vocals_s: list[tuple[float, float]] | None

    @property
    def steady(self) -> bool:
        """Whether the tempo neither drifts nor changes."""
        beats = np.array(self.beats_s)
        if len(beats) < 2:
            return False
        line = np.polyval(np.polyfit(np.arange(len(beats)), beats, 1), np.arange(len(beats)))
        return bool(np.abs(beats - line).max() < STEADY_S)


def set_specs(kind: SetKind, half: Half, n: int) -> list[SongSpec]:
    """Return the first ``n`` specs of a crate; they don't depend on ``n``."""
    base = SEEDS[half] + 1000 * (1 + [*CRATES].index(kind))
    keys = np.random.default_rng(base).permutation(KEY_NAMES)
    return [_spec(CRATES[kind], index, base + index, str(keys[index % 24])) for index in range(n)]


def _spec(genres: Sequence[Genre], index: int, seed: int, key: str) -> SongSpec:
    genre, turn = genres[index % len(genres)], index // len(genres)
    duration_s = float(np.random.default_rng([seed, 92]).uniform(*DURATION_S))
    return replace(spec_of(genre, turn, seed, key), duration_s=round(duration_s, 3))


def composed(kept_in: Path, kind: SetKind, half: Half, n: int, processes: int) -> list[SetSong]:
    """Return the first ``n`` songs of a crate; compose those missing in the folder."""
    return composed_songs(kept_in, f"{half}_{kind}", set_specs(kind, half, n), processes)


def composed_songs(
    kept_in: Path, name: str, specs: Sequence[SongSpec], processes: int
) -> list[SetSong]:
    """Return the songs of these specs; compose those missing in the folder."""
    folder = kept_in / _fingerprint(Path(composer.__file__).parent)
    folder.mkdir(parents=True, exist_ok=True)
    truths = [
        folder / f"{name}_{index:02}_{spec.style}_{_of(spec)}.json"
        for index, spec in enumerate(specs)
    ]
    missing = [(t, s) for t, s in zip(truths, specs, strict=True) if not t.is_file()]
    if missing:
        print(f"composing {len(missing)} songs into {folder}", file=sys.stderr)
        with ProcessPoolExecutor(processes) as pool:
            list(pool.map(_compose, *zip(*missing, strict=True)))
    return [read_song(truth) for truth in truths]


def brought(kept_in: Path, songs: Path) -> list[SetSong]:
    """Read the songs of a folder that have a truth file, and convert them to the stored format."""
    folder = kept_in / "given"
    folder.mkdir(parents=True, exist_ok=True)
    for song in given(songs):
        truth = folder / f"{song.name}.json"
        if not truth.is_file():
            write_normal_form(truth.with_suffix(".flac"), song.samples())
            truth.write_text((songs / truth.name).read_text(encoding="utf-8"), encoding="utf-8")
    return [read_song(truth) for truth in sorted(folder.glob("*[0-9a-z].json")) if _is_truth(truth)]


def brought_music(kept_in: Path, music: Path) -> list[SetSong]:
    """Convert the sound files of a folder, which have no truth, to the stored format."""
    folder = kept_in / "music" / music.name
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(path for path in music.iterdir() if path.suffix in MUSIC_SUFFIXES)
    return [_music(path, folder / f"{path.stem}.flac") for path in files]


def _music(path: Path, stored: Path) -> SetSong:
    if not stored.is_file():
        write_normal_form(stored, _samples(path))
    with TrackReader(stored) as reader:
        duration_s = reader.n_samples / SAMPLE_RATE
    return SetSong(path.stem, stored, "music", "", duration_s, [], [], [], None)


def _samples(path: Path) -> Samples:
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != SAMPLE_RATE:
        sound = soxr.resample(sound, rate, SAMPLE_RATE)
    return np.ascontiguousarray(np.broadcast_to(sound.T, (CHANNELS, len(sound))))


def _is_truth(path: Path) -> bool:
    return path.suffixes == [".json"]


def _of(spec: SongSpec) -> str:
    return hashlib.sha256(repr(spec).encode()).hexdigest()[:6]


def _fingerprint(folder: Path) -> str:
    sources = sorted(folder.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def _compose(truth: Path, spec: SongSpec) -> None:
    """Compose a song; write its truth file last, which marks it as complete."""
    song = compose_song(spec)
    write_normal_form(truth.with_suffix(".flac"), song.samples)
    facts = {
        "name": truth.stem,
        "file": f"{truth.stem}.flac",
        "genre": song.style,
        "key": song.key,
        "duration": song.duration_s,
        "beats": song.beats.tolist(),
        "downbeats": song.downbeats.tolist(),
        "phrase8": song.phrases.tolist(),
        "sections": [{"label": s.name, "start": s.start_s} for s in song.sections],
        "vocals": _sung(song),
        "spec": asdict(spec),
    }
    truth.write_text(json.dumps(facts), encoding="utf-8")


def _sung(song: Song) -> Spans:
    return sung_in(song.stems["vocals"])


def sung_in(voice: Samples) -> Spans:
    """Return sung ranges: tenths of a second within 25 dB of the loudest, short pauses filled."""
    n = voice.shape[1] // _FRAME
    power = (voice[:, : n * _FRAME].astype(np.float64) ** 2).reshape(2, n, _FRAME).mean((0, 2))
    loud = power > max(float(power.max(initial=0.0)), 1e-9) * 10 ** (-_VOICE_DB / 10)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int))) / 10.0
    spans: Spans = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if spans and start - spans[-1][1] < _BREATH_S:
            start = spans.pop()[0]
        spans.append((start, end))
    return spans


def read_song(truth: Path) -> SetSong:
    """Read a song's truth file, beside which its stored sound must lie."""
    facts = json.loads(truth.read_text(encoding="utf-8"))
    return SetSong(
        name=truth.stem,
        path=truth.with_suffix(".flac"),
        genre=facts["genre"],
        key=facts["key"],
        duration_s=facts["duration"],
        beats_s=facts["beats"],
        downbeats_s=facts["downbeats"],
        phrases_s=[*facts["phrase8"], facts["sections"][-1]["start"]],
        vocals_s=[(a, b) for a, b in facts["vocals"]] if "vocals" in facts else None,
    )


def decks_of(songs: Sequence[SetSong], processes: int) -> list[DeckTrack]:
    """Analyse the songs; cache until the analysis changes."""
    version = _fingerprint(Path(backend.app.analysis.__file__).parent)
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(_deck, songs, [version] * len(songs)))


def _deck(song: SetSong, version: str) -> DeckTrack:
    kept = song.path.with_suffix(f".{version}.json")
    levels = song.path.with_suffix(f".{version}.npz")
    profile, track_analysis = load_profile(levels), load_json(TrackAnalysis, kept)
    with TrackReader(song.path) as reader:
        length = reader.n_samples
        if track_analysis is None or profile is None:
            track_analysis, profile = analyse(_blocks(reader))
            save_profile(profile, levels)
            save_json(track_analysis, kept)
    profile = replace(profile, bass_share=track_analysis.bass_share)
    return DeckTrack(song.name, song.name, song.name, song.name, length, profile, track_analysis)


def _blocks(reader: TrackReader) -> Iterable[Samples]:
    step = 1 << 16
    for start in range(0, reader.n_samples, step):
        yield reader.read(start, min(step, reader.n_samples - start))
