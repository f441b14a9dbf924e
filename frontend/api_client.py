"""Everything the frontend asks of the API: contract types in and out, one error type."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from backend.app.contract.accounts import Providers, TokenView, UserView
from backend.app.contract.analysis import GridFix, TrackAnalysis
from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.jobs import JobList, JobRequest, JobView, LinkView, PublishRequest
from backend.app.contract.mashups import MashupFits, Vibe
from backend.app.contract.publishing import (
    DescriptionOptions,
    PlaylistList,
    PlaylistView,
    PreflightView,
    TemplateView,
    WordsView,
    YouTubeStart,
    YouTubeStatus,
)
from backend.app.contract.sounds import SoundDetail, SoundList, SoundView
from backend.app.contract.stems import SeparatorList
from backend.app.contract.uploads import ImageUploadView, TracksUploadView

from .api_connection import (
    GOOGLE_COOKIE,
    SESSION_COOKIE,
    Answer,
    ApiConnection,
    ApiError,
    Credentials,
    api_base,
    connect,
)

__all__ = [
    "GOOGLE_COOKIE",
    "SESSION_COOKIE",
    "ApiClient",
    "ApiError",
    "Credentials",
    "api_base",
    "connect",
]


class ApiClient(ApiConnection):
    """One person's calls to the API; every method raises ``ApiError`` and nothing else."""

    # accounts

    def register(self, email: str, password: str) -> TokenView:
        """Make an account and sign in to it."""
        body = {"email": email, "password": password}
        return self._read(TokenView, self._send("POST", "/auth/register", json=body))

    def sign_in(self, email: str, password: str) -> TokenView:
        """Trade an address and a password for tokens."""
        form = {"username": email, "password": password}
        return self._read(TokenView, self._send("POST", "/auth/token", form=form))

    def providers(self) -> Providers:
        """Who but a password may sign people in."""
        return self._read(Providers, self._send("GET", "/auth/providers"))

    def exchange(self, code: str, browser: str) -> TokenView:
        """Trade the code that a browser brought back from Google for tokens.

        ``join_needed`` if the e-mail has an account: :meth:`join_google` takes the code then.
        """
        return self._from_google("/auth/exchange", browser, {"code": code})

    def join_google(self, code: str, password: str, browser: str) -> TokenView:
        """Join a Google account to the account whose password this is."""
        body = {"code": code, "password": password}
        return self._from_google("/auth/google/join", browser, body)

    def _from_google(self, path: str, browser: str, body: dict[str, str]) -> TokenView:
        told = self._send("POST", path, json=body, cookie=browser, cookie_name=GOOGLE_COOKIE)
        return self._read(TokenView, told)

    def sign_out(self) -> None:
        """Revoke what renews this session."""
        body = {"refresh_token": self._credentials.refresh_token}
        self._send("POST", "/auth/logout", json=body, cookie=self._credentials.session_cookie)

    def me(self) -> UserView:
        """Who is signed in."""
        return self._get(UserView, "/auth/me")

    # uploads

    def crate(self, upload_id: str) -> TracksUploadView:
        """An uploaded set of tracks."""
        return self._get(TracksUploadView, f"/uploads/{_segment(upload_id)}")

    def picture(self, upload_id: str) -> ImageUploadView:
        """An uploaded picture."""
        return self._get(ImageUploadView, f"/uploads/{_segment(upload_id)}")

    # what was heard

    def analysis(self, track_id: str) -> TrackAnalysis:
        """What was heard in a track, as put right; ``not_analysed`` before anybody listened."""
        return self._get(TrackAnalysis, _analysis(track_id))

    def fix_analysis(self, track_id: str, fix: GridFix) -> TrackAnalysis:
        """Put right what was heard; an empty fix takes any earlier one away."""
        return self._read(
            TrackAnalysis,
            self._authorized("PATCH", _analysis(track_id), fix.model_dump(exclude_defaults=True)),
        )

    # sounds

    def sounds(self) -> list[SoundView]:
        """All sounds of this person, newest first."""
        return self._get(SoundList, "/sounds").sounds

    def sound_detail(self, sound_id: str) -> SoundDetail:
        """What was heard in a sound."""
        return self._get(SoundDetail, f"/sounds/{_segment(sound_id)}/detail")

    def delete_sound(self, sound_id: str) -> None:
        """Forget a sound; a job that is to play it still can."""
        self._authorized("DELETE", f"/sounds/{_segment(sound_id)}")

    # stems

    def separators(self) -> SeparatorList:
        """Who can take songs apart here, and who does where nobody is named."""
        return self._get(SeparatorList, "/separators")

    # mashups

    def fits(self, upload_id: str, vibe: Vibe, track_ids: Sequence[str]) -> MashupFits:
        """How well the voices of these tracks go over the music of the others."""
        asked = {"tracks_upload_id": upload_id, "vibe": vibe, "tracks": list(track_ids)}
        return self._get(MashupFits, f"/mashups/fits?{urlencode(asked, doseq=True)}")

    # words and YouTube

    def words(self, job_id: str, options: DescriptionOptions) -> WordsView:
        """Words for a mix, as these options have them."""
        asked = options.model_dump(mode="json")
        return self._post(WordsView, f"/jobs/{_segment(job_id)}/words", asked)

    def words_template(self) -> TemplateView:
        """The house's template of a description, and what another one may use."""
        return self._get(TemplateView, "/words/template")

    def youtube_status(self) -> YouTubeStatus:
        """How things stand between this person and YouTube."""
        return self._get(YouTubeStatus, "/youtube/status")

    def connect_youtube(self) -> YouTubeStart:
        """Where the browser has to go for this person to let Segue publish."""
        return self._post(YouTubeStart, "/youtube/oauth/start")

    def disconnect_youtube(self) -> YouTubeStatus:
        """Give the connection up; ``notes`` say so where Google could not be told."""
        return self._read(YouTubeStatus, self._authorized("DELETE", "/youtube/connection"))

    def playlists(self) -> list[PlaylistView]:
        """The playlists of the connected channel."""
        return self._get(PlaylistList, "/youtube/playlists").playlists

    def preflight(self, request: PublishRequest) -> PreflightView:
        """What stands against publishing this, before anything is sent."""
        return self._post(PreflightView, "/youtube/preflight", request.model_dump(mode="json"))

    # house rules

    def dj_rules(self) -> DjRulesView:
        """What the DJ may do; for admins."""
        return self._get(DjRulesView, "/admin/dj-rules")

    def change_dj_rules(self, rules: DjRules, version: int) -> DjRulesView:
        """Put rules in force; ``conflict`` if somebody changed them since ``version``."""
        path = f"/admin/dj-rules?version={version}"
        return self._read(DjRulesView, self._authorized("PUT", path, rules.model_dump(mode="json")))

    # jobs

    def start(self, request: JobRequest) -> JobView:
        """Queue a job."""
        return self._post(JobView, "/jobs", request.model_dump(mode="json"))

    def jobs(self) -> list[JobView]:
        """All jobs of this person, newest first."""
        return self._get(JobList, "/jobs").jobs

    def job(self, job_id: str) -> JobView:
        """One job as it stands."""
        return self._get(JobView, f"/jobs/{_segment(job_id)}")

    def cancel(self, job_id: str) -> JobView:
        """Stop a job; what its finished steps made is kept."""
        return self._post(JobView, f"/jobs/{_segment(job_id)}/cancel")

    def retry(self, job_id: str) -> JobView:
        """Go on with a failed or cancelled job where it stopped."""
        return self._post(JobView, f"/jobs/{_segment(job_id)}/retry")

    def delete(self, job_id: str) -> None:
        """Remove a job and its files."""
        self._authorized("DELETE", f"/jobs/{_segment(job_id)}")

    # artifacts

    def artifact(self, job_id: str, name: str, shape: type[Answer]) -> Answer:
        """A small JSON artifact, read as the shape it has."""
        return self._get(shape, _artifact(job_id, name))

    def artifact_text(self, job_id: str, name: str) -> str:
        """A small text artifact."""
        path = _artifact(job_id, name)
        return self._authorized("GET", path).content.decode("utf-8")

    def link(self, job_id: str, name: str, *, inline: bool) -> LinkView:
        """A signed link for the browser: to show in a page (``inline``) or to download."""
        path = f"{_artifact(job_id, name)}/link"
        return self._post(LinkView, f"{path}?inline={'true' if inline else 'false'}")


def _segment(identity: str) -> str:
    return quote(identity, safe="")


def _analysis(track_id: str) -> str:
    return f"/tracks/{_segment(track_id)}/analysis"


def _artifact(job_id: str, name: str) -> str:
    return f"/jobs/{_segment(job_id)}/artifacts/{quote(name)}"
