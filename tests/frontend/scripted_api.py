"""A scripted API client: answers from plain data, and records the calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from backend.app.contract.accounts import (
    Providers,
    ResetLinkView,
    SessionView,
    TokenView,
    UsageView,
    UserView,
)
from backend.app.contract.analysis import GridFix, TrackAnalysis
from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.job_list import JobList, JobQuery
from backend.app.contract.jobs import (
    ArtifactView,
    JobRequest,
    JobView,
    LinkView,
    MixtapeRequest,
    TrackPick,
)
from backend.app.contract.mashups import MashupFits
from backend.app.contract.mixes import ReportView, TimelineView, WaveformView
from backend.app.contract.operations import FiguresView, WorkerList
from backend.app.contract.publishing import (
    DescriptionOptions,
    TemplateView,
    WordsView,
)
from backend.app.contract.sounds import SoundDetail, SoundView
from backend.app.contract.stems import SeparatorList, SeparatorView
from backend.app.contract.uploads import TracksUploadView, TrackView
from backend.app.contract.webhooks import WebhookSecretView, WebhookView
from backend.app.services.jobs.stored_requests import n_tracks
from frontend.api.errors import ApiError
from tests.frontend.job_pages import page_of
from tests.frontend.kept_description import ScriptedKeptDescription
from tests.frontend.scripted_listening import ScriptedListening
from tests.frontend.scripted_youtube import ScriptedYouTube
from tests.frontend.youtube_data import TEMPLATE, WRITTEN

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
    view = JobView.model_validate(
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
    return view.model_copy(update={"n_tracks": n_tracks(view.request)})


def analysis(
    tempo_bpm: float = 120.0, key: str | None = "A minor", **more: object
) -> TrackAnalysis:
    """The analysis of a minute in 4/4, with full confidence."""
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


class ScriptedApi(ScriptedYouTube, ScriptedKeptDescription, ScriptedListening):
    """Answers like ``ApiClient``; tests set ``crates`` and ``all_jobs``, and read ``asked``."""

    def __init__(self) -> None:
        super().__init__()
        self.crates: dict[str, TracksUploadView] = {}
        self.all_jobs: list[JobView] = []
        self.heard: dict[str, TrackAnalysis] = {}
        self.template = TEMPLATE
        self.rules = DjRulesView(version=3, rules=DjRules(), updated_at=NOW)
        self.is_admin = False
        self.own_webhook: WebhookView | None = None
        self.figures = FiguresView(
            queues=[], ended=[], steps=[], artifact_bytes=0, free_bytes=5_000_000_000
        )
        self.all_workers = WorkerList(workers=[])
        self.has_password = True
        self.all_sessions: list[SessionView] = []
        self.knows_google = False
        self.has_accounts = True
        self.library: list[SoundView] = []
        self.details: dict[str, SoundDetail] = {}
        self.known_separators = DRAFT_ONLY
        self.mashup_fits: MashupFits | None = None
        self.files: dict[str, BaseModel] = dict(FILES)
        self.jobs_error: Exception | None = None
        self.asked_jobs: list[JobQuery] = []
        self.asked_analyses: list[list[str]] = []
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
        return Providers(google=self.knows_google, has_accounts=self.has_accounts)

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
        return UserView(
            id="u",
            email="dj@example.org",
            is_admin=self.is_admin,
            created_at=NOW,
            has_password=self.has_password,
        )

    def change_password(self, current: str, new: str) -> None:
        self._refuse("change_password")
        self.asked.append(("change_password", (current, new)))
        self.has_password = True

    def reset_password(self, secret: str, new: str) -> TokenView:
        self._refuse("reset_password")
        self.asked.append(("reset_password", (secret, new)))
        return TOKENS

    def sessions(self) -> list[SessionView]:
        return self.all_sessions

    def end_session(self, session_id: str) -> None:
        self.asked.append(("end_session", session_id))
        self.all_sessions = [one for one in self.all_sessions if one.id != session_id]

    def end_other_sessions(self) -> None:
        self.asked.append(("end_other_sessions", None))
        self.all_sessions = [one for one in self.all_sessions if one.current]

    def delete_account(self, email: str, password: str) -> None:
        self._refuse("delete_account")
        self.asked.append(("delete_account", (email, password)))

    def make_reset_link(self, email: str) -> ResetLinkView:
        self._refuse("make_reset_link")
        url = "http://localhost:8501/?reset=secret"
        return ResetLinkView(email=email, url=url, expires_at=NOW)

    def access_token(self) -> str:
        return "t"

    def crate(self, upload_id: str) -> TracksUploadView:
        if upload_id not in self.crates:
            raise ApiError("not_found", "There is no such upload.")
        return self.crates[upload_id]

    def analyses(self, track_ids: Sequence[str]) -> dict[str, TrackAnalysis]:
        self.asked_analyses.append(list(track_ids))
        return {one: self.heard[one] for one in track_ids if one in self.heard}

    def fix_analysis(self, track_id: str, fix: GridFix) -> TrackAnalysis:
        self._refuse("fix_analysis")
        self.asked.append(("fix", fix))
        fixed = self.heard[track_id].model_copy(update={"manual": fix})
        self.heard[track_id] = fixed
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

    def words(self, job_id: str, options: DescriptionOptions) -> WordsView:
        self._refuse("words")
        self.asked.append(("words", options))
        return self.written.model_copy(update={"written_by": options.writer})

    def words_template(self) -> TemplateView:
        return self.template

    def usage(self) -> UsageView:
        return UsageView(
            jobs=2,
            max_jobs=20,
            library_bytes=1_500_000,
            max_library_bytes=5_000_000_000,
            job_bytes=0,
            separation_s=1800.0,
            max_separation_s=3600.0,
            separation_resets_at=NOW,
        )

    def webhook(self) -> WebhookView | None:
        return self.own_webhook

    def set_webhook(self, url: str) -> WebhookSecretView:
        self._refuse("set_webhook")
        self.own_webhook = WebhookView(url=url, created_at=NOW, undelivered=[])
        return WebhookSecretView(url=url, secret="shown once")

    def remove_webhook(self) -> None:
        self.own_webhook = None

    def server_figures(self) -> FiguresView:
        return self.figures

    def workers(self) -> WorkerList:
        return self.all_workers

    def dj_rules(self) -> DjRulesView:
        return self.rules

    def change_dj_rules(self, rules: DjRules, version: int) -> DjRulesView:
        self._refuse("change_dj_rules")
        self.asked.append(("rules", (rules, version)))
        self.rules = DjRulesView(version=version + 1, rules=rules, updated_at=NOW)
        return self.rules

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
        started = [ask for what, ask in self.asked if what == "start"]
        return next(ask for ask in reversed(started) if getattr(ask, "kind", "") == kind)

    def jobs(self, query: JobQuery = JobQuery()) -> JobList:
        if self.jobs_error is not None:
            raise self.jobs_error
        self.asked_jobs.append(query)
        return page_of(self.all_jobs, query)

    def job(self, job_id: str) -> JobView:
        found = next((one for one in self.all_jobs if one.id == job_id), None)
        if found is None:
            raise ApiError("not_found", "This job does not exist.")
        return found

    def cancel(self, job_id: str) -> JobView:
        return self._become("cancel", job("cancelled"))

    def retry(self, job_id: str, *, not_on_youtube: bool = False) -> JobView:
        return self._become("retry, looked" if not_on_youtube else "retry", job("queued"))

    def start_now(self, job_id: str) -> JobView:
        return self._become("start_now", job("queued"))

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
