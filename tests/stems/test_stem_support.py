"""Requested stems are checked; the rest of a song is computed from its stems."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.contract.stems import FOUR_STEMS, STEM_NAMES
from backend.app.errors import InvalidRequest
from backend.app.stems.stem_support import require_stems, rest_of
from backend.app.stems.weights.known_models import KnownModel, describe


def test_stems_that_a_separator_lacks_are_named() -> None:
    require_stems("Draft", ("drums", "bass"), ["bass"])
    with pytest.raises(InvalidRequest, match=r"Draft can't separate piano or guitar\.") as e:
        require_stems("Draft", ("drums", "bass"), ["piano", "bass", "guitar"])
    assert e.value.hint == "It can separate drums, bass."


def test_rest_is_the_song_without_its_other_stems() -> None:
    song = np.array([[1.0], [2.0]], np.float32)
    stems = {"drums": song * 0.25, "other": song * 9.0, "bass": song * 0.5}
    assert rest_of(song, stems).tolist() == [[0.25], [0.5]]
    assert song.tolist() == [[1.0], [2.0]]  # unchanged


@pytest.mark.parametrize(
    ("model", "label", "sources", "download_mb"),
    [
        ("htdemucs", "Demucs 4", FOUR_STEMS, 84.0),
        ("htdemucs_6s", "Demucs 4, six stems", STEM_NAMES, 55.0),
        ("hf://someone/model", "Demucs (someone/model)", FOUR_STEMS, None),
    ],
)
def test_models_are_described_before_they_are_installed(
    model: str, label: str, sources: tuple[str, ...], download_mb: float | None
) -> None:
    assert describe(model) == KnownModel(label, sources, download_mb)
