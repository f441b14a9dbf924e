"""The film of a finished sound, with tracks or with stacked stems."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from backend.app.dj.timeline import Chapter, Clip, Timeline
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.services.files.film_files import FilmSpec, write_film, write_thumbnail
from backend.app.store.files.blobs import ContentStore
from backend.app.video.film import FilmTools

FFMPEG = find_ffmpeg(None)
# Not a whole number of video frames or of AAC's 1024 samples.
LENGTH = round(4.321 * SAMPLE_RATE)


def clip(title: str, start: int, *, role: str = "track") -> Clip:
    return Clip(title, "0" * 64, title, "Ada", start, LENGTH - start, role=role)  # type: ignore[arg-type]


SET = Timeline(
    (clip("One", 0), clip("horn", 0, role="overlay"), clip("Two", 2 * SAMPLE_RATE)),
    (),
    (Chapter(0, "Ada – One"), Chapter(2 * SAMPLE_RATE, "Ada – Two")),
)
STACKED = Timeline((clip("One", 0, role="stem"), clip("Two", 0, role="stem")), (), ())


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A tone until the very end, so that cut or added sound changes the length."""
    path = tmp_path / "mix.wav"
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(LENGTH) / SAMPLE_RATE)
    soundfile.write(path, np.column_stack([tone, tone]), SAMPLE_RATE)
    return path


def filmed(timeline: Timeline, sound: Path, folder: Path) -> tuple[Path, list[float]]:
    spec = FilmSpec(sound, timeline, "A mix", "Ada", None, height=720)
    scratch = folder / "scratch"
    scratch.mkdir()
    done: list[float] = []
    out = folder / "mix.mp4"
    write_film(spec, ContentStore(folder), FilmTools(FFMPEG, scratch), out, done.append)
    return out, done


def probed(path: Path) -> str:
    """ffmpeg's description of a file."""
    command = [str(FFMPEG), "-hide_banner", "-i", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def decoded(path: Path) -> np.ndarray:
    command = [str(FFMPEG), "-v", "error", "-i", str(path), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.float32).reshape(-1, 2).T


@pytest.mark.parametrize("timeline", [SET, STACKED], ids=["tracks", "stacked stems"])
def test_film_has_the_sound_to_the_sample(timeline: Timeline, sound: Path, tmp_path: Path):
    film, done = filmed(timeline, sound, tmp_path)
    description = probed(film)
    assert "h264" in description
    assert "1280x720" in description
    audio = decoded(film)
    assert audio.shape[1] == LENGTH
    # AAC at 384 kbit/s changes a pure tone by at most a hundredth of its amplitude.
    original = soundfile.read(sound, dtype="float32")[0].T
    middle = slice(SAMPLE_RATE, 3 * SAMPLE_RATE)
    assert np.abs(audio[:, middle] - original[:, middle]).max() < 0.003
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_film_contains_the_chapters(sound: Path, tmp_path: Path):
    film, _ = filmed(SET, sound, tmp_path)
    starts = [float(s) for s in re.findall(r"Chapter #0:\d+: start ([\d.]+)", probed(film))]
    assert starts == [0.0, 2.0]


def test_encoded_sound_is_reused_after_a_restart(sound: Path, tmp_path: Path):
    first, _ = filmed(SET, sound, tmp_path)
    encoded = tmp_path / "scratch" / "sound.m4a"
    before = encoded.stat().st_mtime_ns
    spec = FilmSpec(sound, SET, "A mix", "Ada", None, height=720)
    again = tmp_path / "again.mp4"
    tools = FilmTools(FFMPEG, tmp_path / "scratch")
    write_film(spec, ContentStore(tmp_path), tools, again, lambda _: None)
    assert encoded.stat().st_mtime_ns == before
    assert again.read_bytes() == first.read_bytes()


def test_thumbnail_stays_below_the_size_limit(sound: Path, tmp_path: Path):
    out = tmp_path / "thumbnail.jpg"
    write_thumbnail(FilmSpec(sound, STACKED, "A mashup", "Ada", None), out, 60_000)
    assert out.stat().st_size <= 60_000
    with Image.open(out) as picture:
        assert picture.size == (1280, 720)
