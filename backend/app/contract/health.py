"""Whether the server is alive, and whether it can work."""

from __future__ import annotations

from typing import Literal

from .base import Shape


class HealthView(Shape):
    """The process answers."""

    status: Literal["ok"] = "ok"


class ReadyView(Shape):
    """What the work depends on; ``warnings`` are sentences for who runs the server."""

    ready: bool
    database: bool
    free_bytes: int
    ffmpeg_version: str | None
    warnings: list[str]
