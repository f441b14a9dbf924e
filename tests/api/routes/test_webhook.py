"""The webhooks of users and of single jobs over the API."""

from __future__ import annotations

from sqlalchemy import select

from backend.app.store.jobs.webhooks import JOB_WEBHOOKS

from ..conftest import tone

SECRET = "a secret of the client"


def put(person, url):
    return person.client.put("/webhook", json={"url": url}, headers=person.headers)


def test_secret_is_shown_once_and_changes(alice, bob):
    assert alice.get("/webhook").status_code == 404
    first = put(alice, "https://example.org/in").json()
    second = put(alice, "https://example.org/in").json()
    assert len(first["secret"]) >= 40
    assert first["secret"] != second["secret"]
    shown = alice.get("/webhook")
    assert shown.json()["url"] == "https://example.org/in"
    assert second["secret"] not in shown.text
    assert bob.get("/webhook").status_code == 404
    assert bob.client.delete("/webhook", headers=bob.headers).status_code == 404
    assert alice.client.delete("/webhook", headers=alice.headers).status_code == 204
    assert alice.get("/webhook").status_code == 404


def test_private_address_is_refused(alice):
    answer = put(alice, "https://169.254.169.254/latest")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_request"


def submit(person, **webhook):
    crate = person.send_tracks(("a.wav", tone())).json()["id"]
    form = {"kind": "analysis", "tracks_upload_id": crate, "webhook": webhook}
    return person.client.post("/jobs", json=form, headers=person.headers)


def test_jobs_webhook_is_stored_and_shown_without_its_secret(alice):
    job = submit(alice, url="https://example.org/in", secret=SECRET)
    assert job.status_code == 202
    shown = alice.get(f"/jobs/{job.json()['id']}")
    assert shown.json()["request"]["webhook"] == {"url": "https://example.org/in", "secret": None}
    assert SECRET not in job.text + shown.text
    database = alice.client.app.state.services.stores.database
    [sealed] = database.all(select(JOB_WEBHOOKS.c.sealed))
    assert SECRET not in sealed


def test_jobs_webhook_is_checked_as_a_users(alice):
    for url in ("https://127.0.0.1/in", "http://example.org/in", "https://[::ffff:10.0.0.1]/"):
        assert submit(alice, url=url, secret=SECRET).status_code == 422
    assert submit(alice, url="https://example.org/in", secret="short").status_code == 422
    refused = submit(alice, url="https://example.org/in")
    assert refused.status_code == 422
    assert "PUT /webhook" in refused.json()["error"]["hint"]
    assert alice.get("/jobs?kind=analysis").json()["jobs"] == []
