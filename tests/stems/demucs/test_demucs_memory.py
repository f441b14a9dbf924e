"""Memory of a separation does not depend on the song's length."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import NormalFormWriter

from ...sounds import noise, sine
from ..tiny_demucs import tiny_repo

# Separates songs in a separate process, as jobs do, and prints its peak in MB after each.
CHILD = """
import sys
from pathlib import Path
from backend.app.media.normal_form import TrackReader
from backend.app.stems.choose import separator_of

from tests.peak_memory import peak_mb

repo, *songs = map(Path, sys.argv[1:])
separator = separator_of("tiny", repo, repo)
for song in songs:
    with TrackReader(song) as reader:
        n = 0
        for block in separator.separate(reader, (0, reader.n_samples), ["other"], lambda _: None):
            n += block["vocals"].shape[1]
        assert n == reader.n_samples
    print(peak_mb())
"""


def song_of(repo: Path, duration_s: float) -> Path:
    """Store a song of this length."""
    path = repo / f"{duration_s:.0f}.flac"
    second = (sine(1.0, 220.0) + noise(1.0, seed=1, rms_db=-40.0)).T
    with NormalFormWriter(path) as writer:
        for _ in range(round(duration_s)):
            writer.write(second)
    assert path.stat().st_size > duration_s * SAMPLE_RATE / 8
    return path


def peaks_mb(repo: Path, *songs: Path) -> list[float]:
    """Peak memory after separating each of the songs, one after the other."""
    command = [sys.executable, "-c", CHILD, str(repo), *map(str, songs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.splitlines()]


# Holding all stems in memory, as Demucs does, takes 1.4 MB for each second.
SAME_MB = 15.0


def test_half_a_minute_needs_no_more_memory_than_five_seconds(tmp_path: Path) -> None:
    tiny_repo(tmp_path)
    short, long = song_of(tmp_path, 5.0), song_of(tmp_path, 30.0)
    # the memory of a process still grows during its first song
    *_, short_mb, long_mb = peaks_mb(tmp_path, short, short, long)
    assert long_mb - short_mb < SAME_MB
