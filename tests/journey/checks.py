"""What a finished mixtape has to keep, checked on its files by other means than made them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import soundfile
from scipy.ndimage import maximum_filter1d
from scipy.signal import resample_poly

from backend.app.contract.mixes import TimelineView
from backend.app.dsp.loudness import LoudnessMeter, integrated_lufs
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.media.ffmpeg import find_ffmpeg

FFMPEG = str(find_ffmpeg(None))
Content: TypeAlias = Callable[[str], Samples]
"""Gives the sound of a track in normal form, by the hash of its content."""


@dataclass(frozen=True)
class Film:
    """What ffmpeg says of an MP4: frames, frame rate, seconds of sound, chapters, streams."""

    frames: int
    fps: float
    audio_s: float
    chapters: list[tuple[float, str]]
    streams: str


def decoded(path: Path) -> Samples:
    """A finished file through ffmpeg, float32 ``(2, n)`` at 44.1 kHz: delay and padding trimmed."""
    command = [FFMPEG, "-v", "error", "-i", str(path), "-map", "0:a:0", "-ac", "2"]
    command += ["-ar", str(SAMPLE_RATE), "-f", "f32le", "-"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(data, np.float32).reshape(-1, 2).T


def lufs(sound: Samples) -> float:
    """Integrated loudness."""
    meter = LoudnessMeter()
    meter.push(sound)
    return integrated_lufs(meter.energies)


def true_peak_db(sound: Samples) -> float:
    """True peak by four-fold oversampling, a piece at a time."""
    peak, step = 0.0, 1 << 20
    for start in range(0, sound.shape[1], step):
        piece = sound[:, max(0, start - 64) : start + step + 64]
        peak = max(peak, float(np.abs(resample_poly(piece, 4, 1, axis=1)).max()))
    return 20 * float(np.log10(peak))


def gaps(sound: Samples, *, longer_s: float, floor_db: float = -60.0) -> list[tuple[float, float]]:
    """Stretches of near silence inside the mix, as start and end in seconds."""
    hop = SAMPLE_RATE // 1000
    whole = sound.shape[1] // hop * hop
    loud = np.abs(sound[:, :whole]).max(axis=0).reshape(-1, hop).max(axis=1) > 10 ** (floor_db / 20)
    heard = np.flatnonzero(loud)
    at_s = heard * hop / SAMPLE_RATE
    return [(at_s[i], at_s[i + 1]) for i in np.flatnonzero(np.diff(at_s) > longer_s)]


def clicks(sound: Samples, *, ratio: float = 2.0, floor: float = 0.025) -> list[float]:
    """Where a step or impulse stands out, in seconds.

    The fourth difference cancels smooth sound and keeps a jump. A click is over its surroundings
    *before and after*; a drum mostly has energy after it.
    """
    found: set[float] = set()
    for channel in sound:
        jump = np.abs(np.convolve(channel, [1, -4, 6, -4, 1], "same")) / 6
        blocks = jump[: len(jump) // 8 * 8].reshape(-1, 8).max(axis=1)
        around = maximum_filter1d(blocks, 20, mode="nearest")
        before, after = np.roll(around, 13), np.roll(around, -13)
        hit = (blocks > floor) & (blocks > ratio * before) & (blocks > ratio * after)
        found.update((np.flatnonzero(hit) * 8 / SAMPLE_RATE).tolist())
    return sorted(found)


def expect_unbroken(sound: Samples, timeline: TimelineView, content: Content) -> None:
    """The mix has no click, and no gap over 20 ms, that its tracks did not bring."""
    brought_clicks, brought_gaps = [0.0], [(0.0, 0.0)]
    for clip in timeline.clips:
        track = content(clip.content)
        shift = clip.start_s - clip.source_start_s
        brought_clicks += [at + shift for at in clicks(track, ratio=1.2, floor=0.005)]
        floor_db = -54 - clip.gain_db  # as quiet as a gap once it is played, with 6 dB to spare
        brought_gaps += [
            (a + shift, b + shift) for a, b in gaps(track, longer_s=0.01, floor_db=floor_db)
        ]
    known = np.array(brought_clicks)
    new = [at for at in clicks(sound) if np.abs(known - at).min() > 0.012]
    assert not new, f"clicks at {new}"
    holes = [
        (a, b)
        for a, b in gaps(sound, longer_s=0.020)
        if not any(x - 0.03 <= a and b <= y + 0.03 for x, y in brought_gaps)
    ]
    assert not holes, f"gaps at {holes}"


def expect_the_same_sound(lossy: Samples, lossless: Samples) -> None:
    """A lossy file is the lossless one throughout: no dropout, no slip, no piece out of place.

    Its own artefacts at transients look like clicks to a detector, so it is compared instead, half
    a second at a time. Least likeness measured over a demo crate: MP3 0.998, AAC 0.985, Opus 0.981;
    a slip of one millisecond gives 0.5, another piece of the mix about 0.
    """
    length = min(lossy.shape[1], lossless.shape[1])
    pieces = length // (SAMPLE_RATE // 2)
    a, b = (
        sound[:, : pieces * (SAMPLE_RATE // 2)].mean(axis=0).reshape(pieces, -1).astype(np.float64)
        for sound in (lossy, lossless)
    )
    audible = np.sqrt((b**2).mean(axis=1)) > 10 ** (-50 / 20)
    likeness = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1) + 1e-12)
    assert likeness[audible].min() > 0.97


def described_chapters(text: str) -> list[tuple[int, str]]:
    """The chapters that a description states: whole seconds and title."""
    lines = re.findall(r"^((?:\d+:)?\d{1,2}:\d{2})\s+(\S.*)$", text, flags=re.M)
    return [(_seconds(stamp), title) for stamp, title in lines]


def _seconds(stamp: str) -> int:
    total = 0
    for part in stamp.split(":"):
        total = total * 60 + int(part)
    return total


def film_of(path: Path) -> Film:
    """Take an MP4 apart."""
    frames = count_frames(path)
    said = subprocess.run(
        [FFMPEG, "-hide_banner", "-i", str(path)], capture_output=True, text=True, check=False
    ).stderr
    fps = float(re.search(r"([\d.]+) fps", said).group(1))
    return Film(frames, fps, decoded(path).shape[1] / SAMPLE_RATE, chapters_in(path), said)


def count_frames(path: Path) -> int:
    """How many pictures a film has."""
    command = [FFMPEG, "-v", "error", "-i", str(path), "-map", "0:v:0", "-c", "copy"]
    command += ["-f", "framecrc", "-"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return sum(not line.startswith("#") for line in lines)


def chapters_in(path: Path) -> list[tuple[float, str]]:
    """Where each chapter inside a film begins, and its title."""
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


def content_of(storage: Path) -> Content:
    """The tracks that a server keeps under ``storage``."""

    def read(content: str) -> Samples:
        kept = storage / "content" / content[:2] / f"{content}.flac"
        return soundfile.read(kept, dtype="float32")[0].T

    return read


def expect_sound(
    path: Path, timeline: TimelineView, *, loudness_lufs: float = -14.0, slack: int = 0
) -> Samples:
    """A file's sound is as long as its timeline, as loud as asked, and under the ceiling."""
    sound = decoded(path)
    assert abs(sound.shape[1] - timeline.duration_samples) <= slack
    assert abs(lufs(sound) - loudness_lufs) <= 0.5
    assert true_peak_db(sound) <= -1.0
    assert not (np.abs(sound) >= 1.0).any()
    return sound


