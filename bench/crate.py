"""Prepare the tracks to mix: composed and cached, or from a folder of music."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from backend.app.analysis.levels.loudness import (
    LoudnessProfile,
    load_profile,
    measure_loudness,
    save_profile,
)
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.shapes.plain_crossfades import plan_crossfades
from backend.app.dj.timeline import Timeline
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import TrackReader, write_normal_form

TRANSITION_MS = 8000
LOUDNESS_LUFS = -14.0


@dataclass(frozen=True)
class BenchCrate:
    """A folder of tracks in Segue's stored format, and the plan of their mix."""

    folder: Path
    names: tuple[str, ...]

    def path(self, name: str) -> Path:
        return self.folder / name

    def wav(self, name: str) -> Path:
        return self.folder / f"{name}.wav"

    def timeline(self) -> Timeline:
        decks = [self._deck(name) for name in self.names]
        return plan_crossfades(decks, transition_ms=TRANSITION_MS, loudness_lufs=LOUDNESS_LUFS)

    def _deck(self, name: str) -> DeckTrack:
        frames = soundfile.info(self.path(name)).frames
        return DeckTrack(name, name, name, "Bench", frames, self.profile(name))

    def profile(self, name: str) -> LoudnessProfile:
        profile = load_profile(self._profile(name))
        assert profile is not None, "a profile of this folder is torn; make it anew"
        return profile

    def analyse(self) -> None:
        for name in self.names:
            if not self._profile(name).is_file():
                with TrackReader(self.path(name)) as reader:
                    block = reader.read(0, reader.n_samples)
                save_profile(measure_loudness([block]), self._profile(name))

    def write_wavs(self) -> None:
        """Write WAV files, so that the other tools need no decoding."""
        for name in self.names:
            if not self.wav(name).is_file():
                samples, rate = soundfile.read(self.path(name), dtype="int16")
                soundfile.write(self.wav(name), samples, rate, subtype="PCM_16")

    def _profile(self, name: str) -> Path:
        return self.folder / f"{name}.npz"


def composed(folder: Path, count: int, duration_s: float) -> BenchCrate:
    """Compose songs into a folder, or reuse those that are there."""
    # not at the top: the measured processes need not load the composer
    from composer.crates import compose_crate

    folder.mkdir(parents=True, exist_ok=True)
    names = tuple(f"{index:02}" for index in range(count))
    if not all((folder / name).is_file() for name in names):
        for name, song in zip(
            names, compose_crate(count, seed=1, duration_s=duration_s), strict=True
        ):
            write_normal_form(folder / name, song.samples)
    crate = BenchCrate(folder, names)
    crate.analyse()
    return crate


def brought(folder: Path, music: Path, ffmpeg: Path) -> BenchCrate:
    """Read the audio files of a folder of music."""
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(file for file in music.iterdir() if file.suffix in AUDIO)
    for file in files:
        if not (folder / file.stem).is_file():
            command = [ffmpeg, "-v", "quiet", "-i", f"file:{file}", "-map", "0:a:0", "-ac", "2"]
            command += ["-ar", str(SAMPLE_RATE), "-f", "f32le", "-"]
            sound = subprocess.run(command, check=True, capture_output=True).stdout
            samples = np.frombuffer(sound, np.float32).reshape(-1, 2).T
            write_normal_form(folder / file.stem, samples)
    crate = BenchCrate(folder, tuple(file.stem for file in files))
    crate.analyse()
    return crate


AUDIO = {".mp3", ".flac", ".wav", ".ogg", ".opus", ".m4a"}
