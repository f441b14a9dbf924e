"""What a request for a mashup stands for, looked up when it is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..contract.jobs import MashupRequest, TrackPick
from ..errors import InvalidRequest, WrongTrackCount
from ..media.names import safe_title
from .library import Library
from .mashup_inputs import MOST_TRACKS, MashupInputs, mashup_title
from .mixtape_inputs import MixTrack
from .separators import Separators
from .settling import crate_of, picked


def settle_mashup(
    library: Library, separators: Separators, user_id: str, request: MashupRequest
) -> MashupInputs:
    """Look up the tracks and the separator.

    Raises
    ------
    NotFound
        If the user has no such crate.
    WrongTrackCount
        If there are none, or more than four tracks.
    InvalidRequest
        If a picked one is not in the crate or is picked twice, or the voice is to come from a
        track that does not take part.
    UnknownModel, NoticeNotAccepted
        As :meth:`Separators.settled` has it.
    """
    tracks = mashup_songs(library, user_id, request.tracks_upload_id, request.tracks)
    _expect_singer(request.vocals_from, tracks)
    model = separators.settled(request.model, accepted=request.weights_notice_accepted)
    return mashup_inputs(request, model, tracks)


def mashup_inputs(request: MashupRequest, model: str, tracks: tuple[MixTrack, ...]) -> MashupInputs:
    """The inputs of a mashup of these tracks, under the names that will be printed."""
    return MashupInputs(
        request=request,
        title=mashup_title(safe_title(request.title), tracks, request.vibe),
        model=model,
        tracks=told_apart(tracks),
    )


def told_apart(tracks: Sequence[MixTrack]) -> tuple[MixTrack, ...]:
    """The tracks, with a number behind a title that one before has: reasons go by titles."""
    seen: Counter[str] = Counter()
    told = []
    for track in tracks:
        seen[track.title] += 1
        number = f" ({seen[track.title]})" if seen[track.title] > 1 else ""
        told.append(track.model_copy(update={"title": track.title + number}))
    return tuple(told)


def mashup_songs(
    library: Library, user_id: str, upload_id: str, ids: Sequence[str] | None
) -> tuple[MixTrack, ...]:
    """The one to four tracks of a crate that a mashup is of; ``ids`` None: all of them."""
    if ids is not None:
        expect_count(len(ids), "You have picked {count}.")
        twice = [one for one, count in Counter(ids).items() if count > 1]
        if twice:
            raise InvalidRequest("A track is picked twice.", hint="Name every track once.")
    crate = crate_of(library, user_id, upload_id)
    picks = None if ids is None else [TrackPick(track_id=one) for one in ids]
    tracks = tuple(picked(crate, picks))
    expect_count(len(tracks), "This crate has {count}: name the ones you want in “tracks”.")
    return tracks


def expect_count(count: int, hint: str) -> None:
    """Make sure that a mashup has as many tracks as it takes."""
    if not 1 <= count <= MOST_TRACKS:
        raise WrongTrackCount(
            f"A mashup takes 1 to {MOST_TRACKS} tracks, not {count}.", hint=hint.format(count=count)
        )


def _expect_singer(vocals_from: str | None, tracks: Sequence[MixTrack]) -> None:
    if vocals_from is not None and vocals_from not in {track.track_id for track in tracks}:
        raise InvalidRequest(
            "The voice is to come from a track that is not in this mashup.",
            hint="Name one of its tracks in “vocals_from”, or leave it out.",
        )
