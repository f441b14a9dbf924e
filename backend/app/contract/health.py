"""Liveness and readiness of the server."""

from __future__ import annotations

from typing import Literal

from .base import Shape


class HealthView(Shape):
    """The server process responds."""

    status: Literal["ok"] = "ok"


class ReadyView(Shape):
    """Whether database, disk and ffmpeg are usable; ``warnings`` are for the operator.

    ``redis`` is null without ``REDIS_URL``. The server is ready without it: jobs wait.
    """

    ready: bool
    database: bool
    free_bytes: int
    ffmpeg_version: str | None
    redis: bool | None = None
    warnings: list[str]
