"""A stand-in for the API client: it answers from plain data and writes down what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from backend.app.contract.accounts import Providers, TokenView, UserView
from backend.app.contract.analysis import GridFix, TrackAnalysis
from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.jobs import (
    ArtifactView,
    JobRequest,
    JobView,
    LinkView,
    MixtapeRequest,
    PublishRequest,
    TrackPick,
)
from backend.app.contract.mashups import MashupFits
from backend.app.contract.mixes import ReportView, TimelineView, WaveformView
from backend.app.contract.publishing import (
    DescriptionOptions,
    PlaylistView,
    PreflightView,
    TemplateView,
    WordsView,
    YouTubeStart,
    YouTubeStatus,
)
from backend.app.contract.sounds import SoundDetail, SoundView
from backend.app.contract.stems import SeparatorList, SeparatorView
from backend.app.contract.uploads import TracksUploadView, TrackView
from frontend.api_client import ApiError
from tests.frontend.youtube_data import CHECKED, NOT_CONNECTED, PLAYLISTS, TEMPLATE, WRITTEN

DRAFT_ONLY = SeparatorList(
    default="draft",
    separators=[
        SeparatorView(
            model="draft",
            label="Draft",
            draft=True,
            stems=["drums", "bass", "other", "vocals"],
            ready=True,
        )
    ],
)
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
PASSWORD = "correct horse"
#: What pre-flight no longer says once a mix is asked for again.
WAIVED = ("already_published",)
TOKENS = TokenView(access_token="t", expires_in=900, refresh_token="r", session_code="once")


def track(track_id: str, title: str, duration_s: float = 60.0) -> TrackView:
    return TrackView(
        id=track_id,
        upload_id="crate-1",
        title=title,
        artist=f"Artist of {title}",
        duration_s=duration_s,
        source_format="wav",
    )


CRATE = TracksUploadView(
    id="crate-1", created_at=NOW, tracks=[track("a", "First"), track("b", "Second")]
)
REQUEST = MixtapeRequest(tracks_upload_id="crate-1", tracks=[TrackPick(track_id="a")])


def job(status: str = "running", **fields: object) -> JobView:
    return JobView.model_validate(
        {
            "id": "job-1",
            "kind": "mixtape",
            "title": "Saturday",
            "status": status,
            "request": REQUEST.model_dump(),
            "created_at": NOW,
            **fields,
        }
    )


def heard(tempo_bpm: float = 120.0, key: str | None = "A minor", **more: object) -> TrackAnalysis:
    """A minute of four-four, heard without doubt."""
    beat_s = 60.0 / tempo_bpm
    beats = [round(0.5 + beat_s * i, 4) for i in range(int(58 / beat_s))]
    cue = {"score": 0.9, "on_phrase": True}
    return TrackAnalysis.model_validate(
        {
            "version": 1,
            "duration_s": 60.0,
            "rhythm": {
                "tempo_bpm": tempo_bpm,
                "steady": True,
                "confidence": 0.9,
                "beats_s": beats,
                "beats_per_bar": 4,
                "downbeats": list(range(0, len(beats), 4)),
                "downbeat_confidence": 0.8,
            },
            "harmony": {"key": key, "confidence": 0.8},
            "energy": [0.2, 0.4, 0.8, 1.0],
            "sections": [],
            "vocals": [],
            "loudness_lufs": -12.0,
            "music_start_s": 0.0,
            "music_end_s": 60.0,
            "cue_ins": [{"at_s": 0.5, "reason": "the drums begin", **cue}],
            "cue_outs": [{"at_s": 48.5, "reason": "the last chorus ends", **cue}],
            **more,
        }
    )


def artifact(name: str, size: int = 1_500_000) -> ArtifactView:
    return ArtifactView(
        name=name, media_type="application/octet-stream", size=size, sha256="0" * 64
    )


FINISHED = job(
    "succeeded",
    progress=100.0,
    notes=["The second blend is shorter than asked."],
    artifacts=[
        artifact(name).model_dump()
        for name in ("mix.mp3", "mix.mp4", "description.txt", "waveform.json", "report.json")
    ],
)


def clip(title: str, start_s: float) -> dict[str, object]:
    return {
        "track_id": title,
        "content": "c" * 64,
        "title": title,
        "artist": f"Artist of {title}",
        "start_s": start_s,
        "end_s": start_s + 60,
        "source_start_s": 0.0,
        "source_end_s": 60.0,
        "warp": [(0.0, start_s), (60.0, start_s + 60)],
        "pitch_semitones": 0.0,
        "gain_db": 0.0,
        "fade_in_s": 8.0,
        "fade_out_s": 8.0,
        "curve": "equal_power",
    }


TIMELINE = TimelineView.model_validate(
    {
        "version": 1,
        "sample_rate": 44_100,
        "duration_s": 112.0,
        "duration_samples": 4_939_200,
        "clips": [clip("First", 0.0), clip("<b>Second</b>", 52.0)],
        "transitions": [
            {
                "outgoing": 0,
                "incoming": 1,
                "kind": "crossfade",
                "start_s": 52.0,
                "end_s": 60.0,
                "asked_s": 8.0,
                "reason": "Eight seconds, as asked.",
            }
        ],
        "chapters": [{"start_s": 0.0, "title": "First"}, {"start_s": 56.0, "title": "Second"}],
    }
)
FILES = {
    "timeline.json": TIMELINE,
    "waveform.json": WaveformView(duration_s=112.0, bins_per_s=1.0, peaks=[0.5] * 112),
    "report.json": ReportView(
        duration_s=112.0, loudness_lufs=-14.0, true_peak_dbtp=-1.04, limited_db=0.0, notes=[]
    ),
}


class ScriptedApi:
    """Answers like ``ApiClient``; a test sets ``crates`` and ``all_jobs``, and reads ``asked``."""

    def __init__(self) -> None:
        self.crates: dict[str, TracksUploadView] = {}
        self.all_jobs: list[JobView] = []
        self.asked: list[tuple[str, object]] = []
        self.analyses: dict[str, TrackAnalysis] = {}
        self.rules = DjRulesView(version=3, rules=DjRules(), updated_at=NOW)
        self.is_admin = False
        self.knows_google = False
        self.library: list[SoundView] = []
        self.details: dict[str, SoundDetail] = {}
        self.known_separators = DRAFT_ONLY
        self.mashup_fits: MashupFits | None = None
        self.refusals: dict[str, ApiError] = {}
        self.files: dict[str, BaseModel] = dict(FILES)
        self.trouble: Exception | None = None
        self.youtube: YouTubeStatus = NOT_CONNECTED
        self.parting_notes: list[str] = []
        self.checked: PreflightView = CHECKED
        self.written: WordsView = WRITTEN

    def sign_in(self, email: str, password: str) -> TokenView:
        self.asked.append(("sign_in", email))
        if password != PASSWORD:
            raise ApiError("wrong_credentials", "They do not match.", "Check both.")
        return TOKENS

    def register(self, email: str, password: str) -> TokenView:
        self.asked.append(("register", email))
        return TOKENS

    def providers(self) -> Providers:
        self._refuse("providers")
        return Providers(google=self.knows_google)

    def exchange(self, code: str, browser: str) -> TokenView:
        self.asked.append(("exchange", (code, browser)))
        self._refuse("exchange")
        return TOKENS

    def join_google(self, code: str, password: str, browser: str) -> TokenView:
        self.asked.append(("join_google", (code, password, browser)))
        self._refuse("join_google")
        return TOKENS

    def sign_out(self) -> None:
        self.asked.append(("sign_out", None))

    def me(self) -> UserView:
        return UserView(id="u", email="dj@example.org", is_admin=self.is_admin, created_at=NOW)

    def access_token(self) -> str:
        return "t"

    def crate(self, upload_id: str) -> TracksUploadView:
        if upload_id not in self.crates:
            raise ApiError("not_found", "There is no such upload.")
        return self.crates[upload_id]

    def analysis(self, track_id: str) -> TrackAnalysis:
        if track_id not in self.analyses:
            raise ApiError("not_analysed", "Nobody has listened to it yet.")
        return self.analyses[track_id]

    def fix_analysis(self, track_id: str, fix: GridFix) -> TrackAnalysis:
        self._refuse("fix_analysis")
        self.asked.append(("fix", fix))
        fixed = self.analyses[track_id].model_copy(update={"manual": fix})
        self.analyses[track_id] = fixed
        return fixed

    def sounds(self) -> list[SoundView]:
        return self.library

    def sound_detail(self, sound_id: str) -> SoundDetail:
        self._refuse("sound_detail")
        self.asked.append(("sound_detail", sound_id))
        return self.details[sound_id]

    def delete_sound(self, sound_id: str) -> None:
        self.asked.append(("delete_sound", sound_id))
        self.library = [sound for sound in self.library if sound.id != sound_id]

    def separators(self) -> SeparatorList:
        return self.known_separators

    def fits(self, upload_id: str, vibe: str, track_ids: Sequence[str]) -> MashupFits:
        self._refuse("fits")
        self.asked.append(("fits", (upload_id, vibe, list(track_ids))))
        assert self.mashup_fits is not None
        return self.mashup_fits

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
        return self.youtube.model_copy(update={"notes": self.parting_notes})

    def playlists(self) -> list[PlaylistView]:
        self._refuse("playlists")
        return PLAYLISTS

    def preflight(self, request: PublishRequest) -> PreflightView:
        self._refuse("preflight")
        self.asked.append(("preflight", request))
        said = {"title": request.title} if request.title else {}
        text = {"description": request.description} if request.description else {}
        faults = [one for one in self.checked.faults if one.code not in WAIVED or not request.again]
        clear = {"faults": faults, "may_go": all(one.is_warning for one in faults)}
        return self.checked.model_copy(update={**said, **text, **clear})

    def words(self, job_id: str, options: DescriptionOptions) -> WordsView:
        self._refuse("words")
        self.asked.append(("words", options))
        return self.written.model_copy(update={"written_by": options.writer})

    def words_template(self) -> TemplateView:
        return TEMPLATE

    def dj_rules(self) -> DjRulesView:
        return self.rules

    def change_dj_rules(self, rules: DjRules, version: int) -> DjRulesView:
        self._refuse("change_dj_rules")
        self.asked.append(("rules", (rules, version)))
        self.rules = DjRulesView(version=version + 1, rules=rules, updated_at=NOW)
        return self.rules

    def _refuse(self, what: str) -> None:
        if what in self.refusals:
            raise self.refusals.pop(what)

    def start(self, request: JobRequest) -> JobView:
        self._refuse("start")
        self.asked.append(("start", request))
        if request.kind == "mixtape":
            self.all_jobs = [job("queued", queue_position=1)]
            return self.all_jobs[0]
        view = job(id=f"{request.kind}-1", kind=request.kind, request=request.model_dump())
        self.all_jobs = [*self.all_jobs, view]
        return view

    def ask_of(self, kind: str) -> JobRequest:
        """The last request for a job of this kind."""
        wanted = [ask for what, ask in self.asked if what == "start"]
        return next(ask for ask in reversed(wanted) if getattr(ask, "kind", "") == kind)

    def jobs(self) -> list[JobView]:
        if self.trouble is not None:
            raise self.trouble
        return self.all_jobs

    def job(self, job_id: str) -> JobView:
        found = next((one for one in self.all_jobs if one.id == job_id), None)
        if found is None:
            raise ApiError("not_found", "There is no such job.")
        return found

    def cancel(self, job_id: str) -> JobView:
        return self._become("cancel", job("cancelled"))

    def retry(self, job_id: str) -> JobView:
        return self._become("retry", job("queued"))

    def delete(self, job_id: str) -> None:
        self.asked.append(("delete", job_id))
        self.all_jobs = []

    def _become(self, what: str, view: JobView) -> JobView:
        self.asked.append((what, view.id))
        self.all_jobs = [view]
        return view

    def artifact(self, job_id: str, name: str, shape: type) -> object:
        return self.files[name]

    def artifact_text(self, job_id: str, name: str) -> str:
        return "0:00 First\n0:56 Second\n"

    def link(self, job_id: str, name: str, *, inline: bool) -> LinkView:
        self.asked.append(("link", name))
        way = "show" if inline else "save"
        url = f"http://localhost:8000/signed/{way}/{name}"
        return LinkView(url=url, expires_at=datetime.now(UTC) + timedelta(hours=1))
