"""A user's webhook: set, show, remove; and the webhooks of single jobs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from ...accounts.sealing import Seal
from ...contract.webhooks import JobWebhook, UndeliveredView, WebhookSecretView, WebhookView
from ...errors import InvalidRequest, NotFound
from ...store.jobs.webhooks import SealedWebhook, WebhookMessage, WebhookStore
from .post import Poster

PURPOSE = "webhook"


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Users' webhooks, one each."""

    rows: WebhookStore
    seal: Seal
    poster: Poster

    def show(self, user_id: str) -> WebhookView:
        """Return the user's webhook with the messages that have failed; raise ``NotFound``."""
        webhook = self.rows.find(user_id)
        if webhook is None:
            raise NotFound("There is no webhook.", hint="Set one with PUT /webhook.")
        return WebhookView(
            url=webhook.url,
            created_at=_moment(webhook.created_s),
            undelivered=[_undelivered(message) for message in self.rows.undelivered(user_id)],
        )

    def put(self, user_id: str, url: str) -> WebhookSecretView:
        """Replace the user's webhook, with a new secret, which is shown only now."""
        url, secret = self.poster.check(url), secrets.token_urlsafe(32)
        self.rows.put(user_id, url, self.seal.seal(secret, user_id=user_id, purpose=PURPOSE))
        return WebhookSecretView(url=url, secret=secret)

    def of_job(self, user_id: str, wanted: JobWebhook) -> SealedWebhook:
        """Check a job's webhook, and encrypt its secret; raise ``InvalidRequest``."""
        url = self.poster.check(wanted.url)
        if wanted.secret is not None:
            sealed = self.seal.seal(wanted.secret, user_id=user_id, purpose=PURPOSE)
            return SealedWebhook(url, sealed)
        own = self.rows.find(user_id)
        if own is None:
            raise InvalidRequest(
                "The job's webhook has no secret to sign its message.",
                hint="Send webhook.secret, or set your own webhook with PUT /webhook first.",
            )
        return SealedWebhook(url, own.sealed)

    def remove(self, user_id: str) -> None:
        """Delete the user's webhook; raise ``NotFound`` if there is none."""
        if not self.rows.remove(user_id):
            raise NotFound("There is no webhook.")


def _undelivered(message: WebhookMessage) -> UndeliveredView:
    return UndeliveredView(
        job_id=message.job_id,
        status=message.status,
        attempts=message.attempt,
        error=message.error or "",
        created_at=_moment(message.created_s),
        next_at=None if message.next_s is None else _moment(message.next_s),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
