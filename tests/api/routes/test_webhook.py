"""The user's webhook over the API."""

from __future__ import annotations


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
