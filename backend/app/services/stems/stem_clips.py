"""Make clips and tags for whole stems of a song."""

from __future__ import annotations

from ...contract.stems import StemName
from ...dj.timeline import Clip
from ...render.files.tags import MixTags
from ...store.files.blobs import ContentStore
from ..library.track_ref import TrackRef


def stem_clip(track: TrackRef, stem: StemName, file: str, gain_db: float) -> Clip:
    """A stem from its song's first sample to the last; ``file`` is its derived file."""
    return Clip(
        track_id=track.track_id,
        content_hash=track.content_hash,
        title=track.title,
        artist=track.artist,
        start=0,
        length=track.n_samples,
        gain_db=gain_db,
        role="stem",
        stem=stem,
        made=file,
    )


def stem_tags(store: ContentStore, track: TrackRef, title: str, album: str) -> MixTags:
    """Tags for a file made of a song's stems, with the song's artist and cover."""
    return MixTags(
        title=title,
        artist=track.artist,
        album=album,
        cover=track.cover(store),
        length=track.n_samples,
    )
