"""Films show each card at its time, with the sound copied and chapters included."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.errors import InvalidRequest, ToolFailed
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg, run_ffmpeg
from backend.app.render.files.tags import MixTags
from backend.app.video.encode_h264 import planes
from backend.app.video.film import FilmTools, TimedCard, render_film

FFMPEG = find_ffmpeg(None)
SIZE = (320, 180)
COLOURS = [(200, 30, 30), (20, 160, 40), (30, 60, 220)]
# 31.337 s: no whole number of frames, of seconds, or of AAC's 1024 samples
LENGTH = round(31.337 * SAMPLE_RATE)
STARTS = [0, round(12.345 * SAMPLE_RATE), round(25.01 * SAMPLE_RATE)]
TITLES = ["One; #1 = 'best' \\ [v]%{x}", "Zwei\n[CHAPTER]\ntitle=no", "三 🎧"]
# a line break in a title would end a metadata line, so it becomes a space
READ_BACK = [TITLES[0], "Zwei [CHAPTER] title=no", TITLES[2]]


def plain(colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", SIZE, colour)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "mix.m4a"
    source = f"sine=f=440:r=44100,atrim=end_sample={LENGTH}"
    coder = ("-ac", "2", "-c:a", "aac", "-b:a", "96k")
    run_ffmpeg(FFMPEG, ["-f", "lavfi", "-i", source, *coder, f"file:{path}"], timeout_s=60)
    return path


def render(folder: Path, sound: Path, *, scratch: Path | None = None, workers: int = 2) -> Path:
    where = scratch or folder / "scratch"
    where.mkdir(parents=True, exist_ok=True)
    out = folder / "mix.mp4"
    render_film(
        [TimedCard(partial(plain, c), s) for c, s in zip(COLOURS, STARTS, strict=True)],
        audio=sound,
        tags=MixTags(
            "A; mix = #1",
            "DJ",
            chapters=tuple(zip(STARTS, TITLES, strict=True)),
            length=LENGTH,
        ),
        size=SIZE,
        out=out,
        tools=FilmTools(FFMPEG, where, workers),
    )
    return out


@pytest.fixture(scope="module")
def film(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("film"), sound)


@pytest.fixture(scope="module")
def frames(film: Path) -> np.ndarray:
    """Every frame, shrunk to one pixel: shape (frames, 3)."""
    raw = ("-vf", "scale=1:1:flags=area", "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    arguments = ["-i", f"file:{film}", "-map", "0:v:0", "-fps_mode", "passthrough", *raw]
    return np.frombuffer(run_ffmpeg(FFMPEG, arguments, timeout_s=60), np.uint8).reshape(-1, 3)


def ffmpeg_info(film: Path) -> str:
    """ffmpeg's description of a file."""
    argv = [str(FFMPEG), "-hide_banner", "-i", str(film)]
    return subprocess.run(argv, capture_output=True, check=False).stderr.decode()


