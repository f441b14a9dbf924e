"""Liveness and readiness probes; public, since monitoring has no account."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from ...contract.health import HealthView, ReadyView
from ..dependencies import HealthDep

router = APIRouter(prefix="/health", tags=["health"])


@router.get("")
def health() -> HealthView:
    """Answer that the process is alive."""
    return HealthView()


@router.get("/ready")
def ready(health: HealthDep, response: Response) -> ReadyView:
    """Check database, disk and ffmpeg; 503 if one of them is unusable."""
    found = health.readiness()
    if not found.ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return found
