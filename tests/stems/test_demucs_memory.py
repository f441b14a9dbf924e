"""Taking a song apart takes as much memory for an hour as for a minute."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import NormalFormWriter

from ..sounds import noise, sine
from .tiny_demucs import tiny_repo

# Separates a song in a process of its own, as a job does, and prints its peak in MB.
CHILD = """
import sys
from pathlib import Path
from backend.app.media.normal_form import TrackReader
from backend.app.stems.choose import separator_of

repo, song = map(Path, sys.argv[1:])
separator = separator_of("tiny", repo, repo)
with TrackReader(song) as reader:
    n = 0
    for block in separator.separate(reader, (0, reader.n_samples), ["other"], lambda _: None):
        n += block["vocals"].shape[1]
    assert n == reader.n_samples
from tests.peak_memory import peak_mb
print(peak_mb())
"""


def peak_of(repo: Path, duration_s: float) -> float:
    """The most memory that a song of this length takes."""
    path = repo / f"{duration_s:.0f}.flac"
    second = (sine(1.0, 220.0) + noise(1.0, seed=1, rms_db=-40.0)).T
    with NormalFormWriter(path) as writer:
        for _ in range(round(duration_s)):
            writer.write(second)
    assert path.stat().st_size > duration_s * SAMPLE_RATE / 8
    command = [sys.executable, "-c", CHILD, str(repo), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


# All stems of a song held at once, as Demucs has them, take 1.4 MB a second.
SAME_MB = 15.0


def test_half_a_minute_takes_no_more_memory_than_five_seconds(tmp_path: Path) -> None:
    tiny_repo(tmp_path)
    assert peak_of(tmp_path, 30.0) - peak_of(tmp_path, 5.0) < SAME_MB
