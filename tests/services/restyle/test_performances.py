"""Notes of stored recordings are found even if the channels cancel each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from backend.app.dsp.channels import right_reversed
from backend.app.services.restyle.performances import performance_of
from backend.app.store.files.blobs import ContentStore
from composer.tones import tone
from tests.sounds import SR

from ..stored_tracks import put_track


def test_notes_of_a_reversed_channel_are_those_of_the_sound(tmp_path: Path) -> None:
    store, note = ContentStore(tmp_path / "storage"), np.tile(tone("keys", 57, SR)[:1], (2, 1))
    plain = put_track(store, tmp_path, "a", note)
    turned = put_track(store, tmp_path, "b", right_reversed(note))
    heard = [performance_of(store, one.content_hash, "voice").pitch for one in (plain, turned)]
    assert np.isfinite(heard[0]).any()
    assert np.array_equal(*heard, equal_nan=True)
