"""Load tracks with their analysis, as the DJ planner needs them."""

from __future__ import annotations

from collections.abc import Sequence

from ...dj.deck import DeckTrack
from ...store.files.blobs import ContentStore
from ..library.track_ref import TrackRef
from .analyse import analyse_track, whole_profile_of


def decks_of(store: ContentStore, tracks: Sequence[TrackRef], *, whole: bool) -> list[DeckTrack]:
    """Load several tracks like :func:`deck_of`, in their order."""
    return [deck_of(store, track, whole=whole) for track in tracks]


def deck_of(store: ContentStore, track: TrackRef, *, whole: bool) -> DeckTrack:
    """Load a track with its corrected analysis; only its loudness unless ``whole``."""
    analysis = track.corrected(analyse_track(store, track.content_hash)) if whole else None
    return DeckTrack(
        track_id=track.track_id,
        content_hash=track.content_hash,
        title=track.title,
        artist=track.artist,
        length=track.n_samples,
        loudness=whole_profile_of(store, track.content_hash),
        analysis=analysis,
        album=track.album,
    )
