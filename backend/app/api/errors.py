"""Map errors to HTTP responses: one status table, one body shape."""

from __future__ import annotations

import logging
import secrets

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..contract.base import Problem, ProblemView
from ..errors import (
    CannotPublish,
    RejectedFile,
    SegueError,
    TooManyAttempts,
    storage_error,
)
from ..services.jobs.quotas import SeparationQuotaSpent
from .old_routes import hint_of

_log = logging.getLogger(__name__)

_CODES_BY_STATUS = {
    400: "oauth_refused oauth_denied oauth_unverified",
    401: "not_signed_in",
    403: "not_allowed cross_site wrong_password",
    404: "not_found video_gone",
    409: (
        "conflict other_version not_analysed weights_notice join_needed "
        "youtube_not_connected youtube_manage_missing youtube_reconnect other_channel "
        "already_published publication_pending upload_uncertain confirmation_needed"
    ),
    410: "reset_expired",
    413: "too_large quota_exceeded",
    422: (
        "invalid_request wrong_track_count invalid_audio invalid_timeline nothing_to_mash "
        "weak_password wrong_confirmation unknown_model bad_weights unsafe_weights silent_stem "
        "sound_too_short bad_template cannot_publish youtube_refused no_channel "
        "thumbnail_not_allowed"
    ),
    429: "too_many_attempts too_many_jobs too_many_streams separation_quota",
    503: (
        "busy database_down stopping tool_failed step_timeout not_writable no_models_folder "
        "weights_unreachable not_configured oauth_unreachable youtube_unreachable not_before "
        "video_not_processed storage_down storage_refused"
    ),
    507: "storage_full",
}
STATUSES = {code: status for status, codes in _CODES_BY_STATUS.items() for code in codes.split()}
_RETRY_BUSY_S = 2
# Messages for errors that the framework itself raises.
_OF_STATUS = {
    400: ("malformed", "The request could not be read."),
    401: ("not_signed_in", "You are not signed in."),
    404: ("not_found", "There is no such page or object."),
    405: ("method_not_allowed", "This address does not support the method."),
    413: ("too_large", "The request is larger than this server allows."),
}


def problem_of(error: SegueError) -> Problem:
    """Convert an error to its API model."""
    return Problem.model_validate(error, from_attributes=True)


def problem_response(error: SegueError) -> JSONResponse:
    """Build the HTTP response for ``error``."""
    # Rejections by gate and preflight have many codes and one status.
    fallback = 422 if isinstance(error, RejectedFile | CannotPublish) else 400
    status = STATUSES.get(error.code, fallback)
    return _answer(status, problem_of(error), _headers(error, status))


def handle_problems(app: FastAPI) -> None:
    """Install handlers so that every error of ``app`` has the API's error body."""

    @app.exception_handler(SegueError)
    async def segue_error(_request: Request, error: SegueError) -> Response:
        return problem_response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        return _answer(422, Problem(code="invalid_request", message=_faults(error)), {})

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        code, message = _OF_STATUS.get(error.status_code, ("refused", "This was refused."))
        hint = hint_of(request.method, request.url.path) if error.status_code == 404 else ""
        problem = Problem(code=code, message=message, hint=hint)
        return _answer(error.status_code, problem, dict(error.headers or {}))

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: ClientDisconnect) -> Response:
        return Response(status_code=400)  # the client has gone and will not read it


class UnexpectedErrors:
    """Answers 500 after a bug, with the id under which the log has the traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and catch unexpected exceptions."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            of_storage = storage_error(error)
            if of_storage is not None and not started:
                await problem_response(of_storage)(scope, receive, send)
                return
            error_id = secrets.token_hex(4)
            _log.exception("request failed, error id %s", error_id)
            if started or scope["type"] != "http":
                raise
            problem = Problem(
                code="internal",
                message=f"Something went wrong on the server (error {error_id}).",
                hint="Try again; if it stays, report the number.",
                retryable=True,
            )
            await _answer(500, problem, {})(scope, receive, send)


def _answer(status: int, problem: Problem, headers: dict[str, str]) -> JSONResponse:
    return JSONResponse(ProblemView(error=problem).model_dump(), status, headers)


def _headers(error: SegueError, status: int) -> dict[str, str]:
    if isinstance(error, TooManyAttempts | SeparationQuotaSpent):
        return {"Retry-After": str(error.retry_after_s)}
    if status == 503:
        return {"Retry-After": str(_RETRY_BUSY_S)}
    return {"WWW-Authenticate": "Bearer"} if status == 401 else {}


def _faults(error: RequestValidationError) -> str:
    """List each fault's location and reason, without the input, which may be a password."""
    faults = [f"{'.'.join(str(p) for p in f['loc'])}: {f['msg']}" for f in error.errors()[:5]]
    return "The request is invalid: " + "; ".join(faults) + "."
