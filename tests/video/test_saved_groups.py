"""Picture groups of a film are reused by films based on it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.video.cut_list import Cut, Dissolve, Hold
from backend.app.video.encode_h264 import CardPictures, GroupEncoder
from backend.app.video.saved_groups import restore_groups, save_groups

from .counted_groups import encoded

__all__ = ["encoded"]

SIZE = (64, 36)
CUTS: list[Cut] = [Hold(0, 30), Dissolve(0, 1, 24), Hold(1, 30)]


def groups_of(folder: Path, *colours: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    draw = [partial(Image.new, "RGB", SIZE, colour) for colour in colours]
    encoder = GroupEncoder(CardPictures(draw, kept=2), SIZE, find_ffmpeg(None), folder)
    return [encoder.encode(cut) for cut in CUTS]


def test_only_changed_pictures_are_encoded_again(tmp_path: Path, encoded: list[Cut]) -> None:
    save_groups(groups_of(tmp_path / "first", "red", "blue"), tmp_path / "groups.zip")
    (tmp_path / "again").mkdir()
    restore_groups(tmp_path / "groups.zip", tmp_path / "again")
    encoded.clear()
    again = groups_of(tmp_path / "again", "red", "green")
    assert encoded == [CUTS[1], CUTS[2]]
    anew = groups_of(tmp_path / "anew", "red", "green")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in anew]


def test_cards_are_drawn_once_and_few_are_kept() -> None:
    drawn: list[int] = []

    def draw(card: int) -> Image.Image:
        drawn.append(card)
        return Image.new("RGB", SIZE, (60 * card, 0, 0))

    pictures = CardPictures([partial(draw, card) for card in range(4)], kept=2)
    first = pictures.of(0)
    for cut in (Dissolve(0, 1, 24), Hold(1, 30), Dissolve(1, 2, 24), Hold(2, 30)):
        for card in cut.cards:
            pictures.of(card)
    assert drawn == [0, 1, 2]
    assert pictures.of(1) != first
    pictures.of(3)
    assert pictures.of(1) != first
    assert drawn == [0, 1, 2, 3]
    assert pictures.of(0) == first
    assert drawn == [0, 1, 2, 3, 0]


def test_archive_of_the_same_groups_has_the_same_bytes(tmp_path: Path) -> None:
    archives = []
    for name in "ab":
        save_groups(groups_of(tmp_path / name, "red", "blue"), tmp_path / f"{name}.zip")
        archives.append((tmp_path / f"{name}.zip").read_bytes())
    assert archives[0] == archives[1]


@pytest.mark.parametrize(
    "harm", [lambda data: b"", lambda data: data[:100], lambda data: b"x" * 99]
)
def test_damaged_archive_is_ignored(tmp_path: Path, harm, encoded: list[Cut]) -> None:
    archive = tmp_path / "groups.zip"
    save_groups(groups_of(tmp_path / "first", "red", "blue"), archive)
    archive.write_bytes(harm(archive.read_bytes()))
    (tmp_path / "again").mkdir()
    restore_groups(archive, tmp_path / "again")
    encoded.clear()
    groups_of(tmp_path / "again", "red", "blue")
    assert encoded == CUTS


def test_damaged_group_is_encoded_again(tmp_path: Path, encoded: list[Cut]) -> None:
    archive, first = tmp_path / "groups.zip", groups_of(tmp_path / "first", "red", "blue")
    save_groups(first, archive)
    data = bytearray(archive.read_bytes())
    data[data.index(first[0].read_bytes()[200:300])] ^= 1
    archive.write_bytes(data)
    (tmp_path / "again").mkdir()
    restore_groups(archive, tmp_path / "again")
    encoded.clear()
    again = groups_of(tmp_path / "again", "red", "blue")
    assert encoded
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in first]


def test_missing_archive_is_ignored(tmp_path: Path) -> None:
    restore_groups(tmp_path / "none.zip", tmp_path)
    assert list(tmp_path.iterdir()) == []
