"""The client on the wire: against a small server that says what a test wrote for it."""

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

from backend.app.contract.analysis import GridFix
from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.jobs import JobView, PublishRequest
from backend.app.contract.publishing import DescriptionOptions
from backend.app.contract.sounds import SoundView
from frontend.api_client import ApiClient, ApiError, Credentials, api_base, connect
from tests.frontend.scripted_api import NOW, REQUEST, job
from tests.frontend.youtube_data import CHECKED, NOT_CONNECTED, TEMPLATE, WRITTEN


@dataclass
class Wire:
    """What the server will say to ``METHOD /path``, in turn, and what it was asked."""

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
            status, said = wire.answers[route].pop(0)
            payload = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Set-Cookie", "segue_session=of-somebody; Path=/")
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
    credentials: Credentials | None = None, kept: list[Credentials] | None = None
) -> ApiClient:
    told = [] if kept is None else kept
    return ApiClient(connect(), credentials, on_renewal=told.append)


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


def test_answers_come_back_as_contract_types(wire: Wire) -> None:
    wire.say("GET /jobs/job-1", 200, job().model_dump(mode="json"))
    assert client(fresh()).job("job-1") == job()
    assert wire.asked[0][1]["authorization"] == "Bearer access-1"


def test_sounds_are_listed_and_forgotten(wire: Wire) -> None:
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


def test_a_refusal_carries_code_message_and_hint(wire: Wire) -> None:
    wire.say("DELETE /jobs/job-1", 409, PROBLEM)
    with pytest.raises(ApiError) as refused:
        client(fresh()).delete("job-1")
    said = refused.value
    assert (said.code, said.message, said.hint) == ("conflict", "It is running.", "Cancel it.")
    assert not said.retryable


def test_an_engine_that_is_not_there_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_BASE", "http://127.0.0.1:1")  # nobody listens on port 1
    with pytest.raises(ApiError) as refused:
        client(fresh()).jobs()
    assert refused.value.code == "api_unreachable"
    assert refused.value.message == "Segue's engine is not answering."
    assert refused.value.retryable


@pytest.mark.parametrize("body", [b"<html>proxy</html>", b'{"id": 5}', b""])
def test_an_answer_that_is_not_the_contract_is_an_error_of_ours(wire: Wire, body: bytes) -> None:
    wire.say("GET /jobs/job-1", 200, body)
    wire.say("GET /jobs/job-1", 502, body)
    for _ in range(2):
        with pytest.raises(ApiError) as refused:
            client(fresh()).job("job-1")
        assert refused.value.code == "api_not_understood"


def test_a_token_about_to_run_out_is_renewed_first_and_the_new_pair_is_kept(wire: Wire) -> None:
    kept: list[Credentials] = []
    wire.say("POST /auth/refresh", 200, tokens(2))
    wire.say("GET /jobs", 200, {"jobs": []})
    old = Credentials("access-1", time.time() + 60, "refresh-1")
    assert client(old, kept).jobs() == []
    assert json.loads(wire.asked[0][2]) == {"refresh_token": "refresh-1"}
    assert wire.asked[1][1]["authorization"] == "Bearer access-2"
    assert [pair.refresh_token for pair in kept] == ["refresh-2"]


def test_a_token_revoked_early_is_renewed_once_and_the_call_made_again(wire: Wire) -> None:
    wire.say("POST /jobs", 401, NOT_SIGNED_IN)
    wire.say("POST /auth/refresh", 200, tokens(2))
    wire.say("POST /jobs", 202, job("queued").model_dump(mode="json"))
    started = client(fresh()).start(REQUEST)
    assert isinstance(started, JobView)
    assert wire.routes() == ["POST /jobs", "POST /auth/refresh", "POST /jobs"]


def test_a_session_that_cannot_be_renewed_is_not_signed_in(wire: Wire) -> None:
    wire.say("GET /jobs", 401, NOT_SIGNED_IN)
    wire.say("POST /auth/refresh", 401, NOT_SIGNED_IN)
    with pytest.raises(ApiError) as refused:
        client(fresh()).jobs()
    assert refused.value.code == "not_signed_in"


def test_a_reload_is_signed_in_by_the_browsers_cookie(wire: Wire) -> None:
    answer = {"access_token": "access-3", "expires_in": 900}
    wire.say("POST /auth/refresh", 200, answer)
    assert client(Credentials(session_cookie="cookie-of-mine")).access_token() == "access-3"
    assert wire.asked[0][1]["cookie"] == "segue_session=cookie-of-mine"


