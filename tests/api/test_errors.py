"""Errors as HTTP responses."""

from __future__ import annotations

import pytest
from fastapi.exceptions import RequestValidationError

from backend.app.api.errors import STATUSES, problem_response
from backend.app.api.errors import _faults as faults_of
from backend.app.errors import (
    CannotPublish,
    NotAllowed,
    NotConfigured,
    NotSignedIn,
    RejectedFile,
    SegueError,
    StoreBusy,
    TooManyAttempts,
)


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (NotSignedIn("x"), 401, {"www-authenticate": "Bearer"}),
        (NotAllowed("x"), 403, {}),
        (StoreBusy("x"), 503, {"retry-after": "2"}),
        (TooManyAttempts("x", retry_after_s=61), 429, {"retry-after": "61"}),
        (NotConfigured("x"), 503, {"retry-after": "2"}),
        (RejectedFile("x", code="some_rule_of_the_gate"), 422, {}),
        (CannotPublish("x", code="some_rule_of_youtube"), 422, {}),
    ],
)
def test_error_has_its_status_and_says_when_to_come_back(
    error: SegueError, status: int, headers: dict[str, str]
) -> None:
    answer = problem_response(error)
    shown = {name for name in ("www-authenticate", "retry-after") if name in answer.headers}
    assert (answer.status_code, {name: answer.headers[name] for name in shown}) == (status, headers)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("oauth_denied", 400),
        ("cross_site", 403),
        ("join_needed", 409),
        ("upload_uncertain", 409),
        ("quota_exceeded", 413),
        ("wrong_track_count", 422),
        ("too_many_jobs", 429),
        ("step_timeout", 503),
        ("not_before", 503),
        ("storage_full", 507),
    ],
)
def test_statuses_of_codes(code: str, status: int) -> None:
    assert STATUSES[code] == status


def test_first_five_faults_of_a_request_are_listed_without_the_input() -> None:
    faults = [
        {"loc": ("body", "tracks", n), "msg": "is wrong", "input": "a password"} for n in range(7)
    ]
    text = faults_of(RequestValidationError(faults))
    assert text.startswith("The request is invalid: body.tracks.0: is wrong; body.tracks.1")
    assert text.count("is wrong") == 5
    assert "password" not in text
