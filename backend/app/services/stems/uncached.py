"""How many seconds of songs a job must separate, because their stems are not cached."""

from __future__ import annotations

from collections.abc import Collection

from ...contract.stems import DRAFT, StemName
from ...dsp.samples import seconds
from ...media.stem_file_format import stem_file
from ...store.files.blobs import ContentStore
from ..library.track_ref import TrackRef
from ..separators import Separators


def uncached_s(
    store: ContentStore,
    separators: Separators,
    model: str,
    tracks: Collection[TrackRef],
    stems: Collection[StemName],
) -> float:
    """Add up the songs without cached ``stems`` (none: all stems of the model); 0 for the draft.

    Each song counts once. Nothing is copied here from an object store. Without the model's weights
    nothing is cached.
    """
    if model == DRAFT:
        return 0.0
    songs = {track.content_hash: track.n_samples for track in tracks}
    if separators.is_ready(model):
        separator = separators.named(model)
        names = [stem_file(separator.key, stem) for stem in stems or separator.sources]
        songs = {
            song: n_samples
            for song, n_samples in songs.items()
            if not all(store.has_derived(song, name) for name in names)
        }
    return seconds(sum(songs.values()))
