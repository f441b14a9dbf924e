"""A full disk is reported as StorageFull."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.errors import StorageFull
from backend.app.media.ffmpeg.ffmpeg import run_ffmpeg
from backend.app.media.ffmpeg.full_disk import raise_storage_full
from backend.app.media.normal_form import write_normal_form

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")


@pytest.fixture
def small_files() -> Iterator[None]:
    """Limit files of this process to 100 kB, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@linux_only
def test_full_disk_in_ffmpeg(ffmpeg: Path) -> None:
    sound = ["-f", "lavfi", "-i", "sine=d=2", "-f", "s16le", "-y", "file:/dev/full"]
    with pytest.raises(StorageFull):
        run_ffmpeg(ffmpeg, sound, timeout_s=20)


@pytest.mark.usefixtures("small_files")
def test_full_disk_while_writing_the_normal_form(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 200_000)).astype(np.float32)
    with pytest.raises(StorageFull):
        write_normal_form(tmp_path / "t.flac", noise)


def test_other_soundfile_errors_are_not_translated(tmp_path: Path) -> None:
    (tmp_path / "t.flac").write_bytes(b"no sound")
    with pytest.raises(soundfile.LibsndfileError), raise_storage_full():
        soundfile.SoundFile(tmp_path / "t.flac")