def test_one_persons_cookie_never_travels_with_another_persons_request(wire: Wire) -> None:
    wire.say("POST /auth/token", 200, tokens(1))  # this answer sets a cookie
    wire.say("GET /jobs", 200, {"jobs": []})
    http = connect()
    ApiClient(http).sign_in("one@example.org", "secret")
    ApiClient(http, fresh()).jobs()
    assert "cookie" not in wire.asked[1][1]


def test_signing_in_sends_a_form_and_signing_out_all_that_renews(wire: Wire) -> None:
    wire.say("POST /auth/token", 200, tokens(1))
    wire.say("POST /auth/logout", 204, b"")
    client().sign_in("dj@example.org", "correct horse")
    client(Credentials(refresh_token="refresh-1", session_cookie="mine")).sign_out()
    assert wire.asked[0][2] == b"username=dj%40example.org&password=correct+horse"
    assert json.loads(wire.asked[1][2]) == {"refresh_token": "refresh-1"}
    assert wire.asked[1][1]["cookie"] == "segue_session=mine"


def test_what_google_brought_back_is_traded_in_the_browsers_name(wire: Wire) -> None:
    wire.say("POST /auth/exchange", 200, tokens(1))
    wire.say("POST /auth/google/join", 200, tokens(2))
    client().exchange("one-time", "browser-secret")
    client().join_google("one-time", "correct horse", "browser-secret")
    assert [headers["cookie"] for _, headers, _ in wire.asked] == [
        "segue_google=browser-secret"
    ] * 2
    assert json.loads(wire.asked[1][2]) == {"code": "one-time", "password": "correct horse"}


def test_what_is_asked_about_youtube_goes_to_its_own_places(wire: Wire) -> None:
    stands = NOT_CONNECTED.model_dump(mode="json")
    wire.say("GET /youtube/status", 200, stands)
    wire.say("POST /youtube/oauth/start", 200, {"url": "https://accounts.example/consent"})
    wire.say("DELETE /youtube/connection", 200, stands)
    wire.say("GET /youtube/playlists", 200, {"playlists": [{"id": "PL1", "title": "Sets"}]})
    api = client(fresh())
    assert api.youtube_status() == NOT_CONNECTED
    assert api.connect_youtube().url == "https://accounts.example/consent"
    assert api.disconnect_youtube() == NOT_CONNECTED
    assert [one.title for one in api.playlists()] == ["Sets"]


def test_words_and_publications_are_tried_out_as_they_would_be_sent(wire: Wire) -> None:
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


def test_names_cannot_leave_their_place_in_a_path(wire: Wire) -> None:
    wire.say("GET /jobs/..%2Fadmin%3Fx", 404, PROBLEM)
    with pytest.raises(ApiError) as refused:
        client(fresh()).job("../admin?x")
    assert refused.value.code == "conflict"  # as the server answers at this very path


def test_house_rules_are_put_over_the_version_that_was_seen(wire: Wire) -> None:
    view = DjRulesView(version=4, rules=DjRules(return_bars=16))
    wire.say("PUT /admin/dj-rules?version=3", 200, view.model_dump(mode="json"))
    assert client(fresh()).change_dj_rules(view.rules, version=3) == view
    assert json.loads(wire.asked[0][2])["return_bars"] == 16


def test_a_fix_sends_what_was_put_right_and_no_more(wire: Wire) -> None:
    wire.say("PATCH /tracks/t/analysis", 409, PROBLEM)
    with pytest.raises(ApiError):
        client(fresh()).fix_analysis("t", GridFix(tempo="double"))
    assert json.loads(wire.asked[0][2]) == {"tempo": "double"}


def test_the_browsers_address_goes_along_so_that_limits_count_people_and_not_this_process(
    wire: Wire,
) -> None:
    wire.say("POST /auth/token", 200, tokens(1))
    wire.say("POST /auth/token", 200, tokens(1))
    http = connect()
    ApiClient(http, address="203.0.113.7").sign_in("dj@example.org", "correct horse")
    ApiClient(http).sign_in("dj@example.org", "correct horse")
    assert wire.asked[0][1]["x-forwarded-for"] == "203.0.113.7"
    assert "x-forwarded-for" not in wire.asked[1][1]


def test_the_apis_address_may_stand_in_a_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("API_BASE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert api_base() == "http://localhost:8000"
    (tmp_path / ".env").write_text("API_BASE=http://music.example:9000/\nMAX_FILE_SIZE=1\n")
    assert api_base() == "http://music.example:9000"
