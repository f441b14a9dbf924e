"""A stand-in for the API client: it answers from plain data and writes down what it was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.app.contract.accounts import TokenView, UserView
from backend.app.contract.jobs import ArtifactView, JobView, LinkView, MixtapeRequest, TrackPick
from backend.app.contract.mixes import ReportView, TimelineView, WaveformView
from backend.app.contract.uploads import TracksUploadView, TrackView
from frontend.api_client import ApiError

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
        self.trouble: Exception | None = None

    def sign_in(self, email: str, password: str) -> TokenView:
        self.asked.append(("sign_in", email))
        if password != PASSWORD:
            raise ApiError("wrong_credentials", "They do not match.", "Check both.")
        return TOKENS

    def register(self, email: str, password: str) -> TokenView:
        self.asked.append(("register", email))
        return TOKENS

    def sign_out(self) -> None:
        self.asked.append(("sign_out", None))

    def me(self) -> UserView:
        return UserView(id="u", email="dj@example.org", is_admin=False, created_at=NOW)

    def access_token(self) -> str:
        return "t"

    def crate(self, upload_id: str) -> TracksUploadView:
        if upload_id not in self.crates:
            raise ApiError("not_found", "There is no such upload.")
        return self.crates[upload_id]

    def start(self, request: MixtapeRequest) -> JobView:
        self.asked.append(("start", request))
        self.all_jobs = [job("queued", queue_position=1)]
        return self.all_jobs[0]

    def jobs(self) -> list[JobView]:
        if self.trouble is not None:
            raise self.trouble
        return self.all_jobs

    def job(self, job_id: str) -> JobView:
        return next(one for one in self.all_jobs if one.id == job_id)

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
        return FILES[name]

    def artifact_text(self, job_id: str, name: str) -> str:
        return "0:00 First\n0:56 Second\n"

    def link(self, job_id: str, name: str, *, inline: bool) -> LinkView:
        self.asked.append(("link", name))
        way = "show" if inline else "save"
        url = f"http://localhost:8000/signed/{way}/{name}"
        return LinkView(url=url, expires_at=datetime.now(UTC) + timedelta(hours=1))
