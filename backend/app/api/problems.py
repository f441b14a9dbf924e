"""How errors become answers: one table of statuses, one shape of body, nothing echoed."""

from __future__ import annotations

import errno
import logging
import secrets

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..contract.base import Problem, ProblemView
from ..errors import CannotPublish, RejectedFile, SegueError, TooManyAttempts
from ..media.full_disk import storage_full

_log = logging.getLogger(__name__)

STATUSES = {
    "invalid_request": 422,
    "wrong_track_count": 422,
    "invalid_audio": 422,
    "invalid_timeline": 422,
    "nothing_to_mash": 422,
    "not_signed_in": 401,
    "not_allowed": 403,
    "cross_site": 403,
    "not_found": 404,
    "conflict": 409,
    "not_analysed": 409,
    "too_large": 413,
    "quota_exceeded": 413,
    "too_many_attempts": 429,
    "too_many_jobs": 429,
    "busy": 503,
    "tool_failed": 503,
    "step_timeout": 503,
    "storage_full": 507,
    "not_writable": 503,
    "unknown_model": 422,
    "no_models_folder": 503,
    "weights_notice": 409,
    "weights_unreachable": 503,
    "bad_weights": 422,
    "unsafe_weights": 422,
    "silent_stem": 422,
    "sound_too_short": 422,
    "not_configured": 503,
    "oauth_refused": 400,
    "oauth_denied": 400,
    "oauth_unverified": 400,
    "oauth_unreachable": 503,
    "join_needed": 409,
    "youtube_not_connected": 409,
    "youtube_reconnect": 409,
    "bad_template": 422,
    "cannot_publish": 422,
    "other_channel": 409,
    "already_published": 409,
    "youtube_unreachable": 503,
    "youtube_refused": 422,
    "no_channel": 422,
    "upload_uncertain": 409,
    "not_before": 503,
}
# The gate's refusals, and those of what YouTube would not take, have many codes and one status: the
# request was understood, what it is about will not do.
_REFUSED = 422
_RETRY_BUSY_S = 2
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
# What the framework refuses by itself, in our words.
_OF_STATUS = {
    400: ("malformed", "The request could not be read."),
    401: ("not_signed_in", "You are not signed in."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This cannot be done here."),
    413: ("too_large", "The request is larger than this server allows."),
}


def problem_of(error: SegueError) -> Problem:
    """The contract's shape of an error."""
    return Problem(
        code=error.code, message=error.message, hint=error.hint, retryable=error.retryable
    )


def problem_response(error: SegueError) -> JSONResponse:
    """The answer to a request that ended in ``error``."""
    fallback = _REFUSED if isinstance(error, RejectedFile | CannotPublish) else 400
    status = STATUSES.get(error.code, fallback)
    return _answer(status, problem_of(error), _headers(error, status))


def handle_problems(app: FastAPI) -> None:
    """Make every error of ``app``'s routes answer in the contract's shape."""

    @app.exception_handler(SegueError)
    async def segue_error(_request: Request, error: SegueError) -> Response:
        return problem_response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        return _answer(422, Problem(code="invalid_request", message=_faults(error)), {})

    @app.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> Response:
        code, message = _OF_STATUS.get(error.status_code, ("refused", "This was refused."))
        return _answer(
            error.status_code, Problem(code=code, message=message), dict(error.headers or {})
        )

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: ClientDisconnect) -> Response:
        return Response(status_code=400)  # nobody reads it


class UnexpectedErrors:
    """Answers 500 for a bug, with an id under which the log has its traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and catch what comes back."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _DISK_FULL and not started:
                await problem_response(storage_full())(scope, receive, send)
                return
            error_id = secrets.token_hex(4)
            _log.exception("request failed, error id %s", error_id)
            if started or scope["type"] != "http":
                raise
            await _internal(error_id)(scope, receive, send)


def _internal(error_id: str) -> Response:
    problem = Problem(
        code="internal",
        message=f"Something went wrong on the server (error {error_id}).",
        hint="Try again; if it stays, report the number.",
        retryable=True,
    )
    return _answer(500, problem, {})


def _answer(status: int, problem: Problem, headers: dict[str, str]) -> JSONResponse:
    return JSONResponse(ProblemView(error=problem).model_dump(), status, headers)


def _headers(error: SegueError, status: int) -> dict[str, str]:
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(error.retry_after_s)}
    if status == 503:
        return {"Retry-After": str(_RETRY_BUSY_S)}
    return {"WWW-Authenticate": "Bearer"} if status == 401 else {}


def _faults(error: RequestValidationError) -> str:
    """Where each fault lies and what is wrong there; never what was sent, it may be a password."""
    faults = [f"{'.'.join(str(p) for p in f['loc'])}: {f['msg']}" for f in error.errors()[:5]]
    return "The request is not as it should be: " + "; ".join(faults) + "."
