"""Tracks as the DJ sees them."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis.manual import with_fix
from ..contract.analysis import TrackAnalysis
from ..dj.deck import DeckTrack
from ..store.blobs import ContentStore
from .hearing import hear, whole_profile_of
from .mixtape_inputs import MixtapeJob, MixTrack


def needs_ears(job: MixtapeJob) -> bool:
    """Whether more than the tracks' loudness has to be known."""
    return job.request.transitions == "dj" or job.request.order == "auto"


def decks_of(job: MixtapeJob, tracks: Sequence[MixTrack]) -> list[DeckTrack]:
    """A mixtape's tracks with what was heard in them, put right where a person did."""
    return [deck_of(job.content, track, whole=needs_ears(job)) for track in tracks]


def deck_of(store: ContentStore, track: MixTrack, *, whole: bool) -> DeckTrack:
    """One track with what was heard in it; with its loudness alone where not ``whole``."""
    return DeckTrack(
        track_id=track.track_id,
        content=track.content,
        title=track.title,
        artist=track.artist,
        length=track.n_samples,
        loudness=whole_profile_of(store, track.content),
        analysis=_heard(store, track) if whole else None,
    )


def _heard(store: ContentStore, track: MixTrack) -> TrackAnalysis:
    heard = hear(store, track.content)
    return with_fix(heard, track.grid_fix) if track.grid_fix else heard
