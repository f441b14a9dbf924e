"""Resolve the ids in a mashup request, or reject the request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...contract.jobs import MashupRequest, TrackPick
from ...errors import InvalidRequest, WrongTrackCount
from ...media.tags.display_names import safe_title
from ..library.crates import crate_of, picked_tracks
from ..library.library import Library
from ..library.track_ref import TrackRef
from ..separators import Separators
from .inputs import MAX_TRACKS, MashupInputs, mashup_title


def resolve_mashup(
    library: Library, separators: Separators, user_id: str, request: MashupRequest
) -> MashupInputs:
    """Look up the tracks and the separator of a mashup request.

    Raise what :func:`mashup_songs` and :meth:`Separators.resolve` do, and :class:`InvalidRequest`
    if the vocals are to come from a track that is not picked.
    """
    tracks = mashup_songs(library, user_id, request.tracks_upload_id, request.tracks)
    vocals_from = request.vocals_from
    if vocals_from is not None and vocals_from not in {track.track_id for track in tracks}:
        raise InvalidRequest(
            "The voice is to come from a track that is not in this mashup.",
            hint="Name one of its tracks in “vocals_from”, or leave it out.",
        )
    model = separators.resolve(request.model, accepted=request.weights_notice_accepted)
    return mashup_inputs(request, model, tracks)


def mashup_inputs(request: MashupRequest, model: str, tracks: tuple[TrackRef, ...]) -> MashupInputs:
    """Build the stored inputs for a mashup of these tracks."""
    return MashupInputs(
        request=request,
        title=mashup_title(safe_title(request.title), tracks, request.vibe),
        model=model,
        tracks=deduplicate_titles(tracks),
    )


def deduplicate_titles(tracks: Sequence[TrackRef]) -> tuple[TrackRef, ...]:
    """Number repeated titles, because notes name tracks by their titles."""
    seen: Counter[str] = Counter()
    unique = []
    for track in tracks:
        seen[track.title] += 1
        number = f" ({seen[track.title]})" if seen[track.title] > 1 else ""
        unique.append(track.model_copy(update={"title": track.title + number}))
    return tuple(unique)


def mashup_songs(
    library: Library, user_id: str, upload_id: str, ids: Sequence[str] | None
) -> tuple[TrackRef, ...]:
    """Return the one to four tracks of a mashup; the whole crate if ``ids`` is None.

    Raise :class:`NotFound` if the user has no such crate, :class:`WrongTrackCount` for no tracks or
    more than four, and :class:`InvalidRequest` for a track not in the crate or picked twice.
    """
    if ids is not None:
        require_count(len(ids), "You have picked {count}.")
        if len(set(ids)) < len(ids):
            raise InvalidRequest("A track is picked twice.", hint="Name every track once.")
    crate = crate_of(library, user_id, upload_id)
    picks = None if ids is None else [TrackPick(track_id=one) for one in ids]
    tracks = tuple(picked_tracks(crate, picks))
    require_count(len(tracks), "This crate has {count}: name the ones you want in “tracks”.")
    return tracks


def require_count(count: int, hint: str) -> None:
    """Raise :class:`WrongTrackCount` if a mashup cannot have ``count`` tracks."""
    if not 1 <= count <= MAX_TRACKS:
        raise WrongTrackCount(
            f"A mashup takes 1 to {MAX_TRACKS} tracks, not {count}.", hint=hint.format(count=count)
        )
