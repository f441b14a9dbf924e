"""Derived files keep peaks over full scale, and their position in the track."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from backend.app.media.normal_form import TrackReader
from backend.app.media.stem_file_format import DerivedWriter, open_derived, stem_file


def test_file_name_tells_maker_stem_and_stretch() -> None:
    assert stem_file("draft2.ab", "drums") == "stem-draft2.ab-drums.flac"
    assert stem_file("draft2.ab", "drums", (5, 90)) == "stem-draft2.ab-5to90-drums.flac"


def test_peaks_up_to_6_db_over_full_scale_are_kept(tmp_path: Path) -> None:
    path = tmp_path / stem_file("m", "bass")
    sound = np.array([[1.99, -2.0, 0.25]] * 2, np.float32)
    with DerivedWriter(path) as writer:
        writer.push(sound)
    with open_derived(path) as reader, TrackReader(path) as plain:
        # Half a step of 24 bits, at half level.
        np.testing.assert_allclose(reader.read(0, 3), sound, atol=2.0**-23)
        np.testing.assert_allclose(plain.read(0, 3), sound / 2, atol=2.0**-24)


def test_part_of_a_track_is_read_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / stem_file("m", "bass", (100, 103))
    with DerivedWriter(path) as writer:
        writer.push(np.array([[0.1, 0.2, 0.3]] * 2, np.float32))
    with open_derived(path) as reader:
        assert (reader.first, reader.n_samples) == (100, 103)
        assert reader.read(101, 1)[0, 0] == np.float32(round(0.1 * 2**23) / 2**22)
