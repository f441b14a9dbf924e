"""Publishing over HTTP with real child processes: a mix and its publication."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from backend.app.publishing.youtube.consent import SCOPES
from backend.app.publishing.youtube.tokens import StoredTokens
from backend.app.settings import Settings
from backend.app.wiring.jobs import executor
from tests.patience import PATIENCE_S, wait_until
from tests.publishing.pipelines import FAST_PUBLISH, FILM, SHORT_MIX, UNIT
from tests.publishing.publishing_house import N_CHUNKS
from tests.publishing.stand_ins.google import Google
from tests.publishing.stand_ins.youtube import YouTubeStandIn
from tests.publishing.stand_ins.youtube_faults import Fault
from tests.publishing.stand_ins.youtube_model import Channel

from ..conftest import Person, picture, tone

TOKEN = "ya29.canary-of-alice"
ENDED = ("succeeded", "failed", "cancelled")


@pytest.fixture
def youtube() -> Iterator[YouTubeStandIn]:
    with YouTubeStandIn(Channel(unit_bytes=UNIT), {TOKEN}) as youtube:
        yield youtube


@pytest.fixture
def settings(tmp_path: Path, youtube: YouTubeStandIn) -> Iterator[Settings]:
    with Google() as google:
        yield Settings(
            _env_file=None,
            storage_root=tmp_path / "storage",
            tokens_encryption_key=SecretStr("canary-encryption-key-0123456789abcdef"),
            google_client_secrets=google.secrets_file(tmp_path),
            google_issuer=google.url,
            youtube_api_base=youtube.url,
        )


@pytest.fixture(autouse=True)
def short_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"mixtape": SHORT_MIX, "publish": FAST_PUBLISH}
    monkeypatch.setattr(executor, "PIPELINES", {**executor.PIPELINES, **others})


@pytest.fixture
def crate(alice: Person) -> str:
    return str(alice.send_tracks(("a.wav", tone())).json()["id"])


@pytest.fixture
def connect(client: TestClient, alice: Person) -> Callable[[], None]:
    def connected() -> None:
        user_id = alice.get("/auth/me").json()["id"]
        tokens = StoredTokens(
            access_token=TOKEN, refresh_token="1//canary", expires_at=time.time() + 3600
        )
        client.app.state.services.publishing.connections.connect(user_id, tokens, SCOPES)  # type: ignore[attr-defined]

    return connected


def post(person: Person, **body: object):
    return person.client.post("/jobs", json=body, headers=person.headers)


def wait(person: Person, job_id: str):
    deadline = time.monotonic() + PATIENCE_S
    while (job := person.get(f"/jobs/{job_id}").json())["status"] not in ENDED:
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    return job


def test_mix_is_published_when_it_is_finished(
    alice: Person, crate: str, connect: Callable[[], None], youtube: YouTubeStandIn
):
    connect()
    answer = post(
        alice,
        tracks_upload_id=crate,
        title="Night drive",
        publish={"tags": ["techno"], "playlist_title": "Mixes"},
    )
    assert answer.status_code == 202, answer.text
    mix = answer.json()
    assert mix["kind"] == "mixtape"
    [told] = mix["publications"]
    assert (told["state"], told["title"]) == ("waiting", "Night drive")
    job = wait(alice, told["job_id"])
    assert job["status"] == "succeeded", job
    assert [artifact["name"] for artifact in job["artifacts"]] == ["youtube.json"]
    [video] = youtube.channel.videos.values()
    assert video.sha256 == hashlib.sha256(FILM).hexdigest()
    assert video.resource["snippet"]["title"] == "Night drive"
    [told] = alice.get(f"/jobs/{mix['id']}").json()["publications"]
    assert (told["state"], told["video_id"]) == ("published", video.id)
    assert told["url"].endswith(video.id)
    again = post(alice, kind="publish", job_id=mix["id"])
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_published")


def test_six_presses_at_once_publish_a_mix_once(
    alice: Person, crate: str, connect: Callable[[], None], youtube: YouTubeStandIn
):
    connect()
    mix = wait(alice, post(alice, tracks_upload_id=crate).json()["id"])

    def press(title: str) -> tuple[int, str]:
        answer = post(alice, kind="publish", job_id=mix["id"], title=title)
        body = answer.json()
        return answer.status_code, body.get("id") or body["error"]["code"]

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(press, ["The same"] * 6))
    [(status, job_id)] = answers
    assert status == 202
    assert press("Another") in [(409, "publication_pending"), (409, "already_published")]
    assert wait(alice, job_id)["status"] == "succeeded"
    assert len(youtube.channel.videos) == 1
    assert len(alice.get(f"/jobs/{mix['id']}").json()["publications"]) == 1


def test_publication_that_waits_for_a_quota_starts_when_asked(
    alice: Person, crate: str, connect: Callable[[], None], youtube: YouTubeStandIn
):
    connect()
    youtube.channel.uploads_left = 0
    mix = wait(alice, post(alice, tracks_upload_id=crate).json()["id"])
    job = post(alice, kind="publish", job_id=mix["id"]).json()
    path = f"/jobs/{job['id']}"
    wait_until(lambda: alice.get(path).json()["resumes_at"])
    youtube.channel.uploads_left = 1
    for _ in range(2):
        assert alice.client.post(f"{path}/now", headers=alice.headers).status_code == 200
    assert wait(alice, job["id"])["status"] == "succeeded"
    assert alice.client.post(f"{path}/now", headers=alice.headers).json()["status"] == "succeeded"
    assert alice.client.post("/jobs/other/now", headers=alice.headers).status_code == 404
    assert len(youtube.channel.videos) == 1


def test_retry_of_an_uncertain_upload_needs_a_look(
    alice: Person, crate: str, connect: Callable[[], None], youtube: YouTubeStandIn
):
    connect()
    youtube.script.faults = [Fault("chunk", N_CHUNKS, "drop", store=0.0, forget=True)]
    mix = wait(alice, post(alice, tracks_upload_id=crate).json()["id"])
    job = wait(alice, post(alice, kind="publish", job_id=mix["id"]).json()["id"])
    assert job["error"]["code"] == "upload_uncertain"

    def retry(**body: object) -> tuple[int, str]:
        path = f"/jobs/{job['id']}/retry"
        answer = alice.client.post(path, json=body or None, headers=alice.headers)
        return answer.status_code, answer.json().get("status") or answer.json()["error"]["code"]

    assert retry() == (409, "confirmation_needed")
    assert retry(not_on_youtube=False) == (409, "confirmation_needed")
    assert retry(not_on_youtube=True)[0] == 200
    assert wait(alice, job["id"])["status"] == "succeeded"
    assert len(youtube.channel.videos) == 1


def test_published_video_is_shown_checked_and_changed(
    alice: Person, bob: Person, crate: str, connect: Callable[[], None], youtube: YouTubeStandIn
):
    connect()
    mix = wait(alice, post(alice, tracks_upload_id=crate).json()["id"])
    job = wait(alice, post(alice, kind="publish", job_id=mix["id"], title="Night").json()["id"])
    path = f"/publications/{job['id']}"
    assert alice.get(path).json()["title"] == "Night"
    assert bob.get(path).status_code == 404
    check = alice.client.post(f"{path}/preflight", json={"title": "<"}, headers=alice.headers)
    assert [fault["code"] for fault in check.json()["faults"]] == ["title_brackets"]
    picture_id = alice.send_image(picture()).json()["id"]
    change = {"title": "Day", "privacy": "unlisted", "thumbnail_upload_id": picture_id}
    answer = alice.client.patch(path, json=change, headers=alice.headers)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["title"], answer.json()["notes"]) == ("Day", [])
    [video] = youtube.channel.videos.values()
    assert (video.resource["snippet"]["title"], video.thumbnail is not None) == ("Day", True)
    [told] = alice.get(f"/jobs/{mix['id']}").json()["publications"]
    assert (told["title"], told["privacy"]) == ("Day", "unlisted")
    youtube.channel.videos.clear()
    gone = alice.client.patch(path, json={"title": "Dawn"}, headers=alice.headers)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "video_gone")


def test_nothing_is_queued_without_a_connection(alice: Person, crate: str):
    answer = post(alice, tracks_upload_id=crate, publish={})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "youtube_not_connected"
    assert alice.get("/jobs").json()["jobs"] == []


def test_draft_that_youtube_rejects_stops_both_jobs(
    alice: Person, crate: str, connect: Callable[[], None]
):
    connect()
    answer = post(alice, tracks_upload_id=crate, publish={"title": "a < b"})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "title_brackets"
    assert alice.get("/jobs").json()["jobs"] == []


def test_another_users_mix_cannot_be_published(alice: Person, bob: Person, crate: str):
    mix = post(alice, tracks_upload_id=crate).json()["id"]
    answer = post(bob, kind="publish", job_id=mix)
    assert answer.status_code == 404
