"""Run each tool on a song: beats, downbeats, tempo and key."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.app.contract.analysis import TrackAnalysis
from backend.app.dsp.samples import SAMPLE_RATE, Samples

from .corpus import MirSong, Stretch

BLOCK_S = 10.0
LIBROSA_RATE = 22_050
# The defaults of `aubio tempo` and `aubio beat`.
AUBIO_WINDOW, AUBIO_HOP = 1024, 512
# Krumhansl & Kessler 1982, as printed in Krumhansl, Cognitive Foundations of Musical Pitch, 1990.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class Stated:
    """How sure a tool is of its beats, bars and key in a stretch; 0 to 1."""

    start_s: float
    end_s: float
    beat: float
    bar: float
    key: float


@dataclass(frozen=True, slots=True)
class Detected:
    """What a tool detected in a song; None for what it does not detect."""

    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...] | None
    tempo_bpm: float | None
    key: str | None
    stated: tuple[Stated, ...] = ()
    # Of tools that state a tempo or key for each stretch of a song.
    tempos: tuple[Stretch[float], ...] = ()
    keys: tuple[Stretch[str], ...] = ()
    cpu_s: float = 0.0

    def tempo_stretches(self) -> tuple[Stretch[float], ...]:
        """Return the tempi with their stretches; a single tempo holds for all the time."""
        whole = ((0.0, float("inf"), self.tempo_bpm),) if self.tempo_bpm else ()
        return self.tempos or whole

    def key_stretches(self) -> tuple[Stretch[str], ...]:
        """Return the keys with their stretches; a single key holds for all the time."""
        whole = ((0.0, float("inf"), self.key),) if self.key else ()
        return self.keys or whole


def segue(samples: Samples) -> Detected:
    """Run Segue's whole analysis; its time includes loudness and sections."""
    # The analysis loads librosa's filters only for songs whose chords leave the key open. That
    # takes seconds, and belongs to the warm-up.
    from librosa import filters  # noqa: F401

    from backend.app.analysis.track import analyse

    step = round(BLOCK_S * SAMPLE_RATE)
    track, _ = analyse(samples[:, at : at + step] for at in range(0, samples.shape[1], step))
    beats = np.asarray(track.rhythm.beats_s, dtype=float)
    downbeats = beats[np.asarray(track.rhythm.downbeats, dtype=int)] if len(beats) else beats
    return Detected(
        tuple(beats.tolist()),
        tuple(downbeats.tolist()),
        track.rhythm.tempo_bpm,
        track.harmony.key,
        tuple(_stated(track, samples.shape[1] / SAMPLE_RATE)),
        tuple((one.start_s, one.end_s, one.tempo_bpm) for one in track.rhythm.stretches),
        tuple((part.start_s, part.end_s, part.key) for part in track.harmony.sections),
    )


def _stated(track: TrackAnalysis, duration_s: float) -> Iterator[Stated]:
    """Yield the confidences of each stretch of the grid; of a track without a beat, one."""
    key = track.harmony.confidence
    for one in track.rhythm.stretches:
        yield Stated(one.start_s, one.end_s, one.confidence, one.downbeat_confidence, key)
    if not track.rhythm.stretches:
        yield Stated(0.0, duration_s, 0.0, 0.0, key)


def librosa(samples: Samples) -> Detected:
    """Run librosa's ``beat_track`` with defaults; find the key by chroma.

    The key is that of the best Krumhansl-Kessler profile. ``chroma_stft`` is the chroma that finds
    most keys of the tuning half (share 0.90; ``chroma_cens`` 0.80, ``chroma_cqt`` 0.73), and the
    cheapest.
    """
    import librosa

    mono = librosa.resample(
        samples.mean(axis=0), orig_sr=SAMPLE_RATE, target_sr=LIBROSA_RATE, res_type="soxr_hq"
    )
    tempo, beats = librosa.beat.beat_track(y=mono, sr=LIBROSA_RATE, units="time")
    chroma = librosa.feature.chroma_stft(y=mono, sr=LIBROSA_RATE).mean(axis=1)
    tempo_bpm = float(np.atleast_1d(tempo)[0])
    return Detected(tuple(np.asarray(beats).tolist()), None, tempo_bpm, best_key(chroma))


def best_key(chroma: npt.NDArray[np.floating]) -> str:
    """Return the key whose profile correlates best with a chroma (12 values from C)."""
    scores = {
        f"{tonic} {mode}": np.corrcoef(np.roll(profile, shift), chroma)[0, 1]
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
        for shift, tonic in enumerate(TONICS)
    }
    return max(scores, key=lambda key: float(scores[key]))


def aubio(samples: Samples) -> Detected:
    """Run ``aubio.tempo`` with defaults; the tempo is that of the median beat interval."""
    import aubio

    mono = samples.mean(axis=0)
    tracker = aubio.tempo("default", AUBIO_WINDOW, AUBIO_HOP, SAMPLE_RATE)
    beats = [
        tracker.get_last_s()
        for at in range(0, len(mono) - AUBIO_HOP + 1, AUBIO_HOP)
        if tracker(mono[at : at + AUBIO_HOP])[0]
    ]
    tempo_bpm = float(60.0 / np.median(np.diff(beats))) if len(beats) > 1 else None
    return Detected(tuple(beats), None, tempo_bpm, None)


CONTESTANTS: dict[str, Callable[[Samples], Detected]] = {
    "segue": segue,
    "librosa": librosa,
    "aubio": aubio,
}


def version(name: str) -> str:
    """Return a tool's name and version for the tables."""
    return "Segue" if name == "segue" else f"{name} {importlib.metadata.version(name)}"


def why_absent(name: str) -> str | None:
    """Return why a tool is not available; None if it is."""
    try:
        importlib.import_module("backend.app.analysis.track" if name == "segue" else name)
    except ImportError as missing:
        return _why_not_installed(name) or f"{missing}; `make bench-mir` installs the peers"
    return None


def _why_not_installed(name: str) -> str | None:
    """Return the saved error of the last installation by `make bench-mir`, if any."""
    said = Path(sys.prefix) / f"{name}.txt"
    lines = said.read_text(encoding="utf-8").splitlines() if said.is_file() else []
    because = next((line.strip() for line in lines if "error" in line.lower()), None)
    return f"it could not be installed: {because}" if because else None


def run_contestant(name: str, songs: Sequence[MirSong], processes: int) -> Iterator[Detected]:
    """Run a tool on each song in separate processes.

    Every process analyses one song before timing, to exclude imports, compiling and caches. What
    numba compiles for librosa is compiled by one process alone, into a folder of this run's: two
    processes compiling at once leave a cache with which every later run crashes.
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NUMBA_CACHE_DIR"] = folder
        with _pool(1) as alone:
            alone.submit(_warm_up, name, songs[0]).result()
        with _pool(processes, _warm_up, (name, songs[0])) as pool:
            yield from pool.map(_timed, [name] * len(songs), songs)


def _pool(processes: int, *begin: object) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, get_context("spawn"), *begin)


def _warm_up(name: str, song: MirSong) -> None:
    CONTESTANTS[name](song.samples())


def _timed(name: str, song: MirSong) -> Detected:
    """Run a tool on a song; time excludes decoding and includes resampling."""
    samples = song.samples()
    began_s = _cpu_s()
    found = CONTESTANTS[name](samples)
    return replace(found, cpu_s=_cpu_s() - began_s)


def _cpu_s() -> float:
    """Return CPU seconds of this process and its ended children, with all threads."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)
