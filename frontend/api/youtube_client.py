"""The API's routes for YouTube as typed methods: connection, checks, published videos."""

from __future__ import annotations

from urllib.parse import quote

from backend.app.contract.jobs import PublishRequest
from backend.app.contract.publishing import (
    PlaylistList,
    PlaylistView,
    PreflightView,
    YouTubeStart,
    YouTubeStatus,
)
from backend.app.contract.video_edits import VideoEdit, VideoEditCheck, VideoView

from .connection import ApiConnection


class YouTubeApiClient(ApiConnection):
    """The calls about YouTube of one user.

    Every method raises ``ApiError`` and nothing else.
    """

    def youtube_status(self) -> YouTubeStatus:
        """Fetch the state of the user's YouTube connection."""
        return self._call(YouTubeStatus, "GET", "/youtube/status")

    def connect_youtube(self) -> YouTubeStart:
        """Start connecting YouTube; return the address of Google's consent page."""
        return self._call(YouTubeStart, "POST", "/youtube/oauth/start")

    def disconnect_youtube(self) -> YouTubeStatus:
        """Disconnect YouTube.

        If Google could not be reached, the answer's ``notes`` say so.
        """
        return self._call(YouTubeStatus, "DELETE", "/youtube/connection")

    def playlists(self) -> list[PlaylistView]:
        """List the playlists of the connected channel."""
        return self._call(PlaylistList, "GET", "/youtube/playlists").playlists

    def preflight(self, request: PublishRequest) -> PreflightView:
        """Check a publication before anything is sent to YouTube."""
        return self._call(
            PreflightView, "POST", "/youtube/preflight", request.model_dump(mode="json")
        )

    def video(self, job_id: str) -> VideoView:
        """Read a publish job's video from YouTube."""
        return self._call(VideoView, "GET", _publication(job_id))

    def check_edit(self, job_id: str, edit: VideoEdit) -> VideoEditCheck:
        """Check a change of a published video, without sending it."""
        path = f"{_publication(job_id)}/preflight"
        return self._call(VideoEditCheck, "POST", path, edit.model_dump(mode="json"))

    def edit_video(self, job_id: str, edit: VideoEdit) -> VideoView:
        """Change a published video on YouTube; return what YouTube made of it."""
        body = edit.model_dump(mode="json")
        return self._call(VideoView, "PATCH", _publication(job_id), body)


def _publication(job_id: str) -> str:
    return f"/publications/{quote(job_id, safe='')}"
