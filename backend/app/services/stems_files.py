"""Stems as files for people: named, levelled together, encoded side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ..contract.stems import StemFormat, StemName
from ..dsp.limiter import BLOCK
from ..dsp.samples import Samples, db_of_gain, gain_of_db
from ..media.names import safe_title
from ..render.effort import Effort, crew
from ..render.encode import Encoding, Output, encode_all
from ..render.mix_tags import MixTags
from ..store.blobs import ContentStore
from .recordings import blocks_of, open_recording
from .stems_inputs import StemTrack

MEDIA_TYPES: dict[StemFormat, str] = {
    "flac": "audio/flac",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
}

PEAKS_DBFS: dict[StemFormat, float] = {"flac": 0.0, "wav": 0.0, "mp3": -1.0}
"""How high a stem's samples may reach: those of an MP3 come out up to 1 dB above what went in."""

_NAME_BYTES = 120
"""A file's name may have 255, and the stem's name and what a half-written file is called by come
behind the folder's."""

_UNSAFE = re.compile(r"[^\w\-.,'&()+!\[\] ]+")


@dataclass(frozen=True, slots=True)
class StemSound:
    """A stem as it is kept, at another level."""

    store: ContentStore
    recording: str
    gain: float

    def play(self, start: int, end: int) -> Iterator[Samples]:
        """Yield blocks that add up to ``[start, end)``."""
        with open_recording(self.store, self.recording) as reader:
            for at in range(start, end, BLOCK):
                block = reader.read(at, min(BLOCK, end - at))
                block *= np.float32(self.gain)
                yield block


@dataclass(frozen=True, slots=True)
class StemFile:
    """A file to be written: where, and which stem of which track."""

    path: Path
    stem: StemName
    recording: str


@dataclass(frozen=True, slots=True)
class StemEncoder:
    """Writes the stems of tracks in one format, ``workers`` files at a time."""

    store: ContentStore
    ffmpeg: Path
    format: StemFormat
    workers: int
    scratch: Path

    def gain_db(self, files: Sequence[StemFile]) -> float:
        """What all of these are turned down by together, so that none clips; 0 for most songs."""
        peak = max(peak_of(self.store, file.recording) for file in files)
        over_db = db_of_gain(peak) - PEAKS_DBFS[self.format]
        return -np.ceil(100.0 * over_db).item() / 100.0 if over_db > 0.0 else 0.0

    def write(
        self, track: StemTrack, files: Sequence[StemFile], gain_db: float, effort: Effort
    ) -> None:
        """Write the files of one track; ``effort`` counts a track's samples for each."""
        with crew(self.workers, effort) as pool:
            writing = [
                pool.submit(effort.guard, partial(self._write, track, file, gain_db, effort))
                for file in files
            ]
            for future in writing:
                future.result()

    def _write(self, track: StemTrack, file: StemFile, gain_db: float, effort: Effort) -> None:
        scratch = self.scratch / track.content[:16] / file.stem
        scratch.mkdir(parents=True, exist_ok=True)
        sound = StemSound(self.store, file.recording, gain_of_db(gain_db))
        encode_all(
            Encoding(track.n_samples, self._tags(track, file.stem), self.ffmpeg, scratch),
            [Output(file.path, self.format, sound.play)],
            workers=1,
            progress=told_in_samples(effort, track.n_samples),
        )

    def _tags(self, track: StemTrack, stem: StemName) -> MixTags:
        return MixTags(
            title=f"{track.title} ({stem})",
            artist=track.artist,
            album=track.title,
            comment="",
            cover=track.cover(self.store),
            chapters=(),
            length=track.n_samples,
        )


def told_in_samples(effort: Effort, n_samples: int) -> Callable[[float], None]:
    """A progress callable that adds the samples that its share stands for."""
    done = 0

    def progress(share: float) -> None:
        nonlocal done
        now = round(share * n_samples)
        effort.add(now - done)
        done = now

    return progress


def peak_of(store: ContentStore, recording: str) -> float:
    """The largest magnitude of a recording's samples."""
    peak = 0.0
    with open_recording(store, recording) as reader:
        for block in blocks_of(reader, BLOCK):
            peak = max(peak, float(block.max()), -float(block.min()))
    return peak


def folder_names(tracks: Sequence[StemTrack]) -> list[str]:
    """A folder for each track: readable, safe on every file system, no two the same.

    >>> from .stems_inputs import StemTrack
    >>> one = StemTrack(track_id="", content="", title="Rain/Sun", artist="AC", n_samples=1,
    ...                 has_cover=False)
    >>> folder_names([one, one])
    ['AC - Rain_Sun', 'AC - Rain_Sun (2)']
    """
    taken: set[str] = set()
    names = []
    for track in tracks:
        wanted = _safe(" - ".join(filter(None, (track.artist, track.title))))
        name, number = wanted, 2
        while name.casefold() in taken:
            name, number = f"{wanted} ({number})", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _safe(name: str) -> str:
    """The name without what paths, shells and addresses have a use for, and not too long."""
    plain = _UNSAFE.sub("_", safe_title(name)).strip(". ")
    short = plain.encode()[:_NAME_BYTES].decode(errors="ignore").strip(". ")
    return short or "Track"
