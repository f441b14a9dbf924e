"""Webhooks: requests to a user's own server when a job has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from .base import Problem, Shape


class WebhookRequest(Shape):
    """Where to send messages: an address that begins with ``https://``."""

    url: str = Field(max_length=2000)


class JobWebhook(Shape):
    """Where to send a message when one job has ended.

    ``secret`` signs it (None: the secret of your own webhook); a shown job does not contain it.
    """

    url: str = Field(max_length=2000)
    secret: str | None = Field(default=None, min_length=16, max_length=200)


class WithWebhook(Shape):
    """A request for a job that may have a webhook of its own, beside the user's."""

    webhook: JobWebhook | None = None


class WebhookSecretView(Shape):
    """A new webhook with the secret that signs its messages; the secret is not shown again."""

    url: str
    secret: str


class UndeliveredView(Shape):
    """A message that has failed; ``next_at`` is null once it was given up, after a day."""

    job_id: str
    status: str
    attempts: int
    error: str
    created_at: datetime
    next_at: datetime | None


class WebhookView(Shape):
    """A user's webhook, and its newest messages that have failed."""

    url: str
    created_at: datetime
    undelivered: list[UndeliveredView]


class EndedJob(Shape):
    """The job in a message."""

    id: str
    kind: str
    title: str
    status: str
    finished_at: datetime | None
    error: Problem | None


class WebhookBody(Shape):
    """The body of a message; ``id`` is the same when it is sent again."""

    id: int
    event: Literal["job.ended"] = "job.ended"
    job: EndedJob
