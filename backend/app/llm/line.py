"""One question to a language model over the wire.

A server is asked for as much help as it gives (an answer held to a schema, to JSON, or to nothing),
is asked again where it is busy, and is not believed: no answer is read past a size or a deadline.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import httpx2
from pydantic import BaseModel, JsonValue, SecretStr, ValidationError

from .failure import (
    COMPRESSED,
    NO_COMPLETION,
    REFUSED,
    TOO_LONG,
    UNASKABLE,
    LlmFailed,
    Refusal,
    refusal,
    unreachable,
)
from .question import FORMS, Messages, Question
from .reply import Reply

MAX_ANSWER_BYTES = 1024 * 1024
"""A batch's answer is some 3 kB, a reasoning model's with its thoughts tens of kB."""

PATIENCE_S = (0.5, 1.0)  # before a busy server is asked again, where it does not say how long


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    """What is read of a chat completion."""

    choices: list[_Choice]


class Line:
    """A connection to a model, for all questions about one thing; several threads may ask at once.

    ``limit_s`` is how long it is open, from now on. What one question teaches (a format that is not
    known, a key that is not accepted) holds for the ones after it.

    Raises
    ------
    LlmFailed
        If the address is none.
    """

    def __init__(self, api_key: SecretStr, base_url: str, model: str, limit_s: float) -> None:
        self.too_late = LlmFailed(f"the language model did not answer within {limit_s:g} s")
        self._deadline = time.monotonic() + limit_s
        self._model = model
        self._form = 0
        self._failed: LlmFailed | None = None
        self._closed = threading.Event()
        import openai  # half a second of CPU, needed only where a model is asked

        self._openai = openai
        try:
            self._client = openai.OpenAI(
                api_key=api_key.get_secret_value(),
                base_url=base_url,
                max_retries=0,
                # Compressed, a small answer could be a huge one
                default_headers={"Accept-Encoding": "identity"},
                http_client=httpx2.Client(
                    event_hooks={"response": [self._bound]}, follow_redirects=False
                ),
            )
        except (httpx2.InvalidURL, ValueError) as error:
            raise LlmFailed(UNASKABLE) from error

    @property
    def left_s(self) -> float:
        """How long the line is still open."""
        return self._deadline - time.monotonic()

    def close(self) -> None:
        """Hang up; whoever still waits for an answer gets none."""
        self._closed.set()
        self._client.close()

    def ask(self, question: Question) -> Reply:
        """The model's reply.

        Raises
        ------
        LlmFailed
            If there is none.
        """
        patience = iter(PATIENCE_S)
        while True:
            form = self._form
            asked = question.messages(FORMS[form])
            answered = self._post(asked, question.response_format(FORMS[form]))
            if isinstance(answered, bytes):
                return _read(answered)
            if answered.simpler and form + 1 < len(FORMS):
                self._form = max(self._form, form + 1)
            else:
                self._wait(answered, patience)

    def _post(self, request: Messages, response_format: JsonValue) -> bytes | Refusal:
        """What came back: the body of a good answer, or why there is none."""
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
                timeout=self._in_time_s(),
            )
        except self._openai.APITimeoutError as error:
            raise self.too_late from error
        except self._openai.APIConnectionError as error:
            return unreachable(error)
        except self._openai.APIStatusError as error:
            return refusal(error)
        except (self._openai.OpenAIError, httpx2.InvalidURL, ValueError, RuntimeError) as error:
            # Also what hanging up does to a question that is under way
            self._in_time_s()
            raise LlmFailed(UNASKABLE) from error
        return answer.content

    def _wait(self, refusal: Refusal, patience: Iterator[float]) -> None:
        """Be patient with a server that is busy, or give up."""
        wait_s = next(patience, None) if refusal.busy else None
        if wait_s is not None and refusal.wait_s is not None:
            wait_s = refusal.wait_s
        if wait_s is None or wait_s >= self._in_time_s():
            self._failed = LlmFailed(refusal.words)
            raise self._failed
        self._closed.wait(wait_s)

    def _in_time_s(self) -> float:
        """How long an answer may still take.

        Raises
        ------
        LlmFailed
            If it is too late for one.
        """
        left_s = self.left_s
        if left_s <= 0.0 or self._closed.is_set():
            raise self.too_late
        return left_s

    def _bound(self, response: httpx2.Response) -> None:
        """Read no more of an answer than its size and its time allow."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise LlmFailed(COMPRESSED)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Bounded(response.stream, self._in_time_s)


class _Bounded(httpx2.SyncByteStream):
    """A body that ends in failure where it grows too long, or comes too slowly."""

    def __init__(self, body: httpx2.SyncByteStream, in_time: Callable[[], float]) -> None:
        self._body = body
        self._in_time = in_time

    def __iter__(self) -> Iterator[bytes]:
        length = 0
        for chunk in self._body:
            self._in_time()
            length += len(chunk)
            if length > MAX_ANSWER_BYTES:
                raise LlmFailed(TOO_LONG)
            yield chunk

    def close(self) -> None:
        """Give the connection back."""
        self._body.close()


def _read(body: bytes) -> Reply:
    """What the model said in a chat completion."""
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError as error:
        raise LlmFailed(NO_COMPLETION) from error
    if not completion.choices:
        return Reply("")
    choice = completion.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise LlmFailed(REFUSED)
    return Reply(choice.message.content or "", cut_off=choice.finish_reason == "length")
