"""Uploads over HTTP: checks, names, limits, deletion."""

from __future__ import annotations

import errno
import os
import stat
import struct
import time
from collections import namedtuple
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.app import main
from backend.app.store.files import incoming
from backend.app.store.files.blobs import ContentStore
from tests.jobs.pipelines import Wool

from ..conftest import picture, tone
from ..test_multipart import left_over
from .test_jobs import wait

ODD_NAMES = [
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\windows\\system.ini",
    "a\u202egpj.wav",
    "x" * 3000 + ".wav",
    "\U0001f3b5 \u0645\u0648\u0633\u064a\u0642\u0649.wav",
    "concat:a|b.wav",
    "%03d.wav",
    "-i.wav",
    "<script>alert(1)</script>.wav",
    "'; DROP TABLE tracks; --.wav",
    "a;b=c.wav",
    ".wav",
]


def _files_of(settings) -> set[Path]:
    return {p for p in settings.storage_root.rglob("*") if p.is_file()}


def test_each_file_is_checked_separately(alice):
    answer = alice.send_tracks(
        ("01 - First.wav", tone(440)), ("notes.txt", b"hello"), ("02 - Second.wav", tone(550))
    )
    assert answer.status_code == 201
    crate = answer.json()
    assert [t["title"] for t in crate["tracks"]] == ["First", "Second"]
    assert crate["added"] == [t["id"] for t in crate["tracks"]]
    assert [r["name"] for r in crate["refused"]] == ["notes.txt"]
    assert crate["refused"][0]["error"]["code"] == "not_audio"
    assert alice.get(f"/uploads/{crate['id']}").json()["tracks"] == crate["tracks"]


def test_no_crate_is_created_if_no_file_passes(alice, settings):
    answer = alice.send_tracks(("a.txt", b"hello"), ("b.wav", b""))
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "not_audio"
    assert left_over(settings) == []


def test_added_tracks_go_to_the_end_of_the_crate(alice):
    crate = alice.send_tracks(("a.wav", tone(440))).json()
    grown = alice.send_tracks(("b.wav", tone(550)), ("a.wav", tone(440)), upload_id=crate["id"])
    assert [t["title"] for t in grown.json()["tracks"]] == ["a", "b", "a"]
    assert len(grown.json()["added"]) == 2
    assert grown.json()["id"] == crate["id"]


def test_files_sent_one_by_one_are_named_together(alice, tagged_tone):
    """The page sends files one by one; only together they show that the numbers count tracks."""
    names = ("1 Rain.wav", "2 Sun.wav", "50 Cent - In da Club.wav", "3 Ada - Snow.wav")
    crate = alice.send_tracks((names[0], tone(440))).json()
    assert crate["tracks"][0]["title"] == "1 Rain"
    tagged = ("4 Tagged.wav", tagged_tone)
    for name, sound in (*((name, tone(440)) for name in names[1:]), tagged):
        crate = alice.send_tracks((name, sound), upload_id=crate["id"]).json()
    assert [(t["artist"], t["title"]) for t in crate["tracks"]] == [
        *(("", "Rain"), ("", "Sun"), ("50 Cent", "In da Club"), ("Ada", "Snow")),
        ("", "5 in the Morning"),
    ]


@pytest.fixture
def tagged_tone() -> bytes:
    """A tone with a title in its tags."""
    sound = tone(660)
    title = b"5 in the Morning"
    chunk = b"LIST" + struct.pack("<I", 12 + len(title)) + b"INFOINAM"
    whole = sound + chunk + struct.pack("<I", len(title)) + title
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def test_tracks_cannot_be_added_to_a_picture(alice):
    image = alice.send_image(picture()).json()
    assert (image["kind"], image["width"], image["height"]) == ("image", 320, 180)
    assert alice.send_tracks(("a.wav", tone()), upload_id=image["id"]).status_code == 404


def test_invalid_picture_is_rejected(alice, settings):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    answer = alice.send_image(svg)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "not_image")
    assert not any(p.suffix == ".png" for p in _files_of(settings))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_file_name_is_only_used_as_title(alice, settings, name):
    answer = alice.send_tracks((name, tone()))
    assert answer.status_code == 201, answer.text
    track = answer.json()["tracks"][0]
    assert 0 < len(track["title"]) <= 200
    assert track["title"].isprintable()
    assert "/" not in track["title"]
    odd = [p for p in _files_of(settings) if not p.is_relative_to(settings.storage_root)]
    assert odd == []
    names = {p.name for p in _files_of(settings)}
    assert not any(part in n for n in names for part in ("passwd", "system", "DROP", "script"))


@pytest.mark.parametrize(
    "disposition",
    [
        'filename=""',
        "filename*=UTF-8''..%2F..%2Fetc%2Fpasswd",
        'filename="a\x00b.wav"',
        'filename="a.wav"; filename="../b.wav"',
        'filename="caf\xe9.wav"',
    ],
)
def test_unusual_file_name_encodings_are_parsed_or_rejected(client, alice, settings, disposition):
    head = f'--b\r\nContent-Disposition: form-data; name="files"; {disposition}\r\n\r\n'
    body = head.encode("latin-1") + tone() + b"\r\n--b--\r\n"
    headers = {**alice.headers, "Content-Type": "multipart/form-data; boundary=b"}
    answer = client.post("/uploads/tracks", content=body, headers=headers)
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 201:
        assert answer.json()["tracks"][0]["title"].isprintable()
    assert left_over(settings) == []


