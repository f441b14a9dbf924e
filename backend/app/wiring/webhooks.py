"""Build users' webhooks and the threads that send their messages."""

from __future__ import annotations

from dataclasses import dataclass

from ..accounts.sealing import Seal
from ..services.jobs.jobs import Jobs
from ..services.webhooks.post import Poster
from ..services.webhooks.sender import WebhookSender
from ..services.webhooks.webhooks import Webhooks
from ..store.database import Database
from ..store.jobs.webhooks import WebhookStore


@dataclass(frozen=True, slots=True)
class WebhookServices:
    """Webhooks of users, and what sends their messages."""

    webhooks: Webhooks
    sender: WebhookSender


def build_webhooks(database: Database, seal: Seal) -> Webhooks:
    """Build the webhooks, which new jobs need."""
    return Webhooks(WebhookStore(database), seal, Poster())


def with_sender(webhooks: Webhooks, jobs: Jobs) -> WebhookServices:
    """Add the sender, which is not started."""
    sender = WebhookSender(webhooks.rows, jobs, webhooks.seal, webhooks.poster)
    return WebhookServices(webhooks, sender)