def atoms(data: bytes, at: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Name and extent of each MP4 box between ``at`` and ``end``."""
    while at + 8 <= end:
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8].decode("latin-1"), at + 8, at + size
        at += size


def test_video_is_as_long_as_the_sound(film: Path, frames: np.ndarray) -> None:
    assert abs(len(frames) / 25 - LENGTH / SAMPLE_RATE) <= 1 / 25
    arguments = ["-i", f"file:{film}", "-map", "0:a:0", "-f", "s16le", "-"]
    n_samples = len(run_ffmpeg(FFMPEG, arguments, timeout_s=60)) // 4
    # the sound is copied; its file may end with up to one more AAC frame
    assert 0 <= n_samples - LENGTH <= 1024


def test_each_card_is_shown_in_its_time(frames: np.ndarray) -> None:
    for colour, start, end in zip(COLOURS, STARTS, [*STARTS[1:], LENGTH], strict=True):
        # 0.5 s on each side belong to the dissolve.
        first = round((start / SAMPLE_RATE + (0.5 if start else 0)) * 25) + 1
        last = round((end / SAMPLE_RATE - (0.5 if end < LENGTH else 0)) * 25) - 1
        # 4 of 255: quantiser 17, and the rounding of limited range.
        assert np.abs(frames[first:last].astype(int) - colour).max() <= 4


def test_card_changes_within_half_a_frame_of_its_chapter(frames: np.ndarray) -> None:
    for before, after, start in zip(COLOURS, COLOURS[1:], STARTS[1:], strict=False):
        away = np.abs(frames.astype(int) - before).sum(axis=1)
        left = np.abs(frames.astype(int) - after).sum(axis=1)
        middle = round(start / SAMPLE_RATE * 25)
        # a dissolve has 24 frames; from its middle the incoming card dominates
        near = slice(middle - 12, middle + 12)
        assert middle - 12 + int(np.argmax((left < away)[near])) == middle


def test_file_has_the_formats_that_players_and_youtube_accept(film: Path) -> None:
    info = ffmpeg_info(film)
    assert "Video: h264" in info
    assert "yuv420p(tv, bt709" in info
    assert "320x180" in info
    assert "25 fps" in info
    assert "Audio: aac" in info
    assert "Data: bin_data (text" in info  # QuickTime's chapters, in addition to Nero's
    assert "not found" not in info


def test_index_comes_before_the_data(film: Path) -> None:
    data = film.read_bytes()
    names = [name for name, _, _ in atoms(data, 0, len(data))]
    assert names.index("moov") < names.index("mdat")


def test_chapters_and_names_are_read_back_exactly(film: Path) -> None:
    arguments = ["-i", f"file:{film}", "-f", "ffmetadata", "-"]
    text = run_ffmpeg(FFMPEG, arguments, timeout_s=60).decode()
    plain = text.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")
    assert "title=A; mix = #1\n" in plain
    assert "artist=DJ\n" in plain
    titles = [line[6:] for line in plain.splitlines() if line.startswith("title=")][1:]
    assert titles == READ_BACK
    starts = [int(line[6:]) for line in plain.splitlines() if line.startswith("START=")]
    base = next(line for line in plain.splitlines() if line.startswith("TIMEBASE=1/"))
    for start, expected in zip(starts, STARTS, strict=True):
        # chapters are stored in milliseconds
        assert abs(start / int(base[11:]) - expected / SAMPLE_RATE) <= 0.001


def test_key_frames_are_at_most_ten_seconds_apart(film: Path) -> None:
    arguments = ["-i", f"file:{film}", "-map", "0:v:0", "-c", "copy", "-f", "framemd5", "-"]
    lines = run_ffmpeg(FFMPEG, arguments, timeout_s=60).decode().splitlines()
    packets = [line.split(",") for line in lines if not line.startswith("#")]
    assert [int(packet[2]) for packet in packets] == list(
        range(0, len(packets) * int(packets[0][3]), int(packets[0][3]))
    )
    shown = ["-skip_frame", "nokey", "-i", f"file:{film}", "-map", "0:v:0"]
    raw = ("-fps_mode", "passthrough", "-f", "framecrc", "-")
    keys = run_ffmpeg(FFMPEG, [*shown, *raw], timeout_s=60).decode().splitlines()
    at = [int(line.split(",")[2]) / 25 for line in keys if not line.startswith("#")]
    assert at[:2] == [0.0, 10.0]
    assert np.diff([*at, LENGTH / SAMPLE_RATE]).max() <= 10 + 1 / 25


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_same_mix_gives_the_same_bytes(film: Path, sound: Path, tmp_path: Path) -> None:
    assert digest(render(tmp_path, sound, workers=1)) == digest(film)


def test_interrupted_film_reuses_finished_groups(film: Path, sound: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    render(tmp_path, sound, scratch=scratch)
    made = {path: path.stat().st_mtime_ns for path in scratch.glob("*.mp4")}
    lost = min(made)
    lost.unlink()
    assert digest(render(tmp_path, sound, scratch=scratch)) == digest(film)
    again = {path: path.stat().st_mtime_ns for path in scratch.glob("*.mp4")}
    assert {path for path in made if again[path] != made[path]} == {lost}


def test_progress_rises_and_may_cancel(sound: Path, tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    seen: list[float] = []

    def progress(done: float) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        render_film(
            [TimedCard(partial(plain, c), s) for c, s in zip(COLOURS, STARTS, strict=True)],
            audio=sound,
            tags=MixTags(length=LENGTH),
            size=SIZE,
            out=tmp_path / "mix.mp4",
            tools=FilmTools(FFMPEG, tmp_path),
            progress=progress,
        )
    assert seen == sorted(seen)
    assert not (tmp_path / "mix.mp4").exists()


@pytest.mark.parametrize("n_cards", [0, 1])
def test_missing_card_or_sound_raises(n_cards: int, tmp_path: Path) -> None:
    with pytest.raises((InvalidRequest, ToolFailed)):
        render_film(
            [TimedCard(partial(plain, COLOURS[0]), 0)] * n_cards,
            audio=tmp_path / "missing.m4a",
            tags=MixTags(length=SAMPLE_RATE),
            size=SIZE,
            out=tmp_path / "mix.mp4",
            tools=FilmTools(FFMPEG, tmp_path),
        )


@pytest.mark.parametrize(
    ("colour", "expected"),
    # ITU-R BT.709-6: 100 % white, black and the primaries in 8-bit limited range
    [
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 0), (16, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_colours_follow_bt709(colour: tuple[int, int, int], expected: tuple[int, int, int]) -> None:
    raw = planes(Image.new("RGB", (4, 4), colour))
    assert (raw[0], raw[16], raw[20]) == expected
    assert len(raw) == 24
