"""A mixtape's tracks as the DJ sees them."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis.manual import with_fix
from ..contract.analysis import TrackAnalysis
from ..dj.deck import DeckTrack
from .hearing import hear, whole_profile_of
from .mixtape_inputs import MixtapeJob, MixTrack


def needs_ears(job: MixtapeJob) -> bool:
    """Whether more than the tracks' loudness has to be known."""
    return job.request.transitions == "dj" or job.request.order == "auto"


def decks_of(job: MixtapeJob, tracks: Sequence[MixTrack]) -> list[DeckTrack]:
    """The tracks with what was heard in them, put right where a person did."""
    return [
        DeckTrack(
            track_id=track.track_id,
            content=track.content,
            title=track.title,
            artist=track.artist,
            length=track.n_samples,
            loudness=whole_profile_of(job.content, track.content),
            analysis=_heard(job, track) if needs_ears(job) else None,
        )
        for track in tracks
    ]


def _heard(job: MixtapeJob, track: MixTrack) -> TrackAnalysis:
    heard = hear(job.content, track.content)
    return with_fix(heard, track.grid_fix) if track.grid_fix else heard
