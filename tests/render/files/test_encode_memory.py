"""Memory for encoding does not depend on the length of the mix."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ENCODE = """
import sys
from pathlib import Path
from backend.app.render.files.encode import Encoding, Output, encode_all
from tests.peak_memory import peak_mb
from tests.render.mixes import FFMPEG, no_progress, untagged
from tests.sounds import noise

minutes, folder = int(sys.argv[1]), Path(sys.argv[2])
minute = noise(60, seed=1)

def play(start, end):
    while start < end:
        at = start % minute.shape[1]
        n = min(end - start, minute.shape[1] - at, 65536)
        yield minute[:, at : at + n]
        start += n

length = minutes * minute.shape[1]
scratch = folder / "scratch"
scratch.mkdir()
outputs = [Output(folder / f"mix.{kind}", kind, play) for kind in ("mp3", "flac", "m4a")]
encode_all(
    Encoding(length, untagged(minute), FFMPEG, scratch), outputs, workers=2, progress=no_progress
)
print(peak_mb())
"""


def peak_mb(minutes: int, folder: Path) -> float:
    """Peak memory of the process that plays, encodes and joins."""
    folder.mkdir()
    command = [sys.executable, "-c", ENCODE, str(minutes), str(folder)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.soak
def test_memory_does_not_grow_with_the_mix(tmp_path: Path) -> None:
    # 12 MB: memory that allocators keep; an hour of samples takes 1300 MB, its MP3 140 MB.
    assert peak_mb(60, tmp_path / "long") - peak_mb(5, tmp_path / "short") < 12
