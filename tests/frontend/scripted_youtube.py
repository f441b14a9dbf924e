"""The API's answers about YouTube, scripted."""

from __future__ import annotations

from backend.app.contract.jobs import PublishRequest
from backend.app.contract.publishing import (
    FaultView,
    PlaylistView,
    PreflightView,
    YouTubeStart,
    YouTubeStatus,
)
from backend.app.contract.video_edits import VideoEdit, VideoEditCheck, VideoView
from frontend.api.errors import ApiError
from tests.frontend.youtube_data import CHECKED, LOST, NOT_CONNECTED, PLAYLISTS, VIDEO

#: Faults that preflight omits when a mix is published again.
OMITTED_AGAIN = ("already_published",)


class ScriptedYouTube:
    """Answers like ``YouTubeApiClient``; ``refusals`` are errors of the next calls, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, object]] = []
        self.refusals: dict[str, ApiError] = {}
        self.youtube: YouTubeStatus = NOT_CONNECTED
        self.loses_connection = False
        self.edit_faults: list[FaultView] = []
        self.disconnect_notes: list[str] = []
        self.checked: PreflightView = CHECKED

    def youtube_status(self) -> YouTubeStatus:
        self._refuse("youtube_status")
        return self.youtube

    def connect_youtube(self) -> YouTubeStart:
        self._refuse("connect_youtube")
        self.asked.append(("connect_youtube", None))
        return YouTubeStart(url="http://localhost:9999/consent")

    def disconnect_youtube(self) -> YouTubeStatus:
        self.asked.append(("disconnect_youtube", None))
        self.youtube = NOT_CONNECTED
        return self.youtube.model_copy(update={"notes": self.disconnect_notes})

    def playlists(self) -> list[PlaylistView]:
        self._refuse("playlists")
        if self.loses_connection:
            self.youtube = LOST
            raise ApiError("youtube_reconnect", "YouTube no longer accepts the connection.")
        return PLAYLISTS

    def video(self, job_id: str) -> VideoView:
        self._refuse("video")
        self.asked.append(("video", job_id))
        return VIDEO

    def check_edit(self, job_id: str, edit: VideoEdit) -> VideoEditCheck:
        self._refuse("check_edit")
        return VideoEditCheck(may_go=not self.edit_faults, faults=self.edit_faults)

    def edit_video(self, job_id: str, edit: VideoEdit) -> VideoView:
        self._refuse("edit_video")
        self.asked.append(("edit_video", edit))
        return VIDEO.model_copy(update={"notes": ["YouTube changed the title."]})

    def preflight(self, request: PublishRequest) -> PreflightView:
        self._refuse("preflight")
        self.asked.append(("preflight", request))
        title = {"title": request.title} if request.title else {}
        text = {"description": request.description} if request.description else {}
        faults = [
            one for one in self.checked.faults if one.code not in OMITTED_AGAIN or not request.again
        ]
        clear = {"faults": faults, "may_go": all(one.is_warning for one in faults)}
        return self.checked.model_copy(update={**title, **text, **clear})

    def _refuse(self, what: str) -> None:
        if what in self.refusals:
            raise self.refusals.pop(what)
