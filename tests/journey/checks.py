"""Check finished files with tools that are independent of the code that made them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import soundfile

from audio_checks.discontinuities import clicks, gaps
from audio_checks.levels import lufs, true_peak_db
from backend.app.contract.mixes import TimelineView
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg

FFMPEG = str(find_ffmpeg(None))
ReadTrack: TypeAlias = Callable[[str], Samples]
"""Reads a track in normal form by its content hash."""


@dataclass(frozen=True)
class Film:
    """An MP4 as ffmpeg describes it; ``audio_s`` is the length of its sound."""

    frames: int
    fps: float
    audio_s: float
    chapters: list[tuple[float, str]]
    streams: str


def decoded(path: Path) -> Samples:
    """Decode a file with ffmpeg: float32 ``(2, n)`` at 44.1 kHz, without delay and padding."""
    command = [FFMPEG, "-v", "error", "-i", str(path), "-map", "0:a:0", "-ac", "2"]
    command += ["-ar", str(SAMPLE_RATE), "-f", "f32le", "-"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(data, np.float32).reshape(-1, 2).T


def expect_unbroken(sound: Samples, timeline: TimelineView, read_track: ReadTrack) -> None:
    """Assert that the mix adds no clicks or gaps over 20 ms to those of its tracks."""
    track_clicks, track_gaps = [0.0], [(0.0, 0.0)]
    for clip in timeline.clips:
        track = read_track(clip.content)
        shift = clip.start_s - clip.source_start_s
        track_clicks += [at + shift for at in clicks(track, ratio=1.2, floor=0.005)]
        floor_db = -54 - clip.gain_db  # below a gap's level in the mix, with a margin of 6 dB
        track_gaps += [
            (a + shift, b + shift) for a, b in gaps(track, longer_s=0.01, floor_db=floor_db)
        ]
    known = np.array(track_clicks)
    new = [at for at in clicks(sound) if np.abs(known - at).min() > 0.012]
    assert not new, f"clicks at {new}"
    holes = [
        (a, b)
        for a, b in gaps(sound, longer_s=0.020)
        if not any(x - 0.03 <= a and b <= y + 0.03 for x, y in track_gaps)
    ]
    assert not holes, f"gaps at {holes}"


def expect_same_sound(lossy: Samples, lossless: Samples) -> None:
    """Assert that a lossy file sounds like the lossless one: no dropout or shift.

    Codec artefacts at transients look like clicks, so half seconds are correlated instead. Lowest
    correlation over a demo crate: MP3 0.998, AAC 0.985, Opus 0.981; a shift of one millisecond
    gives 0.5, another part of the mix about 0.
    """
    length = min(lossy.shape[1], lossless.shape[1])
    pieces = length // (SAMPLE_RATE // 2)
    a, b = (
        sound[:, : pieces * (SAMPLE_RATE // 2)].mean(axis=0).reshape(pieces, -1).astype(np.float64)
        for sound in (lossy, lossless)
    )
    audible = np.sqrt((b**2).mean(axis=1)) > 10 ** (-50 / 20)
    correlation = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1) + 1e-12)
    assert correlation[audible].min() > 0.97


def described_chapters(text: str) -> list[tuple[int, str]]:
    """The chapters in a description: whole seconds and title."""
    lines = re.findall(r"^((?:\d+:)?\d{1,2}:\d{2})\s+(\S.*)$", text, flags=re.M)
    return [(_seconds(stamp), title) for stamp, title in lines]


def _seconds(stamp: str) -> int:
    total = 0
    for part in stamp.split(":"):
        total = total * 60 + int(part)
    return total


def film_of(path: Path) -> Film:
    """Describe an MP4."""
    frames = count_frames(path)
    said = subprocess.run(
        [FFMPEG, "-hide_banner", "-i", str(path)], capture_output=True, text=True, check=False
    ).stderr
    fps = float(re.search(r"([\d.]+) fps", said).group(1))
    return Film(frames, fps, decoded(path).shape[1] / SAMPLE_RATE, chapters_in(path), said)


def count_frames(path: Path) -> int:
    """Count a film's frames."""
    command = [FFMPEG, "-v", "error", "-i", str(path), "-map", "0:v:0", "-c", "copy"]
    command += ["-f", "framecrc", "-"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return sum(not line.startswith("#") for line in lines)


def chapters_in(path: Path) -> list[tuple[float, str]]:
    """Start and title of each chapter in a film."""
    command = [FFMPEG, "-v", "error", "-i", str(path), "-f", "ffmetadata", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = []
    for block in text.split("[CHAPTER]")[1:]:
        base = re.search(r"TIMEBASE=(\d+)/(\d+)", block)
        start = int(re.search(r"START=(\d+)", block).group(1))
        title = re.search(r"^title=(.*)$", block, flags=re.M).group(1)
        plain = re.sub(r"\\(.)", r"\1", title)
        found.append((start * int(base.group(1)) / int(base.group(2)), plain))
    return found


def track_reader(storage: Path) -> ReadTrack:
    """Read tracks that a server stores under ``storage``."""

    def read(content_hash: str) -> Samples:
        path = storage / "content" / content_hash[:2] / f"{content_hash}.flac"
        return soundfile.read(path, dtype="float32")[0].T

    return read


def expect_sound(
    path: Path, timeline: TimelineView, *, loudness_lufs: float = -14.0, slack: int = 0
) -> Samples:
    """Assert a file's length, loudness and true peak; return its sound."""
    sound = decoded(path)
    assert abs(sound.shape[1] - timeline.duration_samples) <= slack
    assert abs(lufs(sound) - loudness_lufs) <= 0.5
    assert true_peak_db(sound) <= -1.0
    assert not (np.abs(sound) >= 1.0).any()
    return sound


def expect_mp3_length(path: Path, timeline: TimelineView) -> None:
    """Assert that a second decoder (mpg123, in libsndfile) gives the MP3 the same length."""
    assert soundfile.info(path).frames == timeline.duration_samples


def expect_chapters(description: str, timeline: TimelineView) -> None:
    """Assert that the description has the timeline's chapters, to the second."""
    stated = described_chapters(description)
    assert len(stated) == len(timeline.chapters)
    for (second, title), chapter in zip(stated, timeline.chapters, strict=True):
        assert abs(second - chapter.start_s) < 1.0
        assert title.startswith(chapter.title[:20])


def expect_film(path: Path, timeline: TimelineView) -> None:
    """Assert that the film is as long as its sound, and has the timeline's chapters."""
    film = film_of(path)
    assert "yuv420p" in film.streams
    assert "h264" in film.streams
    assert "aac" in film.streams
    assert abs(film.frames / film.fps - timeline.duration_s) <= 1 / film.fps
    # 2,048 samples: AAC ends on a frame of 1,024, and another frame comes before the sound.
    assert abs(film.audio_s - timeline.duration_s) <= 2048 / SAMPLE_RATE
    assert [title for _, title in film.chapters] == [c.title for c in timeline.chapters]
    for (start_s, _), chapter in zip(film.chapters, timeline.chapters, strict=True):
        # MP4 stores chapters in milliseconds
        assert abs(start_s - chapter.start_s) <= 0.001
