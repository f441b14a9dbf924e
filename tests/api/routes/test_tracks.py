"""Tracks over HTTP: audio ranges, covers, no executable content."""

from __future__ import annotations

import io

import mutagen.flac
import pytest
import soundfile

from ..conftest import picture, tone


@pytest.fixture
def track(alice):
    return alice.send_tracks(("01 - My Song.wav", tone())).json()["tracks"][0]


@pytest.fixture
def audio(track) -> str:
    return f"/tracks/{track['id']}/audio"


def test_track_view_has_its_properties(alice, track):
    assert alice.get(f"/tracks/{track['id']}").json() == track
    assert track["duration_s"] == 2.0
    assert track["source_format"] == "wav"


def test_audio_is_a_normalised_flac(alice, audio):
    answer = alice.get(audio)
    assert answer.headers["content-type"] == "audio/flac"
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    assert samples.shape == (88_200, 2)
    assert rate == 44_100


def test_file_is_sent_as_a_download_without_scripts(alice, audio):
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
def test_byte_ranges_are_served(alice, audio, asked, status, n_bytes):
    whole = alice.get(audio).content
    answer = alice.get(audio, Range=asked)
    assert answer.status_code == status
    if n_bytes is not None:
        assert len(answer.content) == (n_bytes if n_bytes > 0 else len(whole) + n_bytes)
    # requested ranges never make the answer longer than the file
    assert len(answer.content) <= len(whole) + 10_000


def test_download_resumes_only_for_the_same_bytes(alice, audio):
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
def test_client_paths_are_never_opened(alice, path):
    assert alice.get(path).status_code == 404


def _flac_with_cover() -> bytes:
    out = io.BytesIO()
    samples, rate = soundfile.read(io.BytesIO(tone()))
    soundfile.write(out, samples, rate, format="FLAC")
    out.seek(0)
    tags = mutagen.flac.FLAC(out)
    tags["title"] = '../../e\u202evil"; x=\r\n<b>.exe'
    tags["genre"] = "Deep House"
    cover = mutagen.flac.Picture()
    cover.data, cover.type, cover.mime = picture(), 3, "image/png"
    tags.add_picture(cover)
    out.seek(0)
    tags.save(out)
    return out.getvalue()


def test_genre_of_the_tags_is_stored(alice):
    track = alice.send_tracks(("a.flac", _flac_with_cover())).json()["tracks"][0]
    assert track["genre"] == "Deep House"
    assert alice.get(f"/tracks/{track['id']}").json()["genre"] == "Deep House"
    assert alice.send_tracks(("b.wav", tone())).json()["tracks"][0]["genre"] == ""


def test_names_with_links_are_marked(alice):
    names = ("Ada - Rain.wav", "Ada - Rain [www.pirate.example].wav", "@ada - Rain.wav")
    tracks = alice.send_tracks(*((name, tone()) for name in names)).json()["tracks"]
    assert [track["has_link"] for track in tracks] == [False, True, True]


def test_cover_is_served_with_its_type(alice):
    track = alice.send_tracks(("a.flac", _flac_with_cover())).json()["tracks"][0]
    assert track["has_cover"]
    answer = alice.get(f"/tracks/{track['id']}/cover")
    assert answer.status_code == 200
    kinds = {b"\x89PNG": "image/png", b"\xff\xd8\xff\xe0": "image/jpeg"}
    assert answer.headers["content-type"] == kinds[answer.content[:4]]


def test_title_cannot_inject_headers_or_paths(alice):
    track = alice.send_tracks(("a.flac", _flac_with_cover())).json()["tracks"][0]
    disposition = alice.get(f"/tracks/{track['id']}/audio").headers["content-disposition"]
    assert disposition.startswith("attachment; filename")
    for part in ("/", "\\", "\r", "\n", '"x'):
        assert part not in disposition
    assert disposition.count(";") == 1


def test_track_without_cover_is_reported(alice, track):
    answer = alice.get(f"/tracks/{track['id']}/cover")
    assert answer.status_code == 404
    assert "cover" in answer.json()["error"]["message"]
