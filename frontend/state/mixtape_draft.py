"""The draft of a mixtape: its tracks, order and options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from pydantic import BaseModel

from backend.app.contract.dj import CheckJoins, EnergyArc, OverlayPolicy, PlaceLock
from backend.app.contract.jobs import AudioFormat, TrackPick, VideoOptions
from backend.app.contract.publishing import DescriptionOptions, Publication
from backend.app.contract.uploads import TrackView

#: Eight seconds are four bars at 120 BPM: long enough to sound like a blend.
DEFAULT_CROSSFADE_S = 8.0
#: The API's limit. YouTube shows three hashtags, and ignores all of them if there are over 60.
MAX_HASHTAGS = 15


class Names(BaseModel):
    """The title and artist that a user typed for a track."""

    title: str
    artist: str


class Arrangement(BaseModel):
    """A user's arrangement of a crate; the browser keeps it and sends it to the page."""

    crate_id: str
    order: list[str] = []
    removed: list[str] = []
    pinned: list[str] = []
    names: dict[str, Names] = {}


class Joining(TypedDict, total=False):
    """How tracks are joined, as fields of the request."""

    transitions: Literal["dj", "crossfade"]
    transition_ms: int
    order: Literal["given", "auto"]
    energy_arc: EnergyArc | None
    strategist: Literal["rules", "llm"]
    overlays: OverlayPolicy | None
    check_joins: CheckJoins
    keep_whole: bool
    stem_model: str
    weights_notice_accepted: bool


class Output(TypedDict):
    """Output options of a mix, as fields of the request."""

    title: str
    artist: str
    loudness_lufs: float
    formats: list[AudioFormat]
    mp3_vbr: bool
    video: VideoOptions | None
    description: DescriptionOptions
    publish: Publication | None


def picks(tracks: Sequence[TrackView], arrangement: Arrangement | None) -> list[TrackPick]:
    """List the tracks to mix, in the user's order; tracks without a place come last."""
    if arrangement is None:
        return [TrackPick(track_id=track.id) for track in tracks]
    known = {track.id for track in tracks}
    order = [track_id for track_id in arrangement.order if track_id in known]
    placed = {*order, *arrangement.removed}
    order += [track.id for track in tracks if track.id not in placed]
    return [_pick(track_id, arrangement.names.get(track_id)) for track_id in order]


def linked_names(tracks: Sequence[TrackView], arrangement: Arrangement | None) -> list[str]:
    """List names with links, mentions or hashtags, unless the user has typed others."""
    renamed = arrangement.names if arrangement else {}
    removed = arrangement.removed if arrangement else []
    linked = (one for one in tracks if one.has_link and one.id not in (*renamed, *removed))
    return [f"{one.artist} – {one.title}" if one.artist else one.title for one in linked]


def _pick(track_id: str, names: Names | None) -> TrackPick:
    if names is None:
        return TrackPick(track_id=track_id)
    return TrackPick(track_id=track_id, title=names.title or None, artist=names.artist or None)


def locks(tracks: Sequence[TrackPick], pinned: Sequence[str]) -> list[PlaceLock]:
    """List the fixed places of pinned tracks; a pinned last track stays last."""
    ids = [pick.track_id for pick in tracks]
    return [
        PlaceLock(track_id=track_id, place=-1 if place == len(ids) else place)
        for place, track_id in enumerate(ids, start=1)
        if track_id in pinned
    ]


def hashtags(line: str) -> list[str]:
    """Split a line into hashtags, without ``#`` and without repeats."""
    words = (word.strip("#,;.") for word in line.replace("#", " ").split())
    return list(dict.fromkeys(word for word in words if word))[:MAX_HASHTAGS]
