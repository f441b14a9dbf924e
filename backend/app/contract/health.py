"""Liveness and readiness of the server."""

from __future__ import annotations

from typing import Literal

from .base import Shape


class HealthView(Shape):
    """The server process responds."""

    status: Literal["ok"] = "ok"


class ReadyView(Shape):
    """Whether database, disk and ffmpeg are usable; ``warnings`` are for the operator.

    ``redis`` and ``storage`` (the object store) say whether these answer; null without their
    settings. Without them the server is ``degraded``, but ready: jobs wait, and requests that need
    a file are answered with 503.
    """

    ready: bool
    status: Literal["ready", "degraded", "not_ready"]
    database: bool
    free_bytes: int
    ffmpeg_version: str | None
    redis: bool | None = None
    storage: bool | None = None
    warnings: list[str]
