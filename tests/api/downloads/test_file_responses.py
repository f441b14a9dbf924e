"""File names of downloads."""

from __future__ import annotations

import pytest

from backend.app.api.downloads.file_responses import harmless
from backend.app.services.files.names import saved_as


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("mix.mp3", "Rainy: Sunday.mp3"),
        ("mix.mp4", "Rainy: Sunday.mp4"),
        ("mashup.flac", "Rainy: Sunday.flac"),
        ("restyled.wav", "Rainy: Sunday.wav"),
        ("tracklist.txt", "Rainy: Sunday - tracklist.txt"),
        ("stems/vocals.flac", "Rainy: Sunday - vocals.flac"),
        ("stems/A - One/drums.flac", "A - One - drums.flac"),
    ],
)
def test_download_is_named_after_its_mix(name: str, saved: str) -> None:
    assert saved_as("Rainy: Sunday", name) == saved
    assert not set("/:") & set(harmless(saved))


def test_unnamed_mix_keeps_its_file_names() -> None:
    assert saved_as("", "mix.mp3") == "mix.mp3"


@pytest.mark.parametrize(
    ("name", "saved"),
    [("a/b\\c.mp3", "a_b_c.mp3"), (".hidden", "hidden"), ("..", ""), ('a"b?\r\n', "a_b___")],
)
def test_harmless_name_is_no_path_and_not_hidden(name: str, saved: str) -> None:
    assert harmless(name) == saved
