"""Read real tracks, and what two other analysers say of their beats.

``FOLDER/reference/NAME.json`` belongs to ``FOLDER/NAME.ogg`` (or ``.mp3``, ``.flac``, ``.wav``):
``agreed`` lists the stretches in seconds on which both analysers place the same beats;
``madmom.beats`` and ``madmom.bar_positions`` are the beats of the first, with each beat's number in
its bar, counted from 1.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from backend.app.dsp.samples import CHANNELS, SAMPLE_RATE, Samples

Times = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

SUFFIXES = (".ogg", ".mp3", ".flac", ".wav")
LEAST_BARS = 8  # bars of the reference count where they continue for this long without a break


@dataclass(frozen=True, slots=True)
class AgreedStretch:
    """Beats of a stretch on which both analysers agree.

    ``bar_positions`` numbers the beats of a bar from 0; -1 where the bars are not consistent.
    """

    beats_s: Times
    bar_positions: Positions
    metre: int


@dataclass(frozen=True, slots=True)
class RealTrack:
    """A real track; ``agreed_share`` is the share of its beats on which both analysers agree."""

    name: str
    path: Path
    artist: str
    agreed_share: float
    stretches: tuple[AgreedStretch, ...] = field(repr=False)

    def samples(self) -> Samples:
        """Read the sound, float32 ``(2, n)`` at 44.1 kHz."""
        sound, rate = soundfile.read(self.path, dtype="float32", always_2d=True)
        if rate != SAMPLE_RATE:
            sound = soxr.resample(sound, rate, SAMPLE_RATE)
        return np.ascontiguousarray(np.broadcast_to(sound.T, (CHANNELS, len(sound))))


def real_tracks(folder: Path) -> list[RealTrack]:
    """Read all tracks of a folder that have a reference.

    Raises
    ------
    SystemExit
        If there are none.
    """
    artists = _artists(folder / "manifest.csv")
    tracks = [_track(path, artists) for path in sorted((folder / "reference").glob("*.json"))]
    if not tracks:
        raise SystemExit(f"no reference/*.json in {folder}")
    return tracks


def _artists(manifest: Path) -> dict[str, str]:
    """Return each file's artist, or its package where the artist is not named."""
    if not manifest.is_file():
        return {}
    with manifest.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    unnamed = "see the package"
    return {
        row["file"]: row["source_package"] if row["artist"] == unnamed else row["artist"]
        for row in rows
    }


def _track(reference: Path, artists: dict[str, str]) -> RealTrack:
    facts = json.loads(reference.read_text(encoding="utf-8"))
    beside = [reference.parent.parent / f"{reference.stem}{suffix}" for suffix in SUFFIXES]
    path = next((sound for sound in beside if sound.is_file()), None)
    if path is None:
        raise SystemExit(f"no sound for {reference}")
    beats_s = np.array(facts["madmom"]["beats"], float)
    positions = consistent_positions(
        np.array(facts["madmom"]["bar_positions"], int), int(facts["madmom"]["metre"])
    )
    return RealTrack(
        name=reference.stem,
        path=path,
        artist=artists.get(path.name, reference.stem),
        agreed_share=float(facts["agreed_share"]),
        stretches=tuple(_stretches(facts, beats_s, positions)),
    )


def _stretches(
    facts: dict[str, list[list[float]]], beats_s: Times, positions: Positions
) -> Iterator[AgreedStretch]:
    for start_s, end_s in facts["agreed"]:
        inside = (beats_s > start_s - 1e-6) & (beats_s < end_s + 1e-6)
        metre = int(positions.max()) + 1
        yield AgreedStretch(beats_s[inside], positions[inside], metre)


def consistent_positions(numbers: Positions, metre: int) -> Positions:
    """Return positions in the bar from 0; -1 in runs of less than ``LEAST_BARS`` unbroken bars."""
    positions = numbers - 1
    breaks = np.flatnonzero(np.diff(positions) % metre != 1 % metre) + 1
    edges = [0, *breaks.tolist(), len(positions)]
    kept = np.full(len(positions), -1)
    for start, end in pairwise(edges):
        if end - start >= LEAST_BARS * metre:
            kept[start:end] = positions[start:end]
    return kept
