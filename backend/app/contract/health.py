"""Liveness and readiness of the server."""

from __future__ import annotations

from typing import Literal

from .base import Shape


class HealthView(Shape):
    """The server process responds."""

    status: Literal["ok"] = "ok"


class ReadyView(Shape):
    """Whether database, disk and ffmpeg are usable; ``warnings`` are for the operator."""

    ready: bool
    database: bool
    free_bytes: int
    ffmpeg_version: str | None
    warnings: list[str]
