"""Cached stems: counted where they are separated or used."""

from __future__ import annotations

from pathlib import Path

from backend.app.contract.stems import FOUR_STEMS
from backend.app.jobs.cache_uses import CACHE_USES, CacheUse
from backend.app.services.stems.separate import StemCache
from backend.app.stems.draft.separator import Draft
from backend.app.store.files.blobs import ContentStore
from tests.sounds import SR, clicks

from ..stored_tracks import put_track


def test_songs_count_where_they_are_separated_or_used(tmp_path: Path) -> None:
    store = ContentStore(tmp_path / "storage")
    track = put_track(store, tmp_path, "a", clicks(3, 0.5, seed=1))
    cache, song = StemCache(store, Draft()), track.content_hash
    stems, quiet = FOUR_STEMS, lambda _: None
    songs = [(song, None), (song, (SR, 2 * SR))]
    CACHE_USES.take()
    cache.separate_all(songs[:1], stems, quiet, quiet)
    assert CACHE_USES.take() == [CacheUse("stems", 0, 1)]
    tasks = cache.tasks(songs, stems)
    assert CACHE_USES.take() == []  # only listed
    [task] = tasks.left
    tasks.run(task.key, quiet)
    assert CACHE_USES.take() == [CacheUse("stems", 0, 1)]
    cache.separate_all(songs, stems, quiet, quiet, [task.key])
    assert CACHE_USES.take() == [CacheUse("stems", 1, 0)]
    cache.separate_all(songs, stems, quiet, quiet)
    assert CACHE_USES.take() == [CacheUse("stems", 2, 0)]
    cache.separate(song, stems)
    assert CACHE_USES.take() == []  # only the names are asked for
    whole = f"{song}-0-{track.n_samples}"
    cache.separate_all(songs[:1], stems, quiet, quiet, [whole])
    assert CACHE_USES.take() == []
