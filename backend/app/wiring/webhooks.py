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


def build_webhooks(database: Database, jobs: Jobs, seal: Seal) -> WebhookServices:
    """Build both; the sender is not started."""
    rows, poster = WebhookStore(database), Poster()
    return WebhookServices(Webhooks(rows, seal, poster), WebhookSender(rows, jobs, seal, poster))
