"""Look up a crate and the tracks picked from it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from ...contract.jobs import TrackPick
from ...errors import InvalidRequest
from ...media.tags.display_names import MAX_NAME, safe_title
from .library import Crate, Library
from .track_ref import TrackRef, track_ref


def crate_of(library: Library, user_id: str, upload_id: str) -> Crate:
    """Return the user's crate.

    Raise :class:`NotFound` if there is no such upload, :class:`InvalidRequest` if it has no tracks.
    """
    crate = library.upload(user_id, upload_id)
    if not isinstance(crate, Crate) or not crate.tracks:
        raise InvalidRequest("This upload has no tracks.", hint="Name a crate of tracks.")
    return crate


def crate_tracks(crate: Crate) -> list[TrackRef]:
    """List references to all tracks of a crate, in order."""
    return [track_ref(track) for track in crate.tracks]


def picked_tracks(crate: Crate, picks: Sequence[TrackPick] | None) -> list[TrackRef]:
    """List references to the picked tracks of a crate, under the requested names.

    All tracks if ``picks`` is None. Raise :class:`InvalidRequest` if a picked track is not in the
    crate.
    """
    by_id = {track.track_id: track for track in crate_tracks(crate)}
    if picks is None:
        return list(by_id.values())
    if any(pick.track_id not in by_id for pick in picks):
        raise InvalidRequest(
            "A picked track is not in this crate.", hint="Reload the crate and pick again."
        )
    return [_named(by_id[pick.track_id], pick) for pick in picks]


def distinct_names(tracks: Sequence[TrackRef]) -> tuple[TrackRef, ...]:
    """Number the titles of different tracks that have equal names.

    Chapters and notes can then tell them apart.

    >>> rain = TrackRef(track_id="1", content_hash="", title="Rain", n_samples=1)
    >>> other = rain.model_copy(update={"track_id": "2"})
    >>> [track.title for track in distinct_names([rain, other, rain])]
    ['Rain', 'Rain (2)', 'Rain']
    """
    owners: dict[tuple[str, str], str] = {}
    for track in tracks:
        owners.setdefault(_name_key(track.artist, track.title), track.track_id)
    return tuple(_distinct(track, owners) for track in tracks)


def _distinct(track: TrackRef, owners: dict[tuple[str, str], str]) -> TrackRef:
    """Give a track the first number that no other track has, and add it to ``owners``."""
    endings = ("" if number == 1 else f" ({number})" for number in count(1))
    titles = (track.title[: MAX_NAME - len(end)] + end for end in endings)
    free = next(
        title
        for title in titles
        if owners.setdefault(_name_key(track.artist, title), track.track_id) == track.track_id
    )
    return track.model_copy(update={"title": free})


def _name_key(artist: str, title: str) -> tuple[str, str]:
    """Key for comparing names: listeners do not distinguish names by case."""
    return artist.casefold(), title.casefold()


def _named(track: TrackRef, pick: TrackPick) -> TrackRef:
    title = safe_title(pick.title or "") or track.title
    artist = track.artist if pick.artist is None else safe_title(pick.artist)
    return track.model_copy(update={"title": title, "artist": artist})
