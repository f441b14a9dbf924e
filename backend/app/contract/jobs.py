"""What a job is asked to do, and what it says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .base import Problem, Shape

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
AudioFormat = Literal["mp3", "flac", "wav", "m4a", "opus"]
JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
StepState = Literal["waiting", "running", "succeeded", "failed"]


class TrackPick(Shape):
    """A track's place in the mix, and the names to print for it (None: those of its tags)."""

    track_id: str
    title: Line | None = None
    artist: Line | None = None


class VideoOptions(Shape):
    """A film of one card a track."""

    height: Literal[720, 1080, 2160] = 1080


class DescriptionOptions(Shape):
    """The words round the tracklist."""

    intro: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    hashtags: list[Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]] = Field(
        default=[], max_length=15
    )


class MixtapeRequest(Shape):
    """A mix of a crate's tracks, in the order of ``tracks`` (None: as they were uploaded)."""

    kind: Literal["mixtape"] = "mixtape"
    tracks_upload_id: str
    tracks: list[TrackPick] | None = Field(default=None, min_length=1, max_length=500)
    bg_image_upload_id: str | None = None
    title: Line = ""
    artist: Line = ""
    order: Literal["given"] = "given"
    transitions: Literal["crossfade"] = "crossfade"
    transition_ms: int = Field(default=8000, ge=0, le=30_000)
    loudness_lufs: float = Field(default=-14.0, ge=-24.0, le=-9.0)
    formats: list[AudioFormat] = Field(default=["mp3"], min_length=1)
    bitrate_kbps: Literal[128, 160, 192, 256, 320] = 320
    mp3_vbr: bool = False
    video: VideoOptions | None = None
    description: DescriptionOptions = DescriptionOptions()

    @property
    def upload_ids(self) -> tuple[str, ...]:
        """The uploads that this needs."""
        image = self.bg_image_upload_id
        return (self.tracks_upload_id,) if image is None else (self.tracks_upload_id, image)


JobRequest = MixtapeRequest  # a union over ``kind`` as further kinds arrive


class StepView(Shape):
    """One part of a job. ``seconds`` is the time it took, once it has ended."""

    name: str
    state: StepState
    progress: float = 0.0
    seconds: float | None = None


class ArtifactView(Shape):
    """A file that a job made."""

    name: str
    media_type: str
    size: int
    sha256: str


class JobView(Shape):
    """A job as its owner sees it; ``progress`` runs from 0 to 100 over all steps.

    ``notes`` are sentences about decisions a person should know of (a shorter overlap, a chapter
    rule that could not be met). ``queue_position`` is 1 for the next job to start.
    """

    id: str
    kind: str
    title: str
    status: JobStatus
    step: str | None = None
    progress: float = 0.0
    queue_position: int | None = None
    eta_s: float | None = None
    error: Problem | None = None
    attempt: int = 0
    steps: list[StepView] = []
    notes: list[str] = []
    artifacts: list[ArtifactView] = []
    request: JobRequest
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class JobList(Shape):
    """A user's jobs, newest first."""

    jobs: list[JobView]


class LinkView(Shape):
    """A signed link to one artifact; it needs no token and stops working at ``expires_at``."""

    url: str
    expires_at: datetime
