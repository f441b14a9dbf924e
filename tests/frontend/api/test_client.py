"""The API client against a small server with scripted answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from backend.app.contract.accounts import FRONTEND_HEADER
from backend.app.contract.analysis import CrateAnalysis, GridFix, HeardTrack
from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.job_list import JobList, JobQuery
from backend.app.contract.jobs import JobView, PublishRequest
from backend.app.contract.listening import ListeningAnswers, WeightFitView
from backend.app.contract.listening_request import ListeningRequest
from backend.app.contract.publishing import DescriptionOptions
from backend.app.contract.sounds import SoundView
from frontend.api.client import ApiClient
from frontend.api.connection import Credentials, api_base, connect, frontend_secret
from frontend.api.errors import ApiError
from tests.frontend.job_pages import listed
from tests.frontend.scripted_api import NOW, REQUEST, analysis, job
from tests.frontend.scripted_listening import rendered
from tests.frontend.youtube_data import CHECKED, NOT_CONNECTED, TEMPLATE, WRITTEN
from tests.listening_data import answered


@dataclass
class Wire:
    """The server's scripted answers for ``METHOD /path``, and the requests it received."""

    answers: dict[str, list[tuple[int, object]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def say(self, route: str, status: int, body: object) -> None:
        self.answers.setdefault(route, []).append((status, body))

    def routes(self) -> list[str]:
        return [route for route, _headers, _body in self.asked]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    wire = Wire()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            route = f"{self.command} {self.path}"
            headers = {name.lower(): value for name, value in self.headers.items()}
            wire.asked.append((route, headers, body))
            status, text = wire.answers[route].pop(0)
            payload = text if isinstance(text, bytes) else json.dumps(text).encode()
            self.send_response(status)
            self.send_header("Set-Cookie", "segue_session=of-another-user; Path=/")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    wire.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("API_BASE", wire.url)
    yield wire
    server.shutdown()
    server.server_close()
    thread.join()


def client(
    credentials: Credentials | None = None, renewed: list[Credentials] | None = None
) -> ApiClient:
    record = [] if renewed is None else renewed
    return ApiClient(connect(), credentials, on_renewal=record.append)


def fresh() -> Credentials:
    return Credentials("access-1", time.time() + 3600, "refresh-1")


def tokens(number: int) -> dict[str, object]:
    return {
        "access_token": f"access-{number}",
        "expires_in": 900,
        "refresh_token": f"refresh-{number}",
    }


PROBLEM = {"error": {"code": "conflict", "message": "It is running.", "hint": "Cancel it."}}
NOT_SIGNED_IN = {"error": {"code": "not_signed_in", "message": "No.", "hint": ""}}


def test_answers_are_contract_types(wire: Wire) -> None:
    wire.say("GET /jobs/job-1", 200, job().model_dump(mode="json"))
    assert client(fresh()).job("job-1") == job()
    assert wire.asked[0][1]["authorization"] == "Bearer access-1"


def test_page_of_jobs_is_asked_for_by_kind_status_and_place(wire: Wire) -> None:
    mix = listed(job())
    asked = "kind=mixtape&kind=mashup&status=running&before=job-9&limit=5"
    wire.say(f"GET /jobs?{asked}", 200, {"jobs": [mix.model_dump(mode="json")], "more": True})
    query = JobQuery(kind=["mixtape", "mashup"], status=["running"], before="job-9", limit=5)
    assert client(fresh()).jobs(query) == JobList(jobs=[mix], more=True)


def test_sounds_are_listed_and_deleted(wire: Wire) -> None:
    loop = SoundView(
        id="s-1",
        name="Ticks",
        kind="percussion",
        duration_s=2.0,
        tempo_bpm=120.0,
        beats=4,
        key=None,
        loudness_lufs=-14.0,
        created_at=NOW,
    )
    wire.say("GET /sounds", 200, {"sounds": [loop.model_dump(mode="json")]})
    wire.say("DELETE /sounds/s-1", 204, b"")
    assert client(fresh()).sounds() == [loop]
    client(fresh()).delete_sound("s-1")
    assert wire.routes() == ["GET /sounds", "DELETE /sounds/s-1"]


def test_error_has_code_message_and_hint(wire: Wire) -> None:
    wire.say("DELETE /jobs/job-1", 409, PROBLEM)
    with pytest.raises(ApiError) as refused:
        client(fresh()).delete("job-1")
    text = refused.value
    assert (text.code, text.message, text.hint) == ("conflict", "It is running.", "Cancel it.")
    assert not text.retryable


def test_unreachable_server_has_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_BASE", "http://127.0.0.1:1")  # no server on port 1
    with pytest.raises(ApiError) as refused:
        client(fresh()).jobs()
    assert refused.value.code == "api_unreachable"
    assert refused.value.message == "Segue's server does not answer."
    assert refused.value.retryable


@pytest.mark.parametrize("body", [b"<html>proxy</html>", b'{"id": 5}', b""])
def test_unreadable_answer_is_an_error(wire: Wire, body: bytes) -> None:
    wire.say("GET /jobs/job-1", 200, body)
    wire.say("GET /jobs/job-1", 502, body)
    for _ in range(2):
        with pytest.raises(ApiError) as refused:
            client(fresh()).job("job-1")
        assert refused.value.code == "api_not_understood"


def test_expiring_token_is_renewed_before_the_call(wire: Wire) -> None:
    renewed: list[Credentials] = []
    wire.say("POST /auth/refresh", 200, tokens(2))
    wire.say("GET /jobs", 200, {"jobs": []})
    old = Credentials("access-1", time.time() + 60, "refresh-1")
    assert client(old, renewed).jobs().jobs == []
    assert json.loads(wire.asked[0][2]) == {"refresh_token": "refresh-1"}
    assert wire.asked[1][1]["authorization"] == "Bearer access-2"
    assert [pair.refresh_token for pair in renewed] == ["refresh-2"]


def test_revoked_token_is_renewed_and_the_call_repeated(wire: Wire) -> None:
    wire.say("POST /jobs", 401, NOT_SIGNED_IN)
    wire.say("POST /auth/refresh", 200, tokens(2))
    wire.say("POST /jobs", 202, job("queued").model_dump(mode="json"))
    started = client(fresh()).start(REQUEST)
    assert isinstance(started, JobView)
    assert wire.routes() == ["POST /jobs", "POST /auth/refresh", "POST /jobs"]


def test_failed_renewal_raises_not_signed_in(wire: Wire) -> None:
    wire.say("GET /jobs", 401, NOT_SIGNED_IN)
    wire.say("POST /auth/refresh", 401, NOT_SIGNED_IN)
    with pytest.raises(ApiError) as refused:
        client(fresh()).jobs()
    assert refused.value.code == "not_signed_in"


def test_session_cookie_renews_the_token(wire: Wire) -> None:
    answer = {"access_token": "access-3", "expires_in": 900}
    wire.say("POST /auth/refresh", 200, answer)
    assert client(Credentials(session_cookie="cookie-of-mine")).access_token() == "access-3"
    assert wire.asked[0][1]["cookie"] == "segue_session=cookie-of-mine"


def test_cookies_are_not_shared_between_users(wire: Wire) -> None:
    wire.say("POST /auth/token", 200, tokens(1))  # this answer sets a cookie
    wire.say("GET /jobs", 200, {"jobs": []})
    http = connect()
    ApiClient(http).sign_in("one@example.org", "secret")
    ApiClient(http, fresh()).jobs()
    assert "cookie" not in wire.asked[1][1]


def test_sign_in_sends_a_form_and_sign_out_the_refresh_token(wire: Wire) -> None:
    wire.say("POST /auth/token", 200, tokens(1))
    wire.say("POST /auth/logout", 204, b"")
    client().sign_in("dj@example.org", "correct horse")
    client(Credentials(refresh_token="refresh-1", session_cookie="mine")).sign_out()
    assert wire.asked[0][2] == b"username=dj%40example.org&password=correct+horse"
    assert json.loads(wire.asked[1][2]) == {"refresh_token": "refresh-1"}
    assert wire.asked[1][1]["cookie"] == "segue_session=mine"


def test_google_code_is_exchanged_with_the_browser_cookie(wire: Wire) -> None:
    wire.say("POST /auth/exchange", 200, tokens(1))
    wire.say("POST /auth/google/join", 200, tokens(2))
    client().exchange("one-time", "browser-secret")
    client().join_google("one-time", "correct horse", "browser-secret")
    assert [headers["cookie"] for _, headers, _ in wire.asked] == [
        "segue_google=browser-secret"
    ] * 2
    assert json.loads(wire.asked[1][2]) == {"code": "one-time", "password": "correct horse"}


def test_account_routes(wire: Wire) -> None:
    session = {
        "id": "a/b",
        "device": "Firefox",
        "address": "203.0.113.7",
        "created_at": "2026-11-21T04:00:00Z",
        "last_seen_at": "2026-11-21T04:00:00Z",
        "current": True,
    }
    link = {"email": "b@example.org", "url": "u", "expires_at": "2026-11-21T04:00:00Z"}
    wire.say("GET /auth/sessions", 200, {"sessions": [session]})
    wire.say("DELETE /auth/sessions/a%2Fb", 204, b"")
    wire.say("DELETE /auth/sessions", 204, b"")
    wire.say("POST /auth/password", 204, b"")
    wire.say("POST /auth/password/reset", 200, tokens(1))
    wire.say("POST /admin/password-resets", 201, link)
    wire.say("DELETE /auth/me", 204, b"")
    api = client(fresh())
    assert [one.id for one in api.sessions()] == ["a/b"]
    api.end_session("a/b")
    api.end_other_sessions()
    api.change_password("old", "new secret")
    assert api.reset_password("secret", "new secret").access_token
    assert api.make_reset_link("b@example.org").url == "u"
    api.delete_account("a@example.org", "new secret")
    bodies = [json.loads(body) for _, _, body in wire.asked if body]
    assert bodies == [
        {"current_password": "old", "new_password": "new secret"},
        {"token": "secret", "new_password": "new secret"},
        {"email": "b@example.org"},
        {"email": "a@example.org", "password": "new secret"},
    ]


def test_browser_is_named_to_the_api(wire: Wire) -> None:
    wire.say("POST /auth/token", 200, tokens(1))
    ApiClient(connect(), address="203.0.113.7", device="Firefox/150").sign_in("a@b.org", "secret")
    assert wire.asked[0][1]["user-agent"] == "Firefox/150"


def test_browser_with_other_letters_in_its_name_is_named(wire: Wire) -> None:
    wire.say("POST /auth/token", 200, tokens(1))
    ApiClient(connect(), device="Häbrowser/1").sign_in("a@b.org", "secret")
    assert wire.asked[0][1]["user-agent"] == "H?browser/1"


def test_youtube_routes(wire: Wire) -> None:
    status = NOT_CONNECTED.model_dump(mode="json")
    wire.say("GET /youtube/status", 200, status)
    wire.say("POST /youtube/oauth/start", 200, {"url": "https://accounts.example/consent"})
    wire.say("DELETE /youtube/connection", 200, status)
    wire.say("GET /youtube/playlists", 200, {"playlists": [{"id": "PL1", "title": "Sets"}]})
    api = client(fresh())
    assert api.youtube_status() == NOT_CONNECTED
    assert api.connect_youtube().url == "https://accounts.example/consent"
    assert api.disconnect_youtube() == NOT_CONNECTED
    assert [one.title for one in api.playlists()] == ["Sets"]


def test_metadata_and_preflight_routes(wire: Wire) -> None:
    wire.say("POST /jobs/m/words", 200, WRITTEN.model_dump(mode="json"))
    wire.say("GET /words/template", 200, TEMPLATE.model_dump(mode="json"))
    wire.say("POST /youtube/preflight", 200, CHECKED.model_dump(mode="json"))
    api = client(fresh())
    assert api.words("m", DescriptionOptions(writer="llm", language="ja")) == WRITTEN
    assert api.words_template() == TEMPLATE
    moment = datetime(2030, 1, 2, 8, 0, tzinfo=UTC)
    assert api.preflight(PublishRequest(job_id="m", publish_at=moment, again=True)) == CHECKED
    assert json.loads(wire.asked[0][2])["language"] == "ja"
    sent = json.loads(wire.asked[2][2])
    assert (sent["publish_at"], sent["again"]) == ("2030-01-02T08:00:00Z", True)


def test_ids_are_escaped_in_paths(wire: Wire) -> None:
    wire.say("GET /jobs/..%2Fadmin%3Fx", 404, PROBLEM)
    with pytest.raises(ApiError) as refused:
        client(fresh()).job("../admin?x")
    assert refused.value.code == "conflict"  # the scripted answer of this path


def test_dj_rules_are_saved_over_a_version(wire: Wire) -> None:
    view = DjRulesView(version=4, rules=DjRules(return_bars=16))
    wire.say("PUT /admin/dj-rules?version=3", 200, view.model_dump(mode="json"))
    assert client(fresh()).change_dj_rules(view.rules, version=3) == view
    assert json.loads(wire.asked[0][2])["return_bars"] == 16


def test_listening_routes(wire: Wire) -> None:
    trial, done = rendered("t/1"), answered(1)
    wire.say("POST /listening/trials", 202, trial.model_dump(mode="json"))
    wire.say("GET /listening/trials/t%2F1", 200, trial.model_dump(mode="json"))
    wire.say("POST /listening/trials/t%2F1/answer", 200, trial.model_dump(mode="json"))
    page = ListeningAnswers(answers=[done], more=True)
    wire.say("GET /listening/answers", 200, page.model_dump(mode="json"))
    wire.say("GET /listening/answers?before=trial-1", 200, {"answers": []})
    api = client(fresh())
    assert api.start_trial(ListeningRequest(job_id="job-1", transition=0)) == trial
    assert api.trial("t/1") == api.answer_trial("t/1", done.answer) == trial
    assert json.loads(wire.asked[2][2]) == done.answer.model_dump(mode="json")
    assert api.listening_answers() == page
    assert api.listening_answers("trial-1").answers == []


def test_rule_weights_are_changed_over_a_version(wire: Wire) -> None:
    view = DjRulesView(version=4, rules=DjRules(rule_weights={"keys_agree": 2.0}))
    for action in ("fit?version=3&n_answers=40", "undo?version=3"):
        wire.say(f"POST /admin/rule-weights/{action}", 200, view.model_dump(mode="json"))
    fit = WeightFitView(
        rules=DjRulesView(version=3, rules=DjRules()),
        weights=[],
        n_answers=40,
        n_listeners=1,
        n_decided=30,
        least_answers=20,
        explained_before=15,
        explained_after=25,
        usable=True,
        can_undo=False,
    )
    assert client(fresh()).apply_rule_weights(fit) == view
    assert client(fresh()).undo_rule_weights(3) == view


def test_analyses_are_asked_for_together(wire: Wire) -> None:
    heard = HeardTrack(track_id="b", analysis=analysis())
    found = CrateAnalysis(tracks=[heard]).model_dump(mode="json")
    wire.say("GET /analyses?track_ids=a&track_ids=b", 200, found)
    assert client(fresh()).analyses(["a", "b"]) == {"b": analysis()}


def test_correction_sends_only_changed_fields(wire: Wire) -> None:
    wire.say("PATCH /tracks/t/analysis", 409, PROBLEM)
    with pytest.raises(ApiError):
        client(fresh()).fix_analysis("t", GridFix(tempo="double"))
    assert json.loads(wire.asked[0][2]) == {"tempo": "double"}


def test_browser_address_is_forwarded(
    wire: Wire,
) -> None:
    wire.say("POST /auth/token", 200, tokens(1))
    wire.say("POST /auth/token", 200, tokens(1))
    http = connect()
    ApiClient(http, address="203.0.113.7").sign_in("dj@example.org", "correct horse")
    ApiClient(http).sign_in("dj@example.org", "correct horse")
    assert wire.asked[0][1]["x-forwarded-for"] == "203.0.113.7"
    assert "x-forwarded-for" not in wire.asked[1][1]


def test_forwarded_address_comes_with_the_secret_that_the_api_has_made(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_ROOT", str(tmp_path))
    for _ in range(3):
        wire.say("POST /auth/token", 200, tokens(1))
    client = ApiClient(connect(), address="203.0.113.7")
    client.sign_in("dj@example.org", "correct horse")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "frontend_secret").write_text("wool-is-warm\n")
    client.sign_in("dj@example.org", "correct horse")
    monkeypatch.setenv("FRONTEND_SECRET", "a-setting-comes-first")
    client.sign_in("dj@example.org", "correct horse")
    sent = [asked[1].get(FRONTEND_HEADER.lower()) for asked in wire.asked]
    assert sent == [None, "wool-is-warm", "a-setting-comes-first"]


def test_secret_of_the_app_is_read_from_a_named_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    monkeypatch.setenv("FRONTEND_SECRET_FILE", str(file))
    with pytest.raises(ApiError) as caught:
        frontend_secret()
    assert caught.value.message == f"FRONTEND_SECRET_FILE names {file}, which cannot be read."
    file.write_text("wool-is-warm\n")
    assert frontend_secret() == "wool-is-warm"


def test_api_base_is_read_from_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("API_BASE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert api_base() == "http://localhost:8000"
    (tmp_path / ".env").write_text("API_BASE=http://music.example:9000/\nMAX_FILE_SIZE=1\n")
    assert api_base() == "http://music.example:9000"
