"""Routes of the systems that Segue unites: aliases, and where today's route is.

``docs/seeds.md`` lists them by system. A request for another old route gets 404 with a hint.
"""

from __future__ import annotations

import re

from fastapi import APIRouter

from ..contract.health import HealthView

router = APIRouter(tags=["health"])


@router.get("/api/health", deprecated=True)
@router.get("/healthz", deprecated=True)
def old_health() -> HealthView:
    """Answer as ``/health`` does."""
    return HealthView()


OLD_ROUTES = {
    "POST /session": "POST /uploads/tracks (no session is needed)",
    "POST /upload/{session_id}/{a_or_b}": "POST /uploads/tracks",
    "POST /generate/{session_id}": 'POST /jobs with "transitions": "dj"',
    "GET /generate/{session_id}/status": "GET /jobs/{job_id}",
    "GET /download/{session_id}": "GET /jobs/{job_id}/artifacts/mix.mp3",
    "POST /process-folder": 'POST /uploads/tracks, then POST /jobs with "order": "auto"',
    "GET /process-folder/{session_id}/status": "GET /jobs/{job_id}",
    "GET /process-folder/{session_id}/set": "GET /jobs/{job_id}/artifacts/mix.mp3",
    "GET /process-folder/{session_id}/tracklist": "GET /jobs/{job_id}/artifacts/tracklist.txt",
    "POST /cleanup": "POST /admin/cleanup",
    "GET /admin/config": "GET /admin/dj-rules",
    "POST /admin/config": "PUT /admin/dj-rules",
    "POST /admin/update-config": "PUT /admin/dj-rules",
    "POST /auth/request_code": "POST /auth/register",
    "POST /auth/verify_code": "POST /auth/token",
    "GET /auth/google/start": "GET /auth/google/login",
    "GET /youtube/oauth/status": "GET /youtube/status",
    "GET /youtube/me": "GET /youtube/status",
    "POST /api/v1/upload/base-track": "POST /uploads/tracks",
    "POST /api/v1/upload/style-sound": "POST /sounds",
    "GET /api/v1/projects": "GET /jobs?kind=stems",
    "GET /api/v1/projects/{id}": "GET /jobs/{job_id}",
    "GET /api/v1/projects/{id}/status": "GET /jobs/{job_id}",
    "DELETE /api/v1/projects/{id}": "DELETE /jobs/{job_id}",
    "GET /api/v1/library": "GET /sounds",
    "GET /api/v1/library/{id}": "GET /sounds/{sound_id}",
    "DELETE /api/v1/library/{id}": "DELETE /sounds/{sound_id}",
    "POST /api/v1/mix": 'POST /jobs with "kind": "restyle"',
    "GET /api/v1/mix/{id}": "GET /jobs/{job_id}",
    "GET /api/v1/mix/{id}/download": "GET /jobs/{job_id}/artifacts/restyled.wav",
}
"""What to use today, by method and path; ``{…}`` stands for one part of a path."""

_PATTERNS = [
    (re.compile(re.sub(r"{[^}]+}", "[^/]+", old)), today) for old, today in OLD_ROUTES.items()
]


def hint_of(method: str, path: str) -> str:
    """Return which route replaces an old one; empty for other paths."""
    asked = f"{method} {path.rstrip('/')}"
    today = next((today for old, today in _PATTERNS if old.fullmatch(asked)), None)
    return f"Use {today}; docs/seeds.md lists all old routes." if today else ""
