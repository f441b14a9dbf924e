"""Provide songs, their true notes, and style sounds for restyles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backend.app.contract.stems import StemName
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.media.normal_form import write_normal_form
from backend.app.media.stem_file_format import DerivedWriter, stem_file
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.restyle.inputs import StyleSound
from backend.app.stems.draft.separator import Draft
from backend.app.store.files.blobs import ContentStore
from composer.compose import compose_song
from composer.drums import drum
from composer.song import Realism, Song, SongSpec
from composer.stage import Stage
from composer.tones import sung, tone

SPECS: tuple[SongSpec, ...] = (
    SongSpec(style="house", tempo_bpm=124.0, seed=501),
    SongSpec(style="pop", tempo_bpm=108.0, seed=502, timing="human", realism=Realism(room=0.2)),
    SongSpec(style="hiphop", tempo_bpm=92.0, seed=503, swing=0.2),
    SongSpec(style="waltz", seed=504, realism=Realism(tuning_cents=20.0, dynamics=0.2)),
    SongSpec(style="dnb", tempo_bpm=172.0, seed=505),
)


@dataclass(frozen=True, slots=True)
class TrueNote:
    """A note as the composer placed it; a drum's has no pitches."""

    stem: StemName
    start_s: float
    end_s: float
    midis: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RestyleSong:
    """A composed song and its ground truth."""

    name: str
    song: Song
    notes: tuple[TrueNote, ...]

    def stem(self, stem: StemName) -> Samples:
        """Return a true stem."""
        stems: Mapping[Any, Samples] = self.song.stems
        return stems[stem]

    def of(self, stem: StemName) -> list[TrueNote]:
        """Return the true notes of a stem."""
        return [note for note in self.notes if note.stem == stem]


def composed_song(spec: SongSpec) -> RestyleSong:
    """Compose a song and record every note."""
    with _noting() as notes:
        song = compose_song(spec)
    return RestyleSong(f"{song.style} {spec.seed}", song, tuple(notes))


@contextmanager
def _noting() -> Iterator[list[TrueNote]]:
    """Record every note that is placed on a stem inside the block."""
    place, sound_notes = Stage.place, Stage.notes
    found: list[TrueNote] = []
    known: dict[int, tuple[int, ...]] = {}

    def sounding(stage: Stage, sound: str, midis: tuple[int, ...], n_samples: int) -> Any:
        made = sound_notes(stage, sound, midis, n_samples)
        known[id(made)] = midis
        return made

    def record(stage: Stage, stem: Any, sound: Any, at: int, gain: float, pan: float = 0.0) -> None:
        span = (at / SAMPLE_RATE, (at + sound.shape[-1]) / SAMPLE_RATE)
        found.append(TrueNote(stem, *span, known.get(id(sound), ())))
        place(stage, stem, sound, at, gain, pan)

    Stage.place, Stage.notes = record, sounding  # type: ignore[method-assign, assignment]
    try:
        yield found
    finally:
        Stage.place, Stage.notes = place, sound_notes  # type: ignore[method-assign]


def sounds() -> Mapping[str, Samples]:
    """Return style sounds: one unpitched, one struck, one sustained, one voice-like."""
    return {
        "snares": _in_a_row([drum("snare", seed) for seed in (1, 2, 3)], 0.3),
        "strummed": _in_a_row([_notes("strum", midi, 0.8) for midi in (52, 57, 64)], 0.8),
        "pad": _notes("pad", 60, 4.0),
        "voice": _in_a_row([sung("a", midi, round(1.2 * SAMPLE_RATE)) for midi in (57, 62)], 1.2),
    }


PAD_MIDI = 60


def _notes(name: str, midi: int, length_s: float) -> Samples:
    return 0.3 * tone(name, midi, round(length_s * SAMPLE_RATE))


def _in_a_row(parts: list[Samples], each_s: float) -> Samples:
    row = np.zeros((2, round(each_s * SAMPLE_RATE) * len(parts)), np.float32)
    for index, part in enumerate(parts):
        at = index * round(each_s * SAMPLE_RATE)
        room = row[:, at:]
        n = min(part.shape[-1], room.shape[1])
        room[:, :n] += part[..., :n]
    return row * np.float32(0.5 / np.abs(row).max())


def put_song(store: ContentStore, number: int, song: Song) -> TrackRef:
    """Store a song with its true stems instead of separated ones."""
    content_hash = f"{number:064x}"
    path = store.path(content_hash)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_normal_form(path, song.samples, bits=24)
    for stem, sound in song.stems.items():
        with DerivedWriter(store.derived(content_hash, stem_file(Draft().key, stem))) as writer:
            writer.push(sound)
    return TrackRef(
        track_id=content_hash[-32:],
        content_hash=content_hash,
        title=song.title,
        artist=song.artist,
        n_samples=song.samples.shape[1],
        has_cover=False,
    )


def put_sound(store: ContentStore, name: str, sound: Samples) -> StyleSound:
    """Store a style sound as the sound library does."""
    content_hash = name.encode().hex().ljust(64, "0")
    path: Path = store.path(content_hash)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_normal_form(path, sound)
    return StyleSound(sound_id=name, content_hash=content_hash, name=name, n_samples=sound.shape[1])
