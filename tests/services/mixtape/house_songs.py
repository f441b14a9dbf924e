"""Two songs that blend well, stored as tracks."""

from __future__ import annotations

from pathlib import Path

from backend.app.services.library.track_ref import TrackRef
from backend.app.store.files.blobs import ContentStore
from composer.compose import compose_song
from composer.song import SongSpec

from ..stored_tracks import put_track


def put_house_songs(
    store: ContentStore, folder: Path, *, bars: int, tempos_bpm: tuple[float, float]
) -> list[TrackRef]:
    """Compose the tracks ``a`` and ``b``: house in A minor, at two tempi."""
    specs = [
        SongSpec(style="house", tempo_bpm=bpm, key="A minor", seed=seed, bars=bars)
        for seed, bpm in enumerate(tempos_bpm, start=1)
    ]
    return [
        put_track(store, folder, letter, compose_song(spec).samples)
        for letter, spec in zip("ab", specs, strict=True)
    ]
