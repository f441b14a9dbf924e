"""Retries, formats and limits of a connection, without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import openai  # noqa: F401  (its half second of import must not count in the time limits)
import pytest
from pydantic import SecretStr

from backend.app.llm import connection as module
from backend.app.llm.connection import LlmConnection
from backend.app.llm.failure import LlmFailed, Refusal
from backend.app.llm.question import Question
from backend.app.llm.reply import Reply

QUESTION = Question("Say yes.", "{}", "yes", {"type": "object"})
BUSY = Refusal("the server is busy", busy=True)
SIMPLER = Refusal("the server knows no schemas", simpler=True)


def completion(content: str | None, finish_reason: str | None = "stop", **message: str) -> bytes:
    choice = {"message": {"content": content, **message}, "finish_reason": finish_reason}
    return json.dumps({"choices": [choice]}).encode()


class Scripted(LlmConnection):
    """A connection whose server gives these answers in turn; waits are recorded."""

    def __init__(self, *answers: bytes | Refusal, limit_s: float = 60.0) -> None:
        super().__init__(SecretStr("key"), "http://127.0.0.1:1/v1", "a-model", limit_s)
        self._answers = iter(answers)
        self.formats: list[str | None] = []
        self.waited_s: list[float] = []
        self._closed.wait = self.waited_s.append  # type: ignore[method-assign,assignment]

    def _post(self, _request: object, response_format: object) -> bytes | Refusal:
        kind = response_format["type"] if isinstance(response_format, dict) else None
        self.formats.append(kind)
        return next(self._answers)


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close every connection of a test."""
    opened: list[LlmConnection] = []
    make = LlmConnection.__init__

    def init(self: LlmConnection, *given: Any) -> None:
        make(self, *given)
        opened.append(self)

    monkeypatch.setattr(LlmConnection, "__init__", init)
    yield
    for one in opened:
        one.close()


def test_busy_server_is_asked_three_times() -> None:
    busy = Scripted(BUSY, BUSY, BUSY, BUSY)
    with pytest.raises(LlmFailed, match="the server is busy"):
        busy.ask(QUESTION)
    assert (len(busy.formats), busy.waited_s) == (3, [0.5, 1.0])


def test_other_refusal_is_final() -> None:
    refused = Scripted(Refusal("the key is wrong"))
    with pytest.raises(LlmFailed, match="the key is wrong"):
        refused.ask(QUESTION)
    assert (len(refused.formats), refused.waited_s) == (1, [])


def test_servers_own_wait_replaces_ours_if_time_is_left() -> None:
    busy = Scripted(Refusal("busy", 2.5, busy=True), completion("yes"))
    assert busy.ask(QUESTION).text == "yes"
    assert busy.waited_s == [2.5]
    late = Scripted(Refusal("busy", 61.0, busy=True), completion("yes"))
    with pytest.raises(LlmFailed, match="busy"):
        late.ask(QUESTION)
    assert late.waited_s == []


def test_simpler_formats_are_tried_at_once_and_remembered() -> None:
    server = Scripted(SIMPLER, SIMPLER, completion("yes"), completion("again"))
    assert server.ask(QUESTION).text == "yes"
    assert server.ask(QUESTION).text == "again"
    assert server.formats == ["json_schema", "json_object", None, None]
    assert server.waited_s == []


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        (completion("yes"), Reply("yes")),
        (completion("ye", "length"), Reply("ye", cut_off=True)),
        (completion(None), Reply("")),
        (b'{"choices": []}', Reply("")),
    ],
)
def test_reply_is_the_first_choices_text(body: bytes, reply: Reply) -> None:
    assert Scripted(body).ask(QUESTION) == reply


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (completion("yes", "content_filter"), "refused"),
        (completion(None, refusal="I can't."), "refused"),
        (b"<html>", "did not answer with a chat completion"),
    ],
)
def test_refused_or_unreadable_answer_fails(body: bytes, why: str) -> None:
    with pytest.raises(LlmFailed, match=why):
        Scripted(body).ask(QUESTION)


class _Body(httpx2.SyncByteStream):
    def __init__(self, size_bytes: int) -> None:
        self._size_bytes = size_bytes

    def __iter__(self) -> Iterator[bytes]:
        yield b" " * (self._size_bytes - 1)
        yield b" "


def test_answer_has_a_megabyte_at_most() -> None:
    megabyte = 1024 * 1024
    assert sum(map(len, module._Bounded(_Body(megabyte), lambda: 1.0))) == megabyte
    with pytest.raises(LlmFailed, match="too long"):
        list(module._Bounded(_Body(megabyte + 1), lambda: 1.0))
