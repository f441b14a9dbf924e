"""Why a language model did not answer, and what may help."""

from __future__ import annotations

import httpx2
import openai
import pytest

from backend.app.llm.failure import Refusal, refusal

ADDRESS = httpx2.Request("POST", "http://127.0.0.1/v1/chat/completions")


def of_status(status: int, code: str | None = None, retry_after: str | None = None) -> Refusal:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    response = httpx2.Response(status, headers=headers, request=ADDRESS)
    error = openai.APIStatusError("key=sk-canary", response=response, body={"code": code})
    return refusal(error)


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
def test_busy_server_may_be_asked_again(status: int) -> None:
    assert of_status(status).busy


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 501])
def test_other_refusals_are_final(status: int) -> None:
    assert not of_status(status).busy


@pytest.mark.parametrize(
    ("status", "code", "helps"),
    [
        (400, None, True),
        (404, None, True),
        (415, None, True),
        (422, None, True),
        (500, None, True),
        (501, None, True),
        (404, "model_not_found", False),
        (401, None, False),
        (403, None, False),
        (429, None, False),
        (503, None, False),
    ],
)
def test_simpler_answer_format_may_help(status: int, code: str | None, helps: bool) -> None:
    assert of_status(status, code).simpler is helps


def test_used_up_quota_is_final() -> None:
    spent = of_status(429, "insufficient_quota", retry_after="5")
    assert (spent.busy, spent.simpler, spent.wait_s) == (False, False, None)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "does not accept the API key"),
        (403, "does not let this API key use the model"),
        (404, "does not know this model or address"),
        (429, "is asked too often"),
        (418, "answered 418 I'm a Teapot"),
        (599, "answered 599"),
    ],
)
def test_reason_names_the_status(status: int, reason: str) -> None:
    assert of_status(status).reason == f"the language model's server {reason}"


@pytest.mark.parametrize(
    ("retry_after", "wait_s"),
    [("2.4", 2.4), ("0", 0.0), ("-1", None), ("Fri, 31 Dec 2027 23:59:59 GMT", None), (None, None)],
)
def test_wait_is_a_number_of_seconds(retry_after: str | None, wait_s: float | None) -> None:
    busy = of_status(429, retry_after=retry_after)
    assert busy.wait_s == wait_s
    assert ("asks to wait for" in busy.reason) is (wait_s is not None)
    assert "asks to wait for" not in of_status(400, retry_after=retry_after).reason
