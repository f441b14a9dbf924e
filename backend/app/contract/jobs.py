"""What a job is asked to do, and what it says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    model_validator,
)

from .base import Problem, Shape
from .dj import EnergyArc, OverlayPolicy, PairChoice, PlaceLock
from .mashups import Vibe
from .publishing import DescriptionOptions, Publication, PublicationView
from .restyles import RestyleSettings, StemStyle
from .stems import StemFormat, StemName

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
AudioFormat = Literal["mp3", "flac", "wav", "m4a", "opus"]
JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
StepState = Literal["waiting", "running", "succeeded", "failed"]

_NEEDED = ("tracks_upload_id", "bg_image_upload_id", "track_id")


class RequestShape(Shape):
    """What requests of every kind have in common."""

    @property
    def needed_ids(self) -> tuple[str, ...]:
        """The uploads and tracks that it names, which have to stay until the job has ended."""
        named = (getattr(self, field, None) for field in _NEEDED)
        return tuple(one for one in named if isinstance(one, str))


class TrackPick(Shape):
    """A track's place in the mix, and the names to print for it (None: those of its tags)."""

    track_id: str
    title: Line | None = None
    artist: Line | None = None


class VideoOptions(Shape):
    """A film of one card a track."""

    height: Literal[720, 1080, 2160] = 1080


class MixtapeRequest(RequestShape):
    """A mix of a crate's tracks, in the order of ``tracks`` (None: as they were uploaded).

    Attributes
    ----------
    order, energy_arc, locks : ``auto`` finds the order along the arc (None: that of the house
        rules), with the locked tracks in their places
    transitions, strategist, overrides : ``dj`` matches the beats; who proposes each join, and what
        a person wants of single ones
    overlays, sounds : whether sounds are laid over joins (None: as the house rules have it, which
        a request cannot go beyond), and which (None: all of the user's)
    stem_model : who separates the seconds round joins for stem swaps (None: there are none)
    based_on : an earlier mixtape job of the same tracks, whose other joins and gains are kept
    publish : a publish job is queued along with this one, and waits for it
    transition_ms : the length of a ``crossfade``
    loudness_lufs : None is the loudness of the house rules
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


class AnalysisRequest(RequestShape):
    """What can be heard in every track of a crate: tempo, beats, key, structure."""

    kind: Literal["analysis"] = "analysis"
    tracks_upload_id: str


class PreviewRequest(RequestShape):
    """The seconds round one join of a mixtape job, as it is or as ``override`` would have it.

    ``transition`` is an index into the ``transitions`` of that job's timeline.
    """

    kind: Literal["preview"] = "preview"
    job_id: str
    transition: int = Field(ge=0)
    override: PairChoice | None = None


class StemsRequest(RequestShape):
    """The stems of one track, or of every track of a crate.

    ``model`` is a separator's name (None: the one that the settings name), ``stems`` those wanted
    (None: all that it can tell).
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
            raise ValueError("name either a track_id or a tracks_upload_id")
        return self


class StemFader(Shape):
    """How loud a stem is in a mix of stems; one that is not named is left out."""

    stem: StemName
    gain_db: float = Field(ge=-60.0, le=12.0)


class StemMixRequest(RequestShape):
    """A mix of the stems of one track of a stems job, as its faders stand."""

    kind: Literal["stem_mix"] = "stem_mix"
    job_id: str
    track_id: str
    faders: list[StemFader] = Field(min_length=1, max_length=6)
    format: StemFormat = "mp3"


class MashupRequest(RequestShape):
    """One song out of the stems of one to four.

    Attributes
    ----------
    tracks : which of the crate's tracks (None: all of them)
    vocals_from : whose voice is heard first of all (None: found by fit)
    model : who separates (None: the separator that the settings name)
    stems : whether the mashup's own stems are left as files, too
    loudness_lufs : None is the vibe's
    description : the words that go online with it
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
    formats: list[AudioFormat] = Field(default=["mp3"], min_length=1)
    loudness_lufs: float | None = Field(default=None, ge=-24.0, le=-9.0)
    description: DescriptionOptions = DescriptionOptions()


class RestyleRequest(RequestShape):
    """A track whose stems are re-played with the grains of sounds.

    ``config`` says what becomes of each stem; one that it does not name is kept as it is.
    """

    kind: Literal["restyle"] = "restyle"
    track_id: str
    config: dict[StemName, StemStyle] = {}
    settings: RestyleSettings = RestyleSettings()
    title: Line = ""
    model: Line | None = None
    weights_notice_accepted: bool = False
    format: StemFormat = "wav"


class PublishRequest(Publication, RequestShape):
    """A finished mix, or one in the making, to be put on YouTube.

    ``job_id`` is the job that made it. One that is online already, or on its way there, is
    published another time only ``again``.
    """

    kind: Literal["publish"] = "publish"
    job_id: str
    again: bool = False


def _of_a_kind(request: object) -> object:
    """A request that names no kind is one for a mixtape."""
    if isinstance(request, dict) and "kind" not in request:
        return {"kind": "mixtape", **request}
    return request


JobRequest = Annotated[
    MixtapeRequest
    | AnalysisRequest
    | PreviewRequest
    | StemsRequest
    | StemMixRequest
    | MashupRequest
    | RestyleRequest
    | PublishRequest,
    Discriminator("kind"),
    BeforeValidator(_of_a_kind),
]
"""What a job of any kind is asked to do, told apart by ``kind``."""


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
    rule that could not be met). ``queue_position`` is 1 for the next job to start. ``detail`` says
    what the running step is at ("track 3 of 20").
    ``waits_for`` is a job that has to succeed before this one and has not, ``waits_for_status`` how
    that one stands; before ``resumes_at`` this one is not tried again. ``publications`` are those
    of what this job made; of a publish job, its own.
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
    notes: list[str] = []
    artifacts: list[ArtifactView] = []
    request: JobRequest
    waits_for: str | None = None
    waits_for_status: JobStatus | None = None
    resumes_at: datetime | None = None
    publications: list[PublicationView] = []
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
