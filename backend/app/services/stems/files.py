"""Write stems as files for users: names, common gain, encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...contract.stems import StemFormat, StemName
from ...dsp.limiter import BLOCK
from ...dsp.samples import Samples, db_of_gain, gain_of_db
from ...media.tags.display_names import safe_title
from ...render.files.encode import Encoding, Output, encode_all
from ...render.files.formats import STEM_PEAKS_DBFS
from ...render.progress_pool import ProgressPool
from ...store.files.blobs import ContentStore
from ..library.track_ref import TrackRef
from ..tracks.recordings import blocks_of, open_recording
from .stem_clips import stem_tags

#: A stem with a lower peak counts as silent: it contains only bleed of other stems.
SILENT_DBFS = -60.0
#: Longest folder name: file systems allow 255 bytes, and stem name and suffixes follow.
_NAME_BYTES = 120
_UNSAFE = re.compile(r"[^\w\-.,'&()+!\[\] ]+")


@dataclass(frozen=True, slots=True)
class StemSound:
    """A cached stem, played with a gain."""

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
    """A file to write: its path, and the stem's name and recording."""

    path: Path
    stem: StemName
    recording: str


@dataclass(frozen=True, slots=True)
class StemEncoder:
    """Writes the stems of tracks in one format."""

    store: ContentStore
    ffmpeg: Path
    format: StemFormat
    scratch: Path

    def gain_db(self, files: Sequence[StemFile]) -> float:
        """The gain, at most 0 dB, with which none of the files clips."""
        peak = max(peak_of(self.store, file.recording) for file in files)
        over_db = db_of_gain(peak) - STEM_PEAKS_DBFS[self.format]
        return -np.ceil(100.0 * over_db).item() / 100.0 if over_db > 0.0 else 0.0

    def write(
        self, track: TrackRef, files: Sequence[StemFile], gain_db: float, pool: ProgressPool
    ) -> None:
        """Write the files of a track; ``pool`` counts the track's samples for each file."""
        writing = [pool.submit(self._write, track, file, gain_db, pool) for file in files]
        for future in writing:
            future.result()

    def _write(self, track: TrackRef, file: StemFile, gain_db: float, pool: ProgressPool) -> None:
        scratch = self.scratch / track.content_hash[:16] / file.stem
        scratch.mkdir(parents=True, exist_ok=True)
        sound = StemSound(self.store, file.recording, gain_of_db(gain_db))
        tags = stem_tags(self.store, track, f"{track.title} ({file.stem})", track.title)
        encode_all(
            Encoding(track.n_samples, tags, self.ffmpeg, scratch),
            [Output(file.path, self.format, sound.play)],
            workers=1,
            progress=pool.add_share_of(track.n_samples),
        )


def peak_of(store: ContentStore, recording: str) -> float:
    """Largest magnitude of a recording's samples."""
    peak = 0.0
    with open_recording(store, recording) as reader:
        for block in blocks_of(reader, BLOCK):
            peak = max(peak, float(block.max()), -float(block.min()))
    return peak


def folder_names(tracks: Sequence[TrackRef]) -> list[str]:
    """Name a folder for each track: readable, safe on every file system, unique.

    >>> rain = TrackRef(track_id="", content_hash="", title="Rain/Sun", artist="AC", n_samples=1)
    >>> folder_names([rain, rain])
    ['AC - Rain_Sun', 'AC - Rain_Sun (2)']
    """
    taken: set[str] = set()
    names = []
    for track in tracks:
        base = _safe(" - ".join(filter(None, (track.artist, track.title))))
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base} ({number})", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _safe(name: str) -> str:
    """Shorten a name, and replace characters that are special in paths, shells or URLs."""
    plain = _UNSAFE.sub("_", safe_title(name)).strip(". ")
    short = plain.encode()[:_NAME_BYTES].decode(errors="ignore").strip(". ")
    return short or "Track"
