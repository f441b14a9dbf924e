"""Messages over WebSockets."""

from __future__ import annotations

from pydantic import Field

from .base import Shape
from .jobs import JobView


class SocketSignIn(Shape):
    """A client's first message: an access token."""

    token: str = Field(max_length=4096)


class JobChange(Shape):
    """A job after a change; ``job`` is null once it is deleted."""

    job_id: str
    job: JobView | None
