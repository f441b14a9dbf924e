"""The mixtape being put together: which tracks, in which order, under which names, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from backend.app.contract.dj import EnergyArc, OverlayPolicy, PlaceLock
from backend.app.contract.jobs import (
    AudioFormat,
    MixtapeRequest,
    TrackPick,
    VideoOptions,
)
from backend.app.contract.publishing import DescriptionOptions, Publication, Writer
from backend.app.contract.uploads import TrackView

#: A blend of eight seconds is four bars at 120 BPM: long enough to be heard as a blend.
DEFAULT_CROSSFADE_S = 8.0
#: The API takes no more; YouTube shows three and ignores all of them past 60.
MOST_HASHTAGS = 15


class Names(BaseModel):
    """What a person wants printed for a track."""

    title: str
    artist: str


class Arrangement(BaseModel):
    """How a person arranged a crate; the browser keeps it and tells it to the page."""

    crate_id: str
    order: list[str] = []
    removed: list[str] = []
    pinned: list[str] = []
    names: dict[str, Names] = {}


@dataclass(frozen=True, slots=True)
class Joining:
    """How tracks follow each other; ``energy_arc`` and ``overlays`` None are the house's own.

    ``why_not_yet`` is what is missing of it before a mix can start.
    """

    transitions: Literal["dj", "crossfade"] = "dj"
    crossfade_s: float = DEFAULT_CROSSFADE_S
    order: Literal["given", "auto"] = "given"
    energy_arc: EnergyArc | None = None
    strategist: Literal["rules", "llm"] = "rules"
    overlays: OverlayPolicy | None = None
    stem_model: str | None = None
    weights_notice_accepted: bool = False
    why_not_yet: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How the mix is made, as the form gives it.

    ``publish`` is how it is to stand on YouTube, if it is to go there, and ``publish_lacks`` what
    has to be said of that first.
    """

    title: str
    artist: str
    joining: Joining
    loudness_lufs: float
    formats: list[AudioFormat]
    mp3_vbr: bool
    video: VideoOptions | None
    intro: str
    hashtags: str
    writer: Writer = "template"
    language: str = "en"
    publish: Publication | None = None
    publish_lacks: str | None = None

    def request(
        self,
        crate_id: str,
        tracks: list[TrackPick],
        picture_id: str | None,
        pinned: Sequence[str] = (),
    ) -> MixtapeRequest:
        """The job that the API is asked for."""
        joining = self.joining
        free = joining.order == "auto"
        return MixtapeRequest(
            tracks_upload_id=crate_id,
            tracks=tracks,
            bg_image_upload_id=picture_id,
            title=self.title,
            artist=self.artist,
            transitions=joining.transitions,
            transition_ms=round(joining.crossfade_s * 1000),
            order=joining.order,
            energy_arc=joining.energy_arc if free else None,
            locks=locks(tracks, pinned) if free else [],
            overlays=joining.overlays if joining.transitions == "dj" else None,
            stem_model=joining.stem_model,
            weights_notice_accepted=joining.weights_notice_accepted,
            strategist=joining.strategist if joining.transitions == "dj" else "rules",
            loudness_lufs=self.loudness_lufs,
            formats=self.formats,
            mp3_vbr=self.mp3_vbr,
            video=self.video,
            description=DescriptionOptions(
                intro=self.intro,
                hashtags=hashtags(self.hashtags),
                writer=self.writer,
                language=self.language,
            ),
            publish=self.publish,
        )


def picks(tracks: Sequence[TrackView], arrangement: Arrangement | None) -> list[TrackPick]:
    """The tracks to mix, in order; one that the arrangement does not mention yet comes last."""
    if arrangement is None:
        return [TrackPick(track_id=track.id) for track in tracks]
    known = {track.id for track in tracks}
    order = [track_id for track_id in arrangement.order if track_id in known]
    spoken_for = {*order, *arrangement.removed}
    order += [track.id for track in tracks if track.id not in spoken_for]
    return [_pick(track_id, arrangement.names.get(track_id)) for track_id in order]


def _pick(track_id: str, names: Names | None) -> TrackPick:
    if names is None:
        return TrackPick(track_id=track_id)
    return TrackPick(track_id=track_id, title=names.title or None, artist=names.artist or None)


def locks(tracks: Sequence[TrackPick], pinned: Sequence[str]) -> list[PlaceLock]:
    """The places of the pinned tracks, as they stand; the last one stays last."""
    ids = [pick.track_id for pick in tracks]
    return [
        PlaceLock(track_id=track_id, place=-1 if place == len(ids) else place)
        for place, track_id in enumerate(ids, start=1)
        if track_id in pinned
    ]


def hashtags(line: str) -> list[str]:
    """The words of a line, as hashtags without their sign and without repeats."""
    words = (word.strip("#,;.") for word in line.replace("#", " ").split())
    return list(dict.fromkeys(word for word in words if word))[:MOST_HASHTAGS]
