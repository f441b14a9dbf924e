"""Tracks over HTTP: their sound in ranges, their cover, nothing a browser would run."""

from __future__ import annotations

import io

import mutagen.flac
import pytest
import soundfile

from .conftest import picture, tone


@pytest.fixture
def track(alice):
    return alice.send_tracks(("01 - My Song.wav", tone())).json()["tracks"][0]


@pytest.fixture
def audio(track) -> str:
    return f"/tracks/{track['id']}/audio"


def test_a_track_says_what_it_is(alice, track):
    assert alice.get(f"/tracks/{track['id']}").json() == track
    assert track["duration_s"] == 2.0
    assert track["source_format"] == "wav"


def test_the_sound_is_a_flac_of_ours(alice, audio):
    answer = alice.get(audio)
    assert answer.headers["content-type"] == "audio/flac"
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    assert samples.shape == (88_200, 2)
    assert rate == 44_100


def test_a_file_is_for_downloading_and_runs_nothing(alice, audio):
    headers = alice.get(audio).headers
    assert headers["content-disposition"].startswith("attachment")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["cache-control"].startswith("private")


@pytest.mark.parametrize(
    ("asked", "status", "n_bytes"),
    [
        ("bytes=0-99", 206, 100),
        ("bytes=-100", 206, 100),
        ("bytes=100-", 206, -100),
        ("bytes=0-999999999", 206, 0),
        ("bytes=999999999-", 416, None),
        ("bytes=5-2", 400, None),
        ("bytes=" + ",".join(f"{n * 2}-{n * 2}" for n in range(1000)), 200, 0),
        ("bytes=" + ",".join(["0-"] * 99), 206, None),
        ("lines=0-9", 400, None),
        ("bytes=a-b", 400, None),
    ],
)
def test_ranges(alice, audio, asked, status, n_bytes):
    whole = alice.get(audio).content
    answer = alice.get(audio, Range=asked)
    assert answer.status_code == status
    if n_bytes is not None:
        assert len(answer.content) == (n_bytes if n_bytes > 0 else len(whole) + n_bytes)
    assert len(answer.content) <= len(whole) + 10_000  # no range makes the answer grow


def test_a_download_resumes_only_on_the_same_bytes(alice, audio):
    etag = alice.get(audio).headers["etag"]
    same = alice.get(audio, **{"Range": "bytes=10-", "If-Range": etag})
    stale = alice.get(audio, **{"Range": "bytes=10-", "If-Range": '"another"'})
    assert (same.status_code, stale.status_code) == (206, 200)


@pytest.mark.parametrize(
    "path",
    [
        "/tracks/../../etc/hostname/audio",
        "/tracks/..%2F..%2F..%2Fetc%2Fhostname/audio",
        "/tracks/%2Fetc%2Fhostname/audio",
        "/tracks/....//....//etc/hostname/audio",
        "/tracks/%00/audio",
        "/tracks/%ED%A0%80/audio",
        "/uploads/..%2f..%2fsegue.db",
    ],
)
def test_no_path_of_a_client_is_ever_opened(alice, path):
    assert alice.get(path).status_code == 404


def _flac_with_cover() -> bytes:
    out = io.BytesIO()
    samples, rate = soundfile.read(io.BytesIO(tone()))
    soundfile.write(out, samples, rate, format="FLAC")
    out.seek(0)
    tags = mutagen.flac.FLAC(out)
    tags["title"] = '../../e\u202evil"; x=\r\n<b>.exe'
    cover = mutagen.flac.Picture()
    cover.data, cover.type, cover.mime = picture(), 3, "image/png"
    tags.add_picture(cover)
    out.seek(0)
    tags.save(out)
    return out.getvalue()


def test_a_cover_is_served_as_the_picture_that_it_is(alice):
    track = alice.send_tracks(("a.flac", _flac_with_cover())).json()["tracks"][0]
    assert track["has_cover"]
    answer = alice.get(f"/tracks/{track['id']}/cover")
    assert answer.status_code == 200
    kinds = {b"\x89PNG": "image/png", b"\xff\xd8\xff\xe0": "image/jpeg"}
    assert answer.headers["content-type"] == kinds[answer.content[:4]]


def test_a_title_writes_no_header_and_no_path(alice):
    track = alice.send_tracks(("a.flac", _flac_with_cover())).json()["tracks"][0]
    disposition = alice.get(f"/tracks/{track['id']}/audio").headers["content-disposition"]
    assert disposition.startswith("attachment; filename")
    for part in ("/", "\\", "\r", "\n", '"x'):
        assert part not in disposition
    assert disposition.count(";") == 1


def test_a_track_without_cover_says_so(alice, track):
    answer = alice.get(f"/tracks/{track['id']}/cover")
    assert answer.status_code == 404
    assert "cover" in answer.json()["error"]["message"]
