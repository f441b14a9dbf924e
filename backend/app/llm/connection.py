"""Connection to a language model: ask, retry, limit answers in size and time.

The server enforces the answer's format as far as it can: by a schema, as JSON, or not at all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import httpx2
from pydantic import BaseModel, JsonValue, SecretStr, ValidationError

from . import failure
from .failure import LlmFailed, Refusal
from .question import FORMATS, Messages, Question
from .reply import Reply

MAX_ANSWER_BYTES = 1024 * 1024
"""A batch's answer takes about 3 kB, a reasoning model's with its thoughts tens of kB."""

RETRY_WAITS_S = (0.5, 1.0)
"""Waits before a busy server is asked again, unless it sends a Retry-After."""


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    """The fields of a chat completion that are used."""

    choices: list[_Choice]


class LlmConnection:
    """A connection for several questions, also from several threads.

    It is open for ``limit_s`` from its creation. An unsupported format or a rejected key is
    remembered for the questions that follow. A malformed address raises ``LlmFailed``.
    """

    def __init__(self, api_key: SecretStr, base_url: str, model: str, limit_s: float) -> None:
        self.too_late = LlmFailed(f"the language model did not answer within {limit_s:g} s")
        self._deadline = time.monotonic() + limit_s
        self._model = model
        self._format = 0
        self._failed: LlmFailed | None = None
        self._closed = threading.Event()
        import openai  # takes half a second of CPU to load, needed only with a model

        self._openai = openai
        try:
            self._client = openai.OpenAI(
                api_key=api_key.get_secret_value(),
                base_url=base_url,
                max_retries=0,
                # A small compressed answer could expand to a huge one.
                default_headers={"Accept-Encoding": "identity"},
                http_client=httpx2.Client(
                    event_hooks={"response": [self._bound]}, follow_redirects=False
                ),
            )
        except (httpx2.InvalidURL, ValueError) as error:
            raise LlmFailed(failure.MALFORMED_ACCESS) from error

    @property
    def left_s(self) -> float:
        """Seconds left until the time limit."""
        return self._deadline - time.monotonic()

    def close(self) -> None:
        """Close the connection; questions in progress fail."""
        self._closed.set()
        self._client.close()

    def ask(self, question: Question) -> Reply:
        """Return the model's reply; raises :class:`LlmFailed` if there is none."""
        waits = iter(RETRY_WAITS_S)
        while True:
            index = self._format
            messages = question.messages(FORMATS[index])
            answered = self._post(messages, question.response_format(FORMATS[index]))
            if isinstance(answered, bytes):
                return _read(answered)
            if answered.simpler and index + 1 < len(FORMATS):
                self._format = max(self._format, index + 1)
            else:
                self._wait(answered, waits)

    def _post(self, request: Messages, response_format: JsonValue) -> bytes | Refusal:
        """Return the body of a successful answer, or the refusal."""
        if self._failed:
            raise self._failed
        try:
            answer = self._client.chat.completions.with_raw_response.create(
                model=self._model,
                messages=[
                    {"role": "system", "content": request.system},
                    {"role": "user", "content": request.user},
                ],
                extra_body={"response_format": response_format} if response_format else None,
                timeout=self._require_time_s(),
            )
        except self._openai.APITimeoutError as error:
            raise self.too_late from error
        except self._openai.APIConnectionError as error:
            return failure.unreachable(error)
        except self._openai.APIStatusError as error:
            return failure.refusal(error)
        except (self._openai.OpenAIError, httpx2.InvalidURL, ValueError, RuntimeError) as error:
            # Also raised if the connection is closed during a question.
            self._require_time_s()
            raise LlmFailed(failure.MALFORMED_ACCESS) from error
        return answer.content

    def _wait(self, refusal: Refusal, waits: Iterator[float]) -> None:
        """Wait before asking a busy server again, or give up."""
        wait_s = next(waits, None) if refusal.busy else None
        if wait_s is not None and refusal.wait_s is not None:
            wait_s = refusal.wait_s
        if wait_s is None or wait_s >= self._require_time_s():
            self._failed = LlmFailed(refusal.reason)
            raise self._failed
        self._closed.wait(wait_s)

    def _require_time_s(self) -> float:
        """Seconds left for an answer; raise :class:`LlmFailed` if there are none."""
        left_s = self.left_s
        if left_s <= 0.0 or self._closed.is_set():
            raise self.too_late
        return left_s

    def _bound(self, response: httpx2.Response) -> None:
        """Limit the response's size and time."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise LlmFailed(failure.COMPRESSED)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Bounded(response.stream, self._require_time_s)


class _Bounded(httpx2.SyncByteStream):
    """A response body that raises if it grows too long or arrives too slowly."""

    def __init__(self, body: httpx2.SyncByteStream, require_time: Callable[[], float]) -> None:
        self._body = body
        self._require_time = require_time

    def __iter__(self) -> Iterator[bytes]:
        length = 0
        for chunk in self._body:
            self._require_time()
            length += len(chunk)
            if length > MAX_ANSWER_BYTES:
                raise LlmFailed(failure.TOO_LONG)
            yield chunk

    def close(self) -> None:
        """Release the connection."""
        self._body.close()


def _read(body: bytes) -> Reply:
    """Parse a chat completion."""
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError as error:
        raise LlmFailed(failure.NO_COMPLETION) from error
    if not completion.choices:
        return Reply("")
    choice = completion.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise LlmFailed(failure.REFUSED)
    return Reply(choice.message.content or "", cut_off=choice.finish_reason == "length")