FLOODS = {
    "too many files": [("files", (f"{n}.wav", b"x")) for n in range(600)],
    "too many fields": [("upload_id", (None, "x"))] * 1500,
    "a long field": [("upload_id", (None, "x" * 2_000_000)), ("files", ("a.wav", b"x"))],
    "a long field name": [("n" * 2_000_000, ("a.wav", b"x"))],
    "an unknown field": [("colour", (None, "red")), ("files", ("a.wav", b"x"))],
    "an unknown file": [("sounds", ("a.wav", b"x"))],
    "two crates": [("upload_id", (None, "x"))] * 2 + [("files", ("a.wav", b"x"))],
    "no file": [("upload_id", (None, "x"))],
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS.keys())
def test_form_beyond_limits_is_rejected(client, alice, settings, flood):
    answer = client.post("/uploads/tracks", files=flood, headers=alice.headers)
    assert answer.status_code in (400, 413, 422)
    assert answer.json()["error"]["code"] == "invalid_request"
    assert left_over(settings) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"X-A: " + b"a" * 1_100_000),
        ("multipart/form-data; boundary=b", b"not a form"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx"),
        ("multipart/form-data", b"--b\r\n"),
        ("application/json", b"{}"),
        ("", b"x"),
    ],
)
def test_body_that_is_no_form_is_rejected(client, alice, settings, kind, body):
    headers = {**alice.headers, "Content-Type": kind}
    answer = client.post("/uploads/tracks", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_request"
    assert left_over(settings) == []


def test_only_configured_formats_are_accepted(settings):
    app = main.create_app(settings.model_copy(update={"supported_formats": "mp3, flac"}))
    with TestClient(app, base_url="http://localhost") as client:
        person = {"email": "a@example.org", "password": "correct horse"}
        token = client.post("/auth/register", json=person).json()["access_token"]
        answer = client.post(
            "/uploads/tracks",
            files=[("files", ("a.wav", tone()))],
            headers={"Authorization": f"Bearer {token}"},
        )
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unsupported_format")


def test_uploaded_files_are_private_to_the_servers_account(alice, settings):
    alice.send_tracks(("a.wav", tone()))
    alice.send_image(picture())
    for path in _files_of(settings):
        folders = [p for p in path.parents if p.is_relative_to(settings.storage_root)][:-1]
        closed = [not stat.S_IMODE(p.stat().st_mode) & 0o077 for p in [path, *folders]]
        assert any(closed), path


def test_nearly_full_disk_rejects_uploads(alice, monkeypatch):
    usage = namedtuple("usage", "total used free")
    free = usage(10**12, 10**12 - 10**9 + 1, 10**9 - 1)
    monkeypatch.setattr(incoming.shutil, "disk_usage", lambda _: free)
    answer = alice.send_tracks(("a.wav", tone()))
    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "storage_full")
    assert answer.json()["error"]["retryable"]


def test_deleting_removes_rows_and_files(client, alice, settings):
    crate = alice.send_tracks(("a.wav", tone())).json()
    image = alice.send_image(picture()).json()
    for upload in (crate, image):
        path = f"/uploads/{upload['id']}"
        assert client.delete(path, headers=alice.headers).status_code == 204
        assert client.delete(path, headers=alice.headers).status_code == 404
    assert alice.get(f"/tracks/{crate['tracks'][0]['id']}").status_code == 404
    assert not any(p.suffix in (".flac", ".png") for p in _files_of(settings))


def test_shared_file_stays_until_both_owners_delete_it(client, alice, bob, settings):
    hers, his = (p.send_tracks(("a.wav", tone())).json() for p in (alice, bob))
    assert len([p for p in _files_of(settings) if p.suffix == ".flac"]) == 1
    client.delete(f"/uploads/{hers['id']}", headers=alice.headers)
    assert bob.get(f"/tracks/{his['tracks'][0]['id']}/audio").status_code == 200
    client.delete(f"/uploads/{his['id']}", headers=bob.headers)
    assert not any(p.suffix == ".flac" for p in _files_of(settings))


def test_upload_used_by_a_job_cannot_be_deleted(client, alice):
    crate, other = (alice.send_tracks(("a.wav", tone())).json() for _ in range(2))
    image = alice.send_image(picture()).json()
    wishes = {
        "tracks_upload_id": crate["id"],
        "bg_image_upload_id": image["id"],
        "description": {"intro": Wool(seconds=60).to_json()},
    }
    job = client.post("/jobs", json=wishes, headers=alice.headers).json()
    for upload in (crate, image):
        answer = client.delete(f"/uploads/{upload['id']}", headers=alice.headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
        assert alice.get(f"/uploads/{upload['id']}").status_code == 200
    assert client.delete(f"/uploads/{other['id']}", headers=alice.headers).status_code == 204
    client.post(f"/jobs/{job['id']}/cancel", headers=alice.headers)
    wait(alice, job["id"], lambda job: job["status"] == "cancelled")
    for upload in (crate, image):
        assert client.delete(f"/uploads/{upload['id']}", headers=alice.headers).status_code == 204


def test_disk_filling_up_during_upload_is_reported(alice, monkeypatch, settings):
    def put_image(self, file_name, file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ContentStore, "put_image", put_image)
    answer = alice.send_image(picture())
    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "storage_full")
    assert left_over(settings) == []


def test_start_deletes_leftovers_of_a_killed_server(settings):
    folder = settings.storage_root / "incoming"
    folder.mkdir(parents=True)
    (folder / "left").mkdir()
    for name in ("old.part", "left/inside.flac", "fresh.part"):
        (folder / name).write_bytes(b"x")
    two_hours_ago = time.time() - 7200
    for name in ("old.part", "left"):
        os.utime(folder / name, (two_hours_ago, two_hours_ago))
    with TestClient(main.create_app(settings)):
        assert [p.name for p in folder.iterdir()] == ["fresh.part"]
