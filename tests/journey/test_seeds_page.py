"""The shell blocks of ``docs/seeds.md`` run as they stand, against a live server."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from pathlib import Path

import soundfile

from backend.app.dsp.samples import SAMPLE_RATE
from composer.compose import compose_song
from composer.files import write_song
from composer.pictures import png_bytes
from composer.song import SongSpec
from composer.tones import tone
from tests import ROOT

from .checks import decoded, film_of
from .server import serving

BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
LIMIT_S = 600  # it takes 50 s of processor time; the rest is for busy machines
SONGS = {
    "first.flac": SongSpec(tempo_bpm=124, key="A minor", seed=1, bars=8, title="Ay", artist="Ada"),
    "second.flac": SongSpec(tempo_bpm=124, key="A minor", seed=2, bars=8, title="Bee", artist="Bo"),
}


def write_inputs(folder: Path) -> None:
    """Write the files that the page names."""
    for name, spec in SONGS.items():
        write_song(compose_song(spec), folder / name)
    (folder / "picture.png").write_bytes(png_bytes(1, width=1280, height=720))
    soundfile.write(folder / "hit.wav", 0.4 * tone("strum", 57, SAMPLE_RATE).T, SAMPLE_RATE)


def test_journeys_of_the_page_run(tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "seeds.md").read_text(encoding="utf-8"))
    assert len(blocks) == 6  # what all share, and five journeys
    folder = tmp_path / "music"
    folder.mkdir()
    write_inputs(folder)
    with serving(tmp_path / "storage") as server:
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
            cwd=folder,
            env={**os.environ, "API": server.base},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for name in ("mixtape.mp3", "dj.mp3", "mashup.mp3", "restyled.wav"):
        assert decoded(folder / name).any(), name
    assert "h264" in film_of(folder / "mixtape.mp4").streams
    description = (folder / "description.txt").read_text(encoding="utf-8")
    assert "Ay" in description
    assert "Bee" in description
    with zipfile.ZipFile(folder / "stems.zip") as archive:
        assert len([name for name in archive.namelist() if name.endswith(".flac")]) == 4
