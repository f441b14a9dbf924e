"""Figures for Prometheus, guarded by METRICS_TOKEN."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request, Response

from ...errors import NotFound, NotSignedIn
from ...services.workers.metrics import MEDIA_TYPE
from ..dependencies import MetricsDep, SettingsDep
from ..request_guards import bearer_token

router = APIRouter(tags=["admin"])


@router.get("/metrics", response_class=Response)
def metrics(request: Request, metrics: MetricsDep, settings: SettingsDep) -> Response:
    """Return the server's figures; the bearer token is METRICS_TOKEN, without which it is off."""
    expected = settings.metrics_token
    if expected is None:
        raise NotFound("There are no metrics here.", hint="Set METRICS_TOKEN.")
    given = bearer_token(request.headers.get("authorization", ""))
    if not hmac.compare_digest(given.encode(), expected.get_secret_value().encode()):
        raise NotSignedIn("This is not the token of the metrics.", hint="Send METRICS_TOKEN.")
    return Response(metrics.text(), media_type=MEDIA_TYPE)
