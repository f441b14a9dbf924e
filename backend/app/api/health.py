"""Is the server alive, and can it work? Open to all: whoever watches over it has no account."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from ..contract.health import HealthView, ReadyView
from .dependencies import HealthDep

router = APIRouter(prefix="/health", tags=["health"])


@router.get("")
def health() -> HealthView:
    """The process answers."""
    return HealthView()


@router.get("/ready")
def ready(health: HealthDep, response: Response) -> ReadyView:
    """Database, disk and ffmpeg; 503 while one of them keeps the server from working."""
    found = health.readiness()
    if not found.ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return ReadyView(
        ready=found.ready,
        database=found.database,
        free_bytes=found.free_bytes,
        ffmpeg_version=found.ffmpeg_version,
        warnings=list(found.warnings),
    )
