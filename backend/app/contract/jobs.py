"""Job requests of every kind, and the state of a job."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, model_validator

from .base import Problem, Shape
from .dj import CheckJoins, EnergyArc, OverlayPolicy, PairChoice, PlaceLock
from .listening_request import ListeningRequest
from .mashups import MashupStem, Vibe
from .publishing import DescriptionOptions, Publication, PublicationView
from .restyles import RestyleSettings, StemStyle
from .stems import StemFormat, StemName
from .webhooks import WithWebhook

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
AudioFormat = Literal["mp3", "flac", "wav", "m4a", "opus"]
JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
StepState = Literal["waiting", "running", "succeeded", "failed"]


class TrackPick(Shape):
    """A track of the mix, with the names to print (None: those of its tags)."""

    track_id: str
    title: Line | None = None
    artist: Line | None = None
    keep_whole: bool = False


class VideoOptions(Shape):
    """A film with one card per track."""

    height: Literal[720, 1080, 2160] = 1080


class MixtapeRequest(WithWebhook):
    """A mix of a crate's tracks.

    - ``tracks``: which tracks, in which order (None: all, as uploaded)
    - ``order``: ``auto`` follows ``energy_arc`` (None: the DJ rules' arc) and keeps ``locks``
    - ``transitions``: ``dj`` matches beats; a ``crossfade`` lasts ``transition_ms``
    - ``strategist``: what proposes the DJ joins; ``overrides``: the user's own choices
    - ``overlays``: None: as the DJ rules say, which it can't exceed; ``sounds``: None: all
    - ``check_joins``: listen to DJ joins before the mix is rendered, and replace those that fail
    - ``stem_model``: for stem swaps (None: none); ``keep_whole``: nothing of any track is left out
    - ``based_on``: a finished mixtape job of the same tracks; unchanged joins and gains are reused
    - ``loudness_lufs``: None: the DJ rules'; ``publish``: also queue a publish job that waits
    """

    kind: Literal["mixtape"] = "mixtape"
    tracks_upload_id: str
    tracks: list[TrackPick] | None = Field(default=None, min_length=1, max_length=500)
    bg_image_upload_id: str | None = None
    title: Line = ""
    artist: Line = ""
    order: Literal["given", "auto"] = "given"
    energy_arc: EnergyArc | None = None
    locks: list[PlaceLock] = Field(default=[], max_length=500)
    transitions: Literal["crossfade", "dj"] = "crossfade"
    strategist: Literal["rules", "llm"] = "rules"
    overrides: list[PairChoice] = Field(default=[], max_length=500)
    overlays: OverlayPolicy | None = None
    check_joins: CheckJoins = "default"
    keep_whole: bool = False
    stem_model: Line | None = None
    weights_notice_accepted: bool = False
    sounds: list[str] | None = Field(default=None, max_length=500)
    based_on: str | None = None
    transition_ms: int = Field(default=8000, ge=0, le=30_000)
    loudness_lufs: float | None = Field(default=None, ge=-24.0, le=-9.0)
    formats: list[AudioFormat] = Field(default=["mp3"], min_length=1)
    bitrate_kbps: Literal[128, 160, 192, 256, 320] = 320
    mp3_vbr: bool = False
    video: VideoOptions | None = None
    description: DescriptionOptions = DescriptionOptions()
    publish: Publication | None = None


class AnalysisRequest(WithWebhook):
    """Analyse every track of a crate: tempo, beats, key, structure."""

    kind: Literal["analysis"] = "analysis"
    tracks_upload_id: str


class PreviewRequest(WithWebhook):
    """Render the seconds round one join of a mixtape; ``override`` may change the join.

    ``transition`` is an index into the ``transitions`` of that job's timeline.
    """

    kind: Literal["preview"] = "preview"
    job_id: str
    transition: int = Field(ge=0)
    override: PairChoice | None = None


class StemsRequest(WithWebhook):
    """Separate one track, or every track of a crate, into stems.

    ``model`` is a separator's name (None: the settings' default); ``stems`` selects stems (None:
    all that the separator knows).
    """

    kind: Literal["stems"] = "stems"
    track_id: str | None = None
    tracks_upload_id: str | None = None
    model: Line | None = None
    weights_notice_accepted: bool = False
    stems: list[StemName] | None = Field(default=None, min_length=1, max_length=6)
    format: StemFormat = "flac"

    @model_validator(mode="after")
    def _one_of_both(self) -> StemsRequest:
        if (self.track_id is None) == (self.tracks_upload_id is None):
            raise ValueError("send either track_id or tracks_upload_id, not both")
        return self


class StemFader(Shape):
    """The gain of one stem in a stem mix; stems without a fader are left out."""

    stem: StemName
    gain_db: float = Field(ge=-60.0, le=12.0)


class StemMixRequest(WithWebhook):
    """Mix the stems of a track of a stems job, with these fader gains."""

    kind: Literal["stem_mix"] = "stem_mix"
    job_id: str
    track_id: str
    faders: list[StemFader] = Field(min_length=1, max_length=6)
    format: StemFormat = "mp3"


class MashupRequest(WithWebhook):
    """Combine the stems of one to four tracks into one song.

    ``tracks`` are ids of the crate's tracks (None: all); ``vocals_from`` is the track whose vocals
    lead (None: chosen by fit); ``model`` is the separator (None: the settings' default); ``stems``
    also exports the mashup's stems as files; ``stem_settings`` leave stems out, or change their
    volume; without ``loudness_lufs``, the vibe's is used. With ``video``, the film that YouTube
    would get can be downloaded.
    """

    kind: Literal["mashup"] = "mashup"
    tracks_upload_id: str
    tracks: list[str] | None = None
    vibe: Vibe
    vocals_from: str | None = None
    title: Line = ""
    artist: Line = ""
    model: Line | None = None
    weights_notice_accepted: bool = False
    stems: bool = False
    stem_settings: dict[StemName, MashupStem] = {}
    formats: list[AudioFormat] = Field(default=["mp3"], min_length=1)
    loudness_lufs: float | None = Field(default=None, ge=-24.0, le=-9.0)
    video: VideoOptions | None = None
    description: DescriptionOptions = DescriptionOptions()


class RestyleRequest(WithWebhook):
    """Replay a track's stems with grains of other sounds.

    ``config`` sets each stem's style; stems without one stay unchanged. With ``video``, the film
    that YouTube would get can be downloaded.
    """

    kind: Literal["restyle"] = "restyle"
    track_id: str
    config: dict[StemName, StemStyle] = {}
    settings: RestyleSettings = RestyleSettings()
    title: Line = ""
    model: Line | None = None
    weights_notice_accepted: bool = False
    format: StemFormat = "wav"
    video: VideoOptions | None = None


class PublishRequest(Publication, WithWebhook):
    """Publish a finished or still rendering mix on YouTube.

    ``job_id`` is the mix's job. A mix that is online or being uploaded is published a second time
    only with ``again``.
    """

    kind: Literal["publish"] = "publish"
    job_id: str
    again: bool = False


def _of_a_kind(request: object) -> object:
    """Default a request without ``kind`` to a mixtape."""
    if isinstance(request, dict) and "kind" not in request:
        return {"kind": "mixtape", **request}
    return request


JobRequest = Annotated[
    MixtapeRequest
    | AnalysisRequest
    | PreviewRequest
    | ListeningRequest
    | StemsRequest
    | StemMixRequest
    | MashupRequest
    | RestyleRequest
    | PublishRequest,
    Discriminator("kind"),
    BeforeValidator(_of_a_kind),
]
"""A request for a job of any kind, discriminated by ``kind``."""


class RetryOptions(Shape):
    """After ``upload_uncertain``: the user has looked, and the video is not on YouTube."""

    not_on_youtube: bool = False


class StepView(Shape):
    """One step of a job; ``progress`` runs from 0 to 1.

    ``seconds`` is its duration, once it has ended.
    """

    name: str
    state: StepState
    progress: float = 0.0
    seconds: float | None = None


class ArtifactView(Shape):
    """A file made by a job."""

    name: str
    media_type: str
    size: int
    sha256: str


class JobSummary(Shape):
    """What a list and a single job both show; ``progress`` runs from 0 to 100.

    ``n_tracks`` is how many tracks the request names; 0 if it takes a whole crate, or none.
    ``queue_position`` is 1 for the next job to start. ``detail`` describes the running step's
    progress ("track 3 of 20"). ``waits_for`` is a job that must succeed first,
    ``waits_for_status`` its status; the job is not tried again before ``resumes_at``.
    ``publications`` lists the publications of the job's mix; for a publish job, its own. A job made
    by another version has the error ``other_version``.
    """

    id: str
    kind: str
    title: str
    status: JobStatus
    step: str | None = None
    detail: str | None = None
    progress: float = 0.0
    queue_position: int | None = None
    eta_s: float | None = None
    error: Problem | None = None
    attempt: int = 0
    steps: list[StepView] = []
    n_tracks: int = 0
    waits_for: str | None = None
    waits_for_status: JobStatus | None = None
    resumes_at: datetime | None = None
    publications: list[PublicationView] = []
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class JobView(JobSummary):
    """The complete state of a job.

    ``notes`` are sentences about decisions that the user should know (a shorter overlap, a chapter
    rule that was not met). If another version made the request, ``request`` has its readable part.
    """

    notes: list[str] = []
    artifacts: list[ArtifactView] = []
    request: JobRequest


class LinkView(Shape):
    """A signed link to one artifact; needs no token, valid until ``expires_at``."""

    url: str
    expires_at: datetime
