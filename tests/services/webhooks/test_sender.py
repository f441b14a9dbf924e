"""Messages of webhooks: queued with the end of a job, signed, sent again, given up."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from backend.app.accounts.sealing import Seal
from backend.app.contract.webhooks import JobWebhook
from backend.app.errors import InvalidRequest, NotFound
from backend.app.jobs.states import Failure
from backend.app.services.jobs.views import job_view
from backend.app.services.webhooks.post import NotDelivered, Poster
from backend.app.services.webhooks.sender import SIGNATURE, WebhookSender
from backend.app.services.webhooks.webhooks import Webhooks
from backend.app.store.jobs.job_store import NewJob
from backend.app.store.jobs.webhooks import (
    JOB_WEBHOOKS,
    MESSAGES,
    SealedWebhook,
    WebhookStore,
)
from tests.jobs.rows import ASKED, NO_QUOTA, Rows

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


def with_webhook(rows: Rows, webhook: SealedWebhook, kind: str = "mixtape") -> str:
    job_id = secrets.token_hex(8)
    new = NewJob(job_id, "ann", kind, "My job", ASKED, "{}", 1.0, webhook=webhook)
    assert rows.jobs.add(new, quota=NO_QUOTA)
    return job_id


def test_job_has_a_webhook_beside_its_users(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender, poster: ScriptedPoster
):
    own, users = "a secret of the client", webhooks.put("ann", URL).secret
    wanted = JobWebhook(url="https://other.example/in", secret=own)
    job_id = with_webhook(rows, webhooks.of_job("ann", wanted))
    rows.queue.succeeded(rows.claim())
    while sender.send_next():
        pass
    assert {url for url, *_ in poster.sent} == {URL, "https://other.example/in"}
    for url, body, headers in poster.sent:
        assert json.loads(body)["job"]["id"] == job_id
        moment, _, digest = headers[SIGNATURE].removeprefix("t=").partition(",v1=")
        secret = users if url == URL else own
        signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
        assert digest == signed


def test_webhook_of_a_preview_is_sent_and_of_no_other_job(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender, poster: ScriptedPoster
):
    wanted = JobWebhook(url=URL, secret="a secret of the client")
    with_webhook(rows, webhooks.of_job("ann", wanted), kind="preview")
    rows.job()
    for _ in range(2):
        rows.queue.succeeded(rows.claim())
    poster.failures.append("The server answered 500.")
    assert sender.send_next()
    due_now(rows)  # sent again, as to a user's webhook
    assert sender.send_next()
    assert not sender.send_next()
    assert len(poster.sent) == 1


def test_webhook_of_a_job_uses_the_users_secret_or_needs_one(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender, poster: ScriptedPoster
):
    with pytest.raises(InvalidRequest, match="no secret"):
        webhooks.of_job("ann", JobWebhook(url=URL))
    secret = webhooks.put("ann", "https://mine.example/in").secret
    with_webhook(rows, webhooks.of_job("ann", JobWebhook(url=URL)), kind="preview")
    webhooks.remove("ann")
    rows.queue.succeeded(rows.claim())
    assert sender.send_next()
    [(url, body, headers)] = poster.sent
    moment, _, digest = headers[SIGNATURE].removeprefix("t=").partition(",v1=")
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    assert (url, digest) == (URL, signed)


def test_users_new_webhook_keeps_the_messages_of_jobs(
    rows: Rows, webhooks: Webhooks, sender: WebhookSender, poster: ScriptedPoster
):
    wanted = JobWebhook(url="https://other.example/in", secret="a secret of the client")
    job_id = with_webhook(rows, webhooks.of_job("ann", wanted))
    rows.queue.succeeded(rows.claim())
    poster.failures.append("No connection.")
    assert sender.send_next()
    webhooks.put("ann", URL)
    assert webhooks.show("ann").undelivered == []  # those of the user's own webhook
    due_now(rows)
    assert sender.send_next()
    assert [url for url, *_ in poster.sent] == ["https://other.example/in"]
    rows.jobs.delete("ann", job_id)
    assert rows.database.all(select(JOB_WEBHOOKS.c.job_id)) == []


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
    with_webhook(rows, webhooks.of_job("ann", JobWebhook(url=URL)))
    new = Seal(["a new key for the tests of webhooks", "a long key for the tests of webhooks"])
    webhooks.rows.reencrypt(new.reencrypt)
    renewed = webhooks.rows.find("ann").sealed
    [of_job] = rows.database.all(select(JOB_WEBHOOKS.c.sealed))
    assert renewed != old
    alone = Seal(["a new key for the tests of webhooks"])
    assert alone.open(renewed, user_id="ann", purpose="webhook") == secret
    assert alone.open(of_job, user_id="ann", purpose="webhook") == secret
