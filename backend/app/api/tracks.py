"""Single tracks: what is known of them, their sound, their cover."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from ..contract.analysis import GridFix, TrackAnalysis
from ..contract.uploads import TrackView
from .dependencies import AnalysesDep, CurrentUser, LibraryDep
from .files import file_answer
from .views import track_view

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/{track_id}")
def show_track(track_id: str, user: CurrentUser, library: LibraryDep) -> TrackView:
    """A track."""
    return track_view(library.track(user.id, track_id))


@router.get("/{track_id}/analysis")
def show_analysis(track_id: str, user: CurrentUser, analyses: AnalysesDep) -> TrackAnalysis:
    """What was heard in the track, as put right by you; 409 ``not_analysed`` before that."""
    return analyses.show(user.id, track_id)


# A dependency, so that a track that is not there is answered before the fix is looked at.
_Shown = Annotated[TrackView, Depends(show_track)]


@router.patch("/{track_id}/analysis")
def fix_analysis(
    track: _Shown, fix: GridFix, user: CurrentUser, analyses: AnalysesDep
) -> TrackAnalysis:
    """Put right what was heard, in the place of any earlier fix; ``{}`` takes that away."""
    return analyses.fix(user.id, track.id, fix)


@router.get("/{track_id}/audio", response_class=FileResponse)
def track_audio(track_id: str, user: CurrentUser, library: LibraryDep) -> FileResponse:
    """The track's normal form: FLAC, 44.1 kHz, stereo."""
    track = library.track(user.id, track_id)
    return file_answer(
        library.audio_path(track),
        media_type="audio/flac",
        name=f"{track.title}.flac",
        etag=track.content,
    )


@router.get("/{track_id}/cover", response_class=FileResponse)
def track_cover(track_id: str, user: CurrentUser, library: LibraryDep) -> FileResponse:
    """The cover that came inside the track."""
    track = library.track(user.id, track_id)
    path = library.cover_path(track)
    return file_answer(
        path,
        media_type="image/png" if path.suffix == ".png" else "image/jpeg",
        name=f"{track.title}{path.suffix}",
        etag=f"{track.content}-cover",
    )
