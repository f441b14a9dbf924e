"""Figures for Prometheus, for METRICS_TOKEN or an admin."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request, Response

from ...accounts.sign_in import Accounts
from ...errors import NotAllowed, NotFound, NotSignedIn
from ...services.workers.metrics import MEDIA_TYPE
from ..dependencies import AccountsDep, MetricsDep, SettingsDep
from ..request_guards import bearer_token

router = APIRouter(tags=["admin"])


@router.get("/metrics", response_class=Response)
def metrics(
    request: Request, metrics: MetricsDep, settings: SettingsDep, accounts: AccountsDep
) -> Response:
    """Return the server's figures; the bearer token is METRICS_TOKEN or an admin's access token.

    Without METRICS_TOKEN everyone else gets 404.
    """
    expected = settings.metrics_token
    authorization = request.headers.get("authorization", "")
    if expected is None:
        _require_admin_or_hide(accounts, authorization)
    else:
        _check(accounts, bearer_token(authorization), expected.get_secret_value())
    return Response(metrics.text(), media_type=MEDIA_TYPE)


def _require_admin_or_hide(accounts: Accounts, authorization: str) -> None:
    """Raise :class:`NotFound` unless the token is an admin's."""
    try:
        is_admin = accounts.user(bearer_token(authorization)).is_admin
    except NotSignedIn:
        is_admin = False
    if not is_admin:
        raise NotFound(
            "There are no metrics here.", hint="Set METRICS_TOKEN, or send an admin's access token."
        )


def _check(accounts: Accounts, given: str, expected: str) -> None:
    if hmac.compare_digest(given.encode(), expected.encode()):
        return
    try:
        is_admin = accounts.user(given).is_admin
    except NotSignedIn:
        raise NotSignedIn(
            "This is not the token of the metrics.",
            hint="Send METRICS_TOKEN, or an admin's access token.",
        ) from None
    if not is_admin:
        raise NotAllowed("Only an administrator may do this.", hint="Send METRICS_TOKEN.")
