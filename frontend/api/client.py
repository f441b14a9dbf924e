"""The API's routes as typed methods."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from backend.app.contract.accounts import (
    Providers,
    ResetLinkView,
    SessionList,
    SessionView,
    TokenView,
    UsageView,
    UserView,
)
from backend.app.contract.analysis import CrateAnalysis, GridFix, TrackAnalysis
from backend.app.contract.descriptions import KeptDescription
from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.job_list import JobList, JobQuery
from backend.app.contract.jobs import (
    JobRequest,
    JobView,
    LinkView,
    RetryOptions,
)
from backend.app.contract.mashups import MashupFits, Vibe
from backend.app.contract.operations import FiguresView, WorkerList
from backend.app.contract.publishing import (
    DescriptionOptions,
    TemplateView,
    WordsView,
)
from backend.app.contract.sounds import SoundDetail, SoundList, SoundView
from backend.app.contract.stems import SeparatorList
from backend.app.contract.uploads import TracksUploadView
from backend.app.contract.webhooks import WebhookSecretView, WebhookView

from .connection import GOOGLE_COOKIE, Answer
from .errors import ApiError
from .listening_client import ListeningApiClient
from .youtube_client import YouTubeApiClient


class ApiClient(YouTubeApiClient, ListeningApiClient):
    """The API calls of one user.

    Every method raises ``ApiError`` and nothing else.
    """

    # accounts

    def register(self, email: str, password: str) -> TokenView:
        """Create an account and sign in."""
        body = {"email": email, "password": password}
        return self._read(TokenView, self._send("POST", "/auth/register", json=body))

    def sign_in(self, email: str, password: str) -> TokenView:
        """Sign in with email and password."""
        form = {"username": email, "password": password}
        return self._read(TokenView, self._send("POST", "/auth/token", form=form))

    def providers(self) -> Providers:
        """Fetch the ways to sign in other than with a password."""
        return self._read(Providers, self._send("GET", "/auth/providers"))

    def exchange(self, code: str, browser: str) -> TokenView:
        """Exchange the code of a Google sign-in for access tokens.

        Raises ``join_needed`` if the email has an account: then call :meth:`join_google`.
        """
        return self._from_google("/auth/exchange", browser, {"code": code})

    def join_google(self, code: str, password: str, browser: str) -> TokenView:
        """Link a Google account to the account that has this password."""
        body = {"code": code, "password": password}
        return self._from_google("/auth/google/join", browser, body)

    def _from_google(self, path: str, browser: str, body: dict[str, str]) -> TokenView:
        answer = self._send("POST", path, json=body, cookie=browser, cookie_name=GOOGLE_COOKIE)
        return self._read(TokenView, answer)

    def sign_out(self) -> None:
        """Sign out: revoke this session's tokens."""
        body = {"refresh_token": self._credentials.refresh_token}
        self._send("POST", "/auth/logout", json=body, cookie=self._credentials.session_cookie)

    def me(self) -> UserView:
        """Fetch the signed-in user."""
        return self._call(UserView, "GET", "/auth/me")

    # own account

    def change_password(self, current: str, new: str) -> None:
        """Set a new password; all other sessions end."""
        body = {"current_password": current, "new_password": new}
        self._authorized("POST", "/auth/password", body)

    def reset_password(self, secret: str, new: str) -> TokenView:
        """Set a new password with a reset link, and sign in."""
        body = {"token": secret, "new_password": new}
        return self._read(TokenView, self._send("POST", "/auth/password/reset", json=body))

    def usage(self) -> UsageView:
        """Fetch how much of the quotas the user has used."""
        return self._call(UsageView, "GET", "/auth/usage")

    def sessions(self) -> list[SessionView]:
        """List the user's sessions, the last active one first."""
        return self._call(SessionList, "GET", "/auth/sessions").sessions

    def end_session(self, session_id: str) -> None:
        """End one of the user's sessions."""
        self._authorized("DELETE", f"/auth/sessions/{_segment(session_id)}")

    def end_other_sessions(self) -> None:
        """End all sessions of the user except this one."""
        self._authorized("DELETE", "/auth/sessions")

    def delete_account(self, email: str, password: str) -> None:
        """Delete the account and all its data; email and password confirm it."""
        self._authorized("DELETE", "/auth/me", {"email": email, "password": password})

    def make_reset_link(self, email: str) -> ResetLinkView:
        """Make a one-time link with which a user can reset the password; for admins."""
        return self._call(ResetLinkView, "POST", "/admin/password-resets", {"email": email})

    def webhook(self) -> WebhookView | None:
        """Fetch the user's webhook."""
        try:
            return self._call(WebhookView, "GET", "/webhook")
        except ApiError as error:
            if error.code != "not_found":
                raise
            return None

    def set_webhook(self, url: str) -> WebhookSecretView:
        """Set the webhook; the secret is shown only now."""
        return self._call(WebhookSecretView, "PUT", "/webhook", {"url": url})

    def remove_webhook(self) -> None:
        """Remove the webhook."""
        self._authorized("DELETE", "/webhook")

    # uploads

    def crate(self, upload_id: str) -> TracksUploadView:
        """Fetch a crate by its upload id."""
        return self._call(TracksUploadView, "GET", f"/uploads/{_segment(upload_id)}")

    # analyses

    def analyses(self, track_ids: Sequence[str]) -> dict[str, TrackAnalysis]:
        """Fetch the analyses of up to 60 tracks, with the user's corrections.

        Tracks without an analysis are left out.
        """
        query = urlencode({"track_ids": list(track_ids)}, doseq=True)
        heard = self._call(CrateAnalysis, "GET", f"/analyses?{query}").tracks
        return {track.track_id: track.analysis for track in heard}

    def fix_analysis(self, track_id: str, fix: GridFix) -> TrackAnalysis:
        """Correct a track's analysis; an empty ``fix`` removes earlier corrections."""
        body = fix.model_dump(exclude_defaults=True)
        return self._call(TrackAnalysis, "PATCH", _analysis(track_id), body)

    # sounds

    def sounds(self) -> list[SoundView]:
        """List all sounds, newest first."""
        return self._call(SoundList, "GET", "/sounds").sounds

    def sound_detail(self, sound_id: str) -> SoundDetail:
        """Fetch the measurements of a sound."""
        return self._call(SoundDetail, "GET", f"/sounds/{_segment(sound_id)}/detail")

    def delete_sound(self, sound_id: str) -> None:
        """Delete a sound; jobs already queued with it can still use it."""
        self._authorized("DELETE", f"/sounds/{_segment(sound_id)}")

    # stems

    def separators(self) -> SeparatorList:
        """List the separators of this server, and the default one."""
        return self._call(SeparatorList, "GET", "/separators")

    # mashups

    def fits(self, upload_id: str, vibe: Vibe, track_ids: Sequence[str]) -> MashupFits:
        """Rate how well each track's vocals fit the music of the others."""
        query = {"tracks_upload_id": upload_id, "vibe": vibe, "tracks": list(track_ids)}
        return self._call(MashupFits, "GET", f"/mashups/fits?{urlencode(query, doseq=True)}")

    # metadata

    def words(self, job_id: str, options: DescriptionOptions) -> WordsView:
        """Write metadata for a mix with these options."""
        body = options.model_dump(mode="json")
        return self._call(WordsView, "POST", f"/jobs/{_segment(job_id)}/words", body)

    def words_template(self) -> TemplateView:
        """Fetch the server's description template, and the names it may use."""
        return self._call(TemplateView, "GET", "/words/template")

    def kept_description(self) -> KeptDescription:
        """Fetch the lines and templates that the user keeps for descriptions."""
        return self._call(KeptDescription, "GET", "/description/kept")

    def keep_description(self, kept: KeptDescription) -> KeptDescription:
        """Replace what the user keeps."""
        body = kept.model_dump(mode="json")
        return self._call(KeptDescription, "PUT", "/description/kept", body)

    # DJ rules

    def dj_rules(self) -> DjRulesView:
        """Fetch the DJ rules; for admins."""
        return self._call(DjRulesView, "GET", "/admin/dj-rules")

    def change_dj_rules(self, rules: DjRules, version: int) -> DjRulesView:
        """Save the DJ rules.

        Raises ``conflict`` if another admin has saved rules since ``version``.
        """
        path = f"/admin/dj-rules?version={version}"
        return self._call(DjRulesView, "PUT", path, rules.model_dump(mode="json"))

    # the running server

    def workers(self) -> WorkerList:
        """List the processes that run jobs; for admins."""
        return self._call(WorkerList, "GET", "/admin/workers")

    def server_figures(self) -> FiguresView:
        """Fetch queues, ended jobs, times of steps and storage; for admins."""
        return self._call(FiguresView, "GET", "/admin/figures")

    # jobs

    def start(self, request: JobRequest) -> JobView:
        """Queue a job."""
        return self._call(JobView, "POST", "/jobs", request.model_dump(mode="json"))

    def jobs(self, query: JobQuery = JobQuery()) -> JobList:
        """List one page of the jobs, newest first."""
        wanted = urlencode(query.model_dump(exclude_defaults=True), doseq=True)
        return self._call(JobList, "GET", f"/jobs?{wanted}" if wanted else "/jobs")

    def job(self, job_id: str) -> JobView:
        """Fetch a job in its present state."""
        return self._call(JobView, "GET", f"/jobs/{_segment(job_id)}")

    def cancel(self, job_id: str) -> JobView:
        """Cancel a job; a retry continues after its finished steps."""
        return self._call(JobView, "POST", f"/jobs/{_segment(job_id)}/cancel")

    def retry(self, job_id: str, *, not_on_youtube: bool = False) -> JobView:
        """Continue a failed or cancelled job.

        ``not_on_youtube``: the user has looked, after an upload that ended uncertain.
        """
        body = RetryOptions(not_on_youtube=not_on_youtube).model_dump()
        return self._call(JobView, "POST", f"/jobs/{_segment(job_id)}/retry", body)

    def start_now(self, job_id: str) -> JobView:
        """Start a job that waits for a time now."""
        return self._call(JobView, "POST", f"/jobs/{_segment(job_id)}/now")

    def delete(self, job_id: str) -> None:
        """Delete a job and its files."""
        self._authorized("DELETE", f"/jobs/{_segment(job_id)}")

    # artifacts

    def artifact(self, job_id: str, name: str, shape: type[Answer]) -> Answer:
        """Fetch a JSON artifact, parsed as ``shape``."""
        return self._call(shape, "GET", artifact_path(job_id, name))

    def artifact_text(self, job_id: str, name: str) -> str:
        """Fetch a text artifact."""
        return self._authorized("GET", artifact_path(job_id, name)).content.decode("utf-8")

    def link(self, job_id: str, name: str, *, inline: bool) -> LinkView:
        """Make a signed link to an artifact, to show it (``inline``) or to download it."""
        query = urlencode({"inline": "true" if inline else "false"})
        return self._call(LinkView, "POST", f"{artifact_path(job_id, name)}/link?{query}")


def _segment(identity: str) -> str:
    return quote(identity, safe="")


def _analysis(track_id: str) -> str:
    return f"/tracks/{_segment(track_id)}/analysis"


def artifact_path(job_id: str, name: str) -> str:
    """Return the path of an artifact on the API."""
    return f"/jobs/{_segment(job_id)}/artifacts/{quote(name)}"
