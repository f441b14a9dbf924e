"""Messages of webhooks: queued with the end of a job, signed, sent again, given up."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from backend.app.accounts.sealing import Seal
from backend.app.errors import NotFound
from backend.app.jobs.states import Failure
from backend.app.services.jobs.views import job_view
from backend.app.services.webhooks.post import NotDelivered, Poster
from backend.app.services.webhooks.sender import SIGNATURE, WebhookSender
from backend.app.services.webhooks.webhooks import Webhooks
from backend.app.store.jobs.webhooks import MESSAGES, WebhookStore
from tests.jobs.rows import Rows

URL = "https://hook.example/in"
SEAL = Seal(["a long key for the tests of webhooks"])


@dataclass(frozen=True)
class ScriptedPoster(Poster):
    """Records messages; fails as often as the test wants."""

    failures: list[str] = field(default_factory=list)
    sent: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        if self.failures:
            raise NotDelivered(self.failures.pop())
        self.sent.append((url, body, headers))


@pytest.fixture
def poster() -> ScriptedPoster:
    return ScriptedPoster()


@pytest.fixture
def webhooks(rows: Rows, poster: ScriptedPoster) -> Webhooks:
    return Webhooks(WebhookStore(rows.database), SEAL, poster)


@pytest.fixture
def sender(rows: Rows, poster: ScriptedPoster) -> WebhookSender:
    def show(user_id: str, job_id: str) -> object:
        record = rows.jobs.find(user_id, job_id)
        if record is None:
            raise NotFound("gone")
        return job_view(record, None)

    jobs = SimpleNamespace(show=show)
    return WebhookSender(WebhookStore(rows.database), jobs, SEAL, poster)


def due_now(rows: Rows, **more: object) -> None:
    rows.database.change(update(MESSAGES).values(next_s=0.0, **more))


def test_each_end_of_a_job_is_sent_signed(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender, poster: ScriptedPoster
):
    secret = webhooks.put("ann", URL).secret
    done, failed, cancelled = (rows.job() for _ in range(3))
    rows.queue.succeeded(rows.claim())
    rows.queue.failed(rows.claim(), Failure("damaged", "The file is damaged."))
    rows.jobs.cancel("ann", cancelled)
    while sender.send_next():
        pass
    jobs = [json.loads(body)["job"] for _, body, _ in poster.sent]
    assert {job["id"]: job["status"] for job in jobs} == {
        done: "succeeded",
        failed: "failed",
        cancelled: "cancelled",
    }
    assert next(job["error"]["code"] for job in jobs if job["id"] == failed) == "damaged"
    for url, body, headers in poster.sent:
        moment, _, digest = headers[SIGNATURE].removeprefix("t=").partition(",v1=")
        signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
        assert (url, digest) == (URL, signed)


def test_nothing_is_queued_without_a_webhook_or_for_parts_of_pages(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender
):
    rows.job()
    rows.queue.succeeded(rows.claim())
    webhooks.put("ann", URL)
    rows.user("bob")
    rows.job("bob")
    rows.job(kind="preview")
    for _ in range(2):
        rows.queue.succeeded(rows.claim())
    assert not sender.send_next()


def test_failed_message_is_sent_again_later(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender, poster: ScriptedPoster
):
    webhooks.put("ann", URL)
    rows.job()
    rows.queue.succeeded(rows.claim())
    poster.failures.append("The server answered 500.")
    assert sender.send_next()
    assert not sender.send_next()  # it waits
    [message] = webhooks.show("ann").undelivered
    assert (message.error, message.attempts) == ("The server answered 500.", 1)
    assert message.next_at is not None
    due_now(rows)
    assert sender.send_next()
    assert len(poster.sent) == 1
    assert webhooks.show("ann").undelivered == []


def test_message_is_given_up_after_a_day_and_shown(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender, poster: ScriptedPoster
):
    webhooks.put("ann", URL)
    rows.job()
    rows.queue.succeeded(rows.claim())
    poster.failures.append("No connection.")
    due_now(rows, created_s=MESSAGES.c.created_s - 24 * 3600.0)
    assert sender.send_next()
    assert not sender.send_next()
    [message] = webhooks.show("ann").undelivered
    assert message.next_at is None
    webhooks.put("ann", URL)
    assert webhooks.show("ann").undelivered == []


def test_message_of_a_dead_sender_is_sent_by_another(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender, poster: ScriptedPoster
):
    webhooks.put("ann", URL)
    rows.job()
    rows.queue.succeeded(rows.claim())
    assert sender.rows.take() is not None
    assert sender.rows.take() is None
    due_now(rows)
    assert sender.send_next()
    assert len(poster.sent) == 1


def test_message_of_a_deleted_job_or_webhook_is_dropped(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender, poster: ScriptedPoster
):
    webhooks.put("ann", URL)
    job_id = rows.job()
    rows.queue.succeeded(rows.claim())
    rows.jobs.delete("ann", job_id)
    assert sender.send_next()
    rows.job()
    rows.queue.succeeded(rows.claim())
    webhooks.remove("ann")
    assert not sender.send_next()
    assert poster.sent == []


def test_unreadable_secret_is_a_failure(rows: Rows, webhooks: Webhooks, sender: WebhookSender):
    webhooks.put("ann", URL)
    rows.job()
    rows.queue.succeeded(rows.claim())
    sender.seal = Seal(["another key, after the first was lost"])
    assert sender.send_next()
    assert "set the webhook again" in webhooks.show("ann").undelivered[0].error
    assert not hasattr(webhooks.show("ann"), "secret")


def test_secrets_are_encrypted_again_with_a_new_key(rows: Rows, webhooks: Webhooks):
    secret = webhooks.put("ann", URL).secret
    old = webhooks.rows.find("ann").sealed
    assert secret not in old
    new = Seal(["a new key for the tests of webhooks", "a long key for the tests of webhooks"])
    webhooks.rows.reencrypt(new.reencrypt)
    renewed = webhooks.rows.find("ann").sealed
    assert renewed != old
    alone = Seal(["a new key for the tests of webhooks"])
    assert alone.open(renewed, user_id="ann", purpose="webhook") == secret
