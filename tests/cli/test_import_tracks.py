"""Names of the tracks imported by a command."""

from __future__ import annotations

from pathlib import Path

from mutagen.id3 import TCON
from mutagen.wave import WAVE

from backend.app.cli.import_tracks import import_tracks
from backend.app.settings import Settings

from .test_mix import tone


def titles(folder: Path, *names: str) -> list[str]:
    for place, name in enumerate(names):
        tone(folder / f"{name}.wav", 300 + 50 * place, seconds=1.0)
    settings = Settings(_env_file=None, storage_root=folder / "storage")
    paths = [folder / f"{name}.wav" for name in names]
    return [f"{one.artist}|{one.title}" for one in import_tracks(paths, settings).tracks]


def test_files_of_a_command_are_named_together(tmp_path: Path) -> None:
    names = ("1 Rain", "2 Sun", "3 Ada - Snow")
    assert titles(tmp_path, *names) == ["|Rain", "|Sun", "Ada|Snow"]


def test_genre_in_the_tags_is_imported(tmp_path: Path) -> None:
    file = tmp_path / "Rain.wav"
    tone(file, 300, seconds=1.0)
    tags = WAVE(file)
    tags.add_tags()
    tags["TCON"] = TCON(encoding=3, text="Deep House")
    tags.save()
    settings = Settings(_env_file=None, storage_root=tmp_path / "storage")
    (track,) = import_tracks([file], settings).tracks
    assert track.genre == "Deep House"


def test_bands_with_a_number_keep_it(tmp_path: Path) -> None:
    names = ("50 Cent - In da Club", "2 Unlimited - No Limit")
    assert titles(tmp_path, *names) == ["50 Cent|In da Club", "2 Unlimited|No Limit"]
