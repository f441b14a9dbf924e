"""Songs with a known key and the measurements that keys are estimated from, kept in a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from backend.app.analysis.harmony import pitches as pitches_module
from backend.app.analysis.harmony.pitches import PitchSpectra, PitchSpectrumAnalyser
from backend.app.analysis.mid_side import analysis_blocks
from backend.app.analysis.rhythm.onsets import SpectraAnalyser
from backend.app.analysis.rhythm.rhythm_analyser import rhythm_of
from backend.app.contract.analysis import KEY_NAMES, Rhythm

from ..mir.corpus import MirSong, given
from ..real.reference import RealTrack, real_tracks

PARTS = ("bass", "treble", "chords", "spectrum")


@dataclass(frozen=True, slots=True)
class Measured:
    """A song, its true keys, and what its key is estimated from.

    Attributes
    ----------
    kind : the name of the folder, or "real"
    group : genre, or artist of a real track
    keys : indices in ``KEY_NAMES``; all are right, and none is known if it is empty
    """

    name: str
    kind: str
    group: str
    keys: frozenset[int]
    pitches: PitchSpectra = field(repr=False)
    rhythm: Rhythm = field(repr=False)


def measured_songs(songs: Sequence[Path], music: Path | None, kept_in: Path) -> Iterator[Measured]:
    """Measure the songs of folders with truth files, and real tracks whose two profiles agree."""
    kept_in.mkdir(parents=True, exist_ok=True)
    for folder in songs:
        for song in given(folder):
            keys = frozenset(KEY_NAMES.index(key) for *_, key in song.key_stretches())
            pitches, rhythm = _measure(song, kept_in)
            yield Measured(song.name, folder.name, song.genre, keys, pitches, rhythm)
    for track in real_tracks(music) if music else []:
        pitches, rhythm = _measure(track, kept_in)
        keys = reference_keys(music / "reference" / f"{track.name}.json") if music else frozenset()
        yield Measured(track.name, "real", track.artist, keys, pitches, rhythm)


def reference_keys(reference: Path) -> frozenset[int]:
    """Return the key on which essentia's two profiles agree; empty if they differ."""
    facts = json.loads(reference.read_text(encoding="utf-8"))
    named = {KEY_NAMES.index(key) for key in facts["essentia"]["keys"].values()}
    return frozenset(named) if len(named) == 1 else frozenset()


def _measure(song: MirSong | RealTrack, kept_in: Path) -> tuple[PitchSpectra, Rhythm]:
    """Return the pitches and the rhythm of a song, measured once."""
    source = Path(str(pitches_module.__file__)).read_bytes()
    mark = hashlib.sha256(source + str(song.path.resolve()).encode()).hexdigest()[:12]
    kept = kept_in / f"{song.name}_{mark}.npz"
    if not kept.is_file():
        pitches, rhythm = _analyse(song)
        arrays = {part: getattr(pitches, part) for part in PARTS}
        np.savez_compressed(kept, rhythm=np.array(rhythm.model_dump_json()), **arrays)
    with np.load(kept) as stored:
        parts = {part: stored[part] for part in PARTS}
        return PitchSpectra(**parts), Rhythm.model_validate_json(str(stored["rhythm"]))


def _analyse(song: MirSong | RealTrack) -> tuple[PitchSpectra, Rhythm]:
    spectra, pitches = SpectraAnalyser(), PitchSpectrumAnalyser()
    for block in analysis_blocks([song.samples()]):
        spectra.push(block.mid)
        pitches.push(block)
    return pitches.finish(), rhythm_of(spectra.finish())
