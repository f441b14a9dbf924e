"""Available separators, and immediate rejection of invalid requests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.app import main
from backend.app.contract.jobs import JobView
from tests import ROOT
from tests.stems.tiny_demucs import tiny_repo

from ..conftest import PASSWORD, Person, picture, tone
from .test_jobs import post, wait


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repo")
    (folder / "torn-00000000.th").write_bytes(b"no checkpoint")
    return tiny_repo(folder)


@pytest.fixture
def offline(settings, repo: Path):
    """A user of a server with a folder of models, whose default is ``tiny``."""
    own = settings.model_copy(update={"demucs_repo": repo, "demucs_model": "tiny"})
    with TestClient(main.create_app(own), base_url="http://localhost:8000") as client:
        who = {"email": "ann@example.org", "password": PASSWORD}
        yield Person(client, client.post("/auth/register", json=who).json())


def code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def track_of(person: Person) -> str:
    return person.send_tracks(("a.wav", tone())).json()["tracks"][0]["id"]


@pytest.fixture(scope="module")
def rejected_track(rejected: Person) -> str:
    return track_of(rejected)


def test_separators_are_listed_with_their_requirements(alice):
    listed = alice.get("/separators").json()
    by_model = {one["model"]: one for one in listed["separators"]}
    assert listed["default"] == "htdemucs"
    draft, six = by_model["draft"], by_model["htdemucs_6s"]
    assert (draft["draft"], draft["ready"], draft["notice"]) == (True, True, "")
    assert (six["draft"], six["ready"]) == (False, False)
    assert "scientific purposes" in six["notice"]
    assert six["download_mb"] > 10
    assert {"guitar", "piano"} < set(six["stems"])


def test_local_model_folder_limits_the_choice(offline):
    listed = offline.get("/separators").json()
    ready = {one["model"]: one["ready"] for one in listed["separators"]}
    assert listed["default"] == "tiny"
    assert ready == {"draft": True, "tiny": True, "torn": False}


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"model": "nobody"}, (422, "unknown_model")),
        ({"model": "../../etc/passwd"}, (422, "unknown_model")),
        ({"model": "htdemucs"}, (409, "weights_notice")),
        ({"model": "hf://a/b", "weights_notice_accepted": True}, (422, "unknown_model")),
        ({}, (409, "weights_notice")),
        ({"model": "draft", "stems": []}, (422, "invalid_request")),
        ({"model": "draft", "stems": ["kazoo"]}, (422, "invalid_request")),
        ({"model": "draft", "stems": ["guitar"]}, (422, "invalid_request")),
        ({"model": "htdemucs_6s", "stems": ["guitar"]}, (409, "weights_notice")),
        ({"model": "draft", "format": "ogg"}, (422, "invalid_request")),
        ({"model": "draft", "tracks_upload_id": "x"}, (422, "invalid_request")),
        ({"model": "draft", "track_id": None}, (422, "invalid_request")),
    ],
)
def test_invalid_request_is_rejected_before_queuing(rejected, rejected_track, wishes, said):
    answer = post(rejected, "/jobs", kind="stems", **{"track_id": rejected_track, **wishes})
    assert code(answer) == said
    assert rejected.get("/jobs").json()["jobs"] == []


def test_rejection_includes_the_notice(rejected, rejected_track):
    error = post(rejected, "/jobs", kind="stems", track_id=rejected_track).json()["error"]
    assert "scientific purposes" in error["message"]
    assert "weights_notice_accepted" in error["hint"]


def test_damaged_weights_are_reported_immediately(offline):
    answer = post(offline, "/jobs", kind="stems", track_id=track_of(offline), model="torn")
    assert code(answer) == (422, "bad_weights")


def test_empty_crates_and_other_users_tracks_are_rejected(alice, bob):
    image = alice.send_image(picture()).json()["id"]
    refused = post(alice, "/jobs", kind="stems", tracks_upload_id=image, model="draft")
    assert code(refused) == (422, "invalid_request")
    crate = bob.send_tracks(("a.wav", tone())).json()
    for theirs in ({"track_id": crate["tracks"][0]["id"]}, {"tracks_upload_id": crate["id"]}):
        assert code(post(alice, "/jobs", kind="stems", model="draft", **theirs))[0] == 404


def test_failed_weights_download_ends_with_a_clear_message(alice, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # no server listens there
    wishes = {"model": "htdemucs", "weights_notice_accepted": True}
    job = post(alice, "/jobs", kind="stems", track_id=track_of(alice), **wishes).json()
    ended = wait(alice, job["id"], lambda one: one["status"] in ("failed", "succeeded"))
    assert (ended["step"], ended["error"]["code"]) == ("fetching_weights", "weights_unreachable")
    assert "DEMUCS_REPO" in ended["error"]["hint"]


def test_track_being_separated_cannot_be_deleted(alice):
    crate = alice.send_tracks(("a.wav", tone(seconds=60))).json()
    wishes = {"track_id": crate["tracks"][0]["id"], "model": "draft"}
    job = post(alice, "/jobs", kind="stems", **wishes).json()
    delete = alice.client.delete(f"/uploads/{crate['id']}", headers=alice.headers)
    assert code(delete) == (409, "conflict")
    post(alice, f"/jobs/{job['id']}/cancel")
    wait(alice, job["id"], lambda one: one["status"] == "cancelled")
    gone = alice.client.delete(f"/uploads/{crate['id']}", headers=alice.headers)
    assert gone.status_code == 204


def test_stem_files_are_served_in_ranges_with_song_names(alice):
    track = alice.send_tracks(("Ana - Sun #1.wav", tone(seconds=3))).json()["tracks"][0]
    job = post(alice, "/jobs", kind="stems", track_id=track["id"], model="draft").json()
    ended = JobView.model_validate(
        wait(alice, job["id"], lambda one: one["status"] in ("failed", "succeeded"))
    )
    assert ended.status == "succeeded", ended.error
    [drums] = [one for one in ended.artifacts if one.name.endswith("drums.flac")]
    assert drums.name == "stems/Ana - Sun _1/drums.flac"
    path = f"/jobs/{ended.id}/artifacts/{drums.name}"
    whole = alice.get(path)
    assert len(whole.content) == drums.size
    assert "Ana%20-%20Sun%20_1%20-%20drums.flac" in whole.headers["content-disposition"]
    part = alice.get(path, Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    link = post(alice, f"{path}/link?inline=true").json()["url"]
    linked = alice.client.get(link)
    assert (linked.content, linked.headers["content-type"]) == (whole.content, "audio/flac")
    assert linked.headers["content-disposition"].startswith("inline")


def test_api_process_never_loads_torch(repo: Path, tmp_path: Path):
    script = f"""
import sys, backend.app.main as main
from pathlib import Path
from fastapi.testclient import TestClient
from backend.app.settings import Settings
settings = Settings(_env_file=None, storage_root=Path({str(tmp_path / "s")!r}),
                    demucs_repo=Path({str(repo)!r}), demucs_model="tiny")
with TestClient(main.create_app(settings), base_url="http://localhost:8000") as client:
    who = {{"email": "a@example.org", "password": "correct horse battery"}}
    token = client.post("/auth/register", json=who).json()["access_token"]
    headers = {{"Authorization": f"Bearer {{token}}"}}
    assert len(client.get("/separators", headers=headers).json()["separators"]) == 3
    sent = client.post("/jobs", json={{"kind": "stems", "track_id": "x"}}, headers=headers)
    assert sent.status_code == 404, sent.text
    from backend.app.wiring.jobs.job_resources import build_separators
    assert build_separators(settings).resolve("tiny", accepted=False, stems=["drums"]) == "tiny"
    print(sorted({{"torch", "demucs", "librosa"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
