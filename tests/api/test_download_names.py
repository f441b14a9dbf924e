"""Under which name a browser keeps what it downloads."""

from __future__ import annotations

import pytest

from backend.app.api.artifacts import saved_as
from backend.app.api.files import harmless


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
def test_a_file_goes_by_the_name_of_its_mix(name: str, saved: str) -> None:
    assert saved_as("Rainy: Sunday", name) == saved
    assert not set("/:") & set(harmless(saved))


def test_a_mix_without_a_name_leaves_its_files_their_own() -> None:
    assert saved_as("", "mix.mp3") == "mix.mp3"
