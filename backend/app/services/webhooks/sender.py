"""Send the queued messages of webhooks, signed, again after failures."""

from __future__ import annotations

import hmac
import logging
import time
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from ...accounts.sealing import BrokenSeal, Seal
from ...contract.webhooks import EndedJob, WebhookBody
from ...errors import InvalidRequest, NotFound
from ...jobs.background import Background
from ...store.jobs.webhooks import Webhook, WebhookMessage, WebhookStore
from ..jobs.jobs import Jobs
from .post import NotDelivered, Poster
from .webhooks import PURPOSE

log = logging.getLogger(__name__)

SIGNATURE = "Segue-Signature"
_POLL_S = 5.0
_STOP_S = 2.0
_THREADS = 2  # one server that does not answer must not hold up all others


@dataclass(slots=True)
class WebhookSender:
    """Threads that send messages; every API process may have some."""

    rows: WebhookStore
    jobs: Jobs
    seal: Seal
    poster: Poster
    _threads: Background = field(default_factory=Background, init=False)

    def start(self) -> None:
        """Start the threads."""
        for number in range(_THREADS):
            work = partial(self._threads.repeat, self.send_next, _POLL_S)
            self._threads.begin(f"webhooks-{number}", work)

    def wake(self) -> None:
        """Look for messages now."""
        self._threads.wakeups.wake()

    def stop(self) -> None:
        """Stop; a message that is being sent is sent again later."""
        self._threads.join(_STOP_S)

    def send_next(self) -> bool:
        """Send a message that is due; return whether there was one."""
        message = self.rows.take()
        if message is None:
            return False
        webhook = self.rows.addressee(message)
        body = self._body(message)
        if webhook is None or body is None:
            self.rows.delivered(message)  # nothing is left to send
            return True
        try:
            self._post(webhook, body)
        except NotDelivered as error:
            if self.rows.failed(message, str(error)):
                log.warning("a webhook's message is given up after a day")
        else:
            self.rows.delivered(message)
        return True

    def _post(self, webhook: Webhook, body: bytes) -> None:
        try:
            secret = self.seal.open(webhook.sealed, user_id=webhook.user_id, purpose=PURPOSE)
            headers = {"Content-Type": "application/json", SIGNATURE: signature(secret, body)}
            self.poster.post(webhook.url, body, headers)
        except BrokenSeal as e:
            raise NotDelivered("The secret can't be read: set the webhook again.") from e
        except InvalidRequest as e:
            raise NotDelivered(e.message) from e

    def _body(self, message: WebhookMessage) -> bytes | None:
        """The message's JSON; None if the job is deleted."""
        try:
            job = self.jobs.show(message.user_id, message.job_id)
        except NotFound:
            return None
        fields = job.model_dump(include={"id", "kind", "title", "finished_at"})
        ended = EndedJob(**fields, status=message.status, error=job.error)
        return WebhookBody(id=message.id, job=ended).model_dump_json().encode()


def signature(secret: str, body: bytes, now_s: int | None = None) -> str:
    """``t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body" in hex>``."""
    moment = str(int(time.time()) if now_s is None else now_s)
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={digest}"
