"""HEAD requests, entity tags, and what browsers may store."""

from __future__ import annotations

import pytest

from tests.jobs.pipelines import Wool

from .conftest import Person, serving, tone
from .routes.test_jobs import ARTIFACT, post, run, submit


@pytest.fixture
def paths(alice: Person) -> dict[str, str]:
    """Paths of all kinds of content."""
    crate = alice.send_tracks(("a.wav", tone())).json()
    sound = alice.client.post(
        "/sounds",
        files={"files": ("hit.wav", tone(seconds=0.1))},
        data={"kind": "percussion"},
        headers=alice.headers,
    ).json()["sounds"][0]
    job = f"/jobs/{run(alice)['id']}"
    link = post(alice, f"{job}/artifacts/{ARTIFACT}/link").json()["url"]
    return {
        "job": job,
        "artifact": f"{job}/artifacts/{ARTIFACT}",
        "zip": f"{job}/artifacts.zip",
        "link": link.removeprefix("http://localhost:8000"),
        "track": f"/tracks/{crate['tracks'][0]['id']}/audio",
        "sound": f"/sounds/{sound['id']}/audio",
        "waveform": f"/sounds/{sound['id']}/detail",
    }


def test_head_has_the_headers_of_get_and_no_body(alice: Person, paths: dict[str, str]):
    for path in [*paths.values(), "/jobs", "/health", "/"]:
        options = {"headers": alice.headers, "follow_redirects": False}
        got = alice.client.get(path, **options)
        head = alice.client.head(path, **options)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert dict(head.headers) == dict(got.headers), path


def test_head_of_a_stream_ends(alice: Person):
    job_id = submit(alice, Wool(seconds=60)).json()["id"]
    head = alice.client.head(f"/jobs/{job_id}/events", headers=alice.headers)
    assert head.headers["content-type"].startswith("text/event-stream")
    assert alice.client.app.state.job_streams._of_user.total() == 0
    post(alice, f"/jobs/{job_id}/cancel")


def test_head_needs_sign_in_and_a_route_for_get(alice: Person):
    assert alice.client.head("/jobs").status_code == 401
    assert alice.client.head("/auth/token").status_code == 405


def test_known_content_is_not_sent_again(alice: Person, paths: dict[str, str]):
    for kind in ("artifact", "zip", "link", "track", "sound", "waveform"):
        whole = alice.get(paths[kind])
        tag = whole.headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = alice.get(paths[kind], **{"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b""), (kind, known)
            assert again.headers["etag"] == tag
            assert again.headers["cache-control"] == "private, no-cache"
        other = alice.get(paths[kind], **{"If-None-Match": '"other"'})
        assert (other.status_code, other.content) == (200, whole.content)
    part = alice.get(paths["track"], **{"If-None-Match": tag, "Range": "bytes=0-9"})
    assert part.status_code == 206
    assert alice.get("/jobs/x/artifacts/y", **{"If-None-Match": "*"}).status_code == 404


def test_json_about_people_is_not_stored(alice: Person, paths: dict[str, str]):
    for path in (paths["job"], "/jobs", "/auth/me", "/sounds", "/jobs/nothing"):
        assert alice.get(path).headers["cache-control"] == "private, no-store", path
    assert post(alice, "/auth/refresh").headers["cache-control"] == "private, no-store"


def test_page_of_another_origin_may_ask_again(alice: Person):
    asked = {
        "Origin": "http://localhost:8501",
        "Access-Control-Request-Method": "HEAD",
        "Access-Control-Request-Headers": "authorization, if-none-match",
    }
    assert alice.client.options("/jobs", headers=asked).status_code == 200


def test_api_address_leads_to_the_app(client):
    answer = client.get("/", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == "http://localhost:8501/"
    assert answer.headers["cache-control"] == "no-store"


def test_api_address_leads_to_the_documentation_if_the_app_has_the_same(settings):
    one = settings.model_copy(update={"streamlit_redirect_base": "http://localhost:8000/"})
    with serving(one) as client:
        assert client.get("/", follow_redirects=False).headers["location"].endswith("/docs")


def test_documentation_needs_no_other_server(client):
    page = client.get("/docs")
    assert "://" not in page.text
    links = [part.split('"')[0] for key in ('src="', 'href="') for part in page.text.split(key)[1:]]
    assert len(links) == 4
    for link in links:
        asset = client.get(f"/{link}")
        assert (asset.status_code, len(asset.content) > 50) == (200, True), link
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "openapi.json" in client.get("/docs/start.js").text
    assert client.get("/openapi.json").status_code == 200
    assert client.get("/docsx").headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert client.get("/redoc").status_code == 404
