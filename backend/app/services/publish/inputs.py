"""The stored inputs of a publish job: its request, with the ids resolved."""

from __future__ import annotations

from ...contract.base import Shape
from ...contract.jobs import PublishRequest


class PublishInputs(Shape):
    """The request, its user, and the video's title."""

    request: PublishRequest
    user_id: str
    title: str
