"""Routes for single tracks: analysis, corrections, audio, cover."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from ...contract.analysis import GridFix, TrackAnalysis
from ...contract.uploads import TrackView
from ..dependencies import AnalysesDep, CurrentUser, LibraryDep
from ..downloads.file_responses import file_answer
from ..views import track_view

router = APIRouter(prefix="/tracks", tags=["tracks"])


@router.get("/{track_id}")
def show_track(track_id: str, user: CurrentUser, library: LibraryDep) -> TrackView:
    """Show a track."""
    return track_view(library.track(user.id, track_id))


@router.get("/{track_id}/analysis")
def show_analysis(track_id: str, user: CurrentUser, analyses: AnalysesDep) -> TrackAnalysis:
    """Show the track's corrected analysis; 409 ``not_analysed`` before it is analysed."""
    return analyses.show(user.id, track_id)


# A dependency, so that a missing track is reported before the correction is validated.
_Shown = Annotated[TrackView, Depends(show_track)]


@router.patch("/{track_id}/analysis")
def fix_analysis(
    track: _Shown, fix: GridFix, user: CurrentUser, analyses: AnalysesDep
) -> TrackAnalysis:
    """Correct the analysis, replacing any earlier correction; ``{}`` removes it."""
    return analyses.fix(user.id, track.id, fix)


@router.get("/{track_id}/audio", response_class=FileResponse)
def track_audio(track_id: str, user: CurrentUser, library: LibraryDep) -> FileResponse:
    """Download the track's normal form: FLAC, 44.1 kHz, stereo."""
    track = library.track(user.id, track_id)
    return file_answer(
        library.audio_path(track),
        media_type="audio/flac",
        name=f"{track.title}.flac",
        etag=track.content_hash,
    )


@router.get("/{track_id}/cover", response_class=FileResponse)
def track_cover(track_id: str, user: CurrentUser, library: LibraryDep) -> FileResponse:
    """Download the cover embedded in the track."""
    track = library.track(user.id, track_id)
    path = library.cover_path(track)
    return file_answer(
        path,
        media_type="image/png" if path.suffix == ".png" else "image/jpeg",
        name=f"{track.title}{path.suffix}",
        etag=f"{track.content_hash}-cover",
    )
