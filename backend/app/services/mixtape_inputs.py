"""What a mixtape is made of, settled when it is asked for and kept on the job's row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..contract.analysis import GridFix
from ..contract.base import Shape
from ..contract.dj import DjRules, DjRulesView
from ..contract.jobs import MixtapeRequest, TrackPick
from ..contract.mixes import TimelineView
from ..dsp.samples import seconds
from ..errors import InvalidRequest, NotFound
from ..media.names import safe_title
from ..store.blobs import ContentStore
from ..store.library import Track
from .library import Crate, Library, Picture
from .mixtape_wishes import expect_sense

TIMELINE = "timeline.json"
"""The plan of a mix, and the one artifact that other jobs go on from."""


HOUSE_RULES = DjRulesView(version=0, rules=DjRules())
"""The rules that Segue comes with."""


class MixTrack(Shape):
    """A track of the mix, under the names that will be printed, with what a person put right."""

    track_id: str
    content: str
    title: str
    artist: str
    n_samples: int
    has_cover: bool
    grid_fix: GridFix | None = None


class MixtapeInputs(Shape):
    """The request, with what its ids stood for at the time.

    ``picture`` is a stored file's name, ``rules`` the house rules then in force, ``earlier`` the
    plan of the mixtape that the request is based on.
    """

    request: MixtapeRequest
    title: str
    tracks: list[MixTrack]
    picture: str | None = None
    rules: DjRules = DjRules()
    rules_version: int = 0
    earlier: TimelineView | None = None


@dataclass(frozen=True, slots=True)
class MixtapeJob:
    """What the steps of a mixtape work with."""

    inputs: MixtapeInputs
    content: ContentStore
    ffmpeg: Path
    workers: int

    @property
    def request(self) -> MixtapeRequest:
        """What was asked for."""
        return self.inputs.request

    @property
    def loudness_lufs(self) -> float:
        """The loudness asked for, or else that of the house rules."""
        asked = self.request.loudness_lufs
        return self.inputs.rules.loudness_lufs if asked is None else asked

    @property
    def picture(self) -> Path | None:
        """The uploaded picture's file."""
        name = self.inputs.picture
        return self.content.image_path(name) if name else None

    def expect_files(self) -> None:
        """Make sure that every track and the picture are still there.

        Raises
        ------
        NotFound
            If an upload has been deleted since the job was asked for.
        """
        for track in self.inputs.tracks:
            if not self.content.path(track.content).is_file():
                raise _gone(f"“{track.title}”", "Upload it again and start a new mixtape.")
        if self.picture and not self.picture.is_file():
            raise _gone("The picture", "Upload it again and start a new mixtape.")


def settle(
    library: Library, user_id: str, request: MixtapeRequest, rules: DjRulesView = HOUSE_RULES
) -> MixtapeInputs:
    """Look up everything that a request names, but for the mixtape it is based on.

    Raises
    ------
    NotFound
        If the user has no such crate or picture.
    InvalidRequest
        If a picked track is not in the crate, an id names the wrong kind of upload, or the wishes
        do not go together.
    """
    tracks = _picked(crate_of(library, user_id, request.tracks_upload_id), request.tracks)
    expect_sense(request, [track.track_id for track in tracks])
    return MixtapeInputs(
        request=request,
        title=mix_title(request, tracks),
        tracks=tracks,
        picture=_picture(library, user_id, request.bg_image_upload_id),
        rules=rules.rules,
        rules_version=rules.version,
    )


def crate_of(library: Library, user_id: str, upload_id: str) -> Crate:
    """The user's crate, which has tracks; else :class:`NotFound` or :class:`InvalidRequest`."""
    crate = library.upload(user_id, upload_id)
    if not isinstance(crate, Crate) or not crate.tracks:
        raise InvalidRequest("This upload has no tracks.", hint="Name a crate of tracks.")
    return crate


def mix_title(request: MixtapeRequest, tracks: list[MixTrack]) -> str:
    """The title asked for, or one made of who is heard."""
    if title := safe_title(request.title):
        return title
    artists = list(dict.fromkeys(track.artist for track in tracks if track.artist))
    if not artists:
        return "Mixtape"
    return "Mixtape: " + ", ".join(artists[:3]) + (" and others" if len(artists) > 3 else "")


def duration_of(inputs: MixtapeInputs) -> float:
    """How many seconds of music go in."""
    return seconds(sum(track.n_samples for track in inputs.tracks))


def _picked(crate: Crate, picks: list[TrackPick] | None) -> list[MixTrack]:
    by_id = {track.id: track for track in crate.tracks}
    if picks is None:
        picks = [TrackPick(track_id=track.id) for track in crate.tracks]
    unknown = [pick.track_id for pick in picks if pick.track_id not in by_id]
    if unknown:
        raise InvalidRequest(
            "A picked track is not in this crate.", hint="Reload the crate and pick again."
        )
    return [_named(by_id[pick.track_id], pick) for pick in picks]


def _named(track: Track, pick: TrackPick) -> MixTrack:
    return MixTrack(
        track_id=track.id,
        content=track.content,
        title=safe_title(pick.title or "") or track.title,
        artist=track.artist if pick.artist is None else safe_title(pick.artist),
        n_samples=track.n_samples,
        has_cover=track.has_cover,
        grid_fix=track.grid_fix,
    )


def _picture(library: Library, user_id: str, upload_id: str | None) -> str | None:
    if upload_id is None:
        return None
    picture = library.upload(user_id, upload_id)
    if not isinstance(picture, Picture):
        raise InvalidRequest("This upload is not a picture.", hint="Name an uploaded picture.")
    return picture.image.file_name


def _gone(what: str, hint: str) -> NotFound:
    return NotFound(f"{what} is no longer there.", hint=hint)