def expect_mp3_length(path: Path, timeline: TimelineView) -> None:
    """A second decoder (mpg123, inside libsndfile) trims the MP3 to the same sample."""
    assert soundfile.info(path).frames == timeline.duration_samples


def expect_chapters(description: str, timeline: TimelineView) -> None:
    """The description's chapters are the timeline's, right to the second."""
    stated = described_chapters(description)
    assert len(stated) == len(timeline.chapters)
    for (second, title), chapter in zip(stated, timeline.chapters, strict=True):
        assert abs(second - chapter.start_s) < 1.0
        assert title.startswith(chapter.title[:20])


def expect_film(path: Path, timeline: TimelineView) -> None:
    """The film is as long as its sound within a frame, and carries the timeline's chapters."""
    film = film_of(path)
    assert "yuv420p" in film.streams
    assert "h264" in film.streams
    assert "aac" in film.streams
    assert abs(film.frames / film.fps - timeline.duration_s) <= 1 / film.fps
    # 2,048 samples: AAC ends on a frame of 1,024 and primes with another
    assert abs(film.audio_s - timeline.duration_s) <= 2048 / SAMPLE_RATE
    assert [title for _, title in film.chapters] == [c.title for c in timeline.chapters]
    for (start_s, _), chapter in zip(film.chapters, timeline.chapters, strict=True):
        # Chapters in MP4 are kept in milliseconds
        assert abs(start_s - chapter.start_s) <= 0.001
