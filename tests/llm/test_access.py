from __future__ import annotations

import threading

import openai  # noqa: F401  (its half second of import must not count in the time limits)
import pytest
from pydantic import SecretStr

from backend.app.llm.access import UNEXPECTED_FAILURE, LlmAccess, llm_access
from backend.app.llm.connection import LlmConnection
from backend.app.llm.failure import LlmFailed
from backend.app.llm.question import Question, strict
from tests.llm.server import says, serving, silence
from tests.patience import PATIENCE_S, wait_until

KEY = "sk-canary-0123456789"
QUESTION = Question("Say yes.", "{}", "yes", {"type": "object"})


def access(base_url: str = "http://127.0.0.1:1/v1", timeout_s: float = PATIENCE_S) -> LlmAccess:
    return LlmAccess(SecretStr(KEY), base_url, "a-model", timeout_s)


def test_missing_key_means_no_model() -> None:
    assert llm_access(None, "http://x", "m", 1.0) is None
    assert llm_access(SecretStr(" "), "http://x", "m", 1.0) is None
    named = llm_access(SecretStr(f"{KEY}\n"), "http://x ", " m", 1.0)
    assert named == LlmAccess(SecretStr(KEY), "http://x", "m", 1.0)
    assert KEY not in repr(named)


def test_conversation_returns_its_result() -> None:
    with serving(says("yes")) as server:
        assert (
            access(server.base_url).run_conversation(
                lambda connection: connection.ask(QUESTION).text
            )
            == "yes"
        )


def test_endless_conversation_times_out_and_is_closed() -> None:
    with serving(silence) as server:
        with pytest.raises(LlmFailed, match=r"did not answer within 0\.5 s"):
            access(server.base_url, 0.5).run_conversation(
                lambda connection: connection.ask(QUESTION)
            )
        wait_until(lambda: "llm" not in [thread.name for thread in threading.enumerate()])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_bug_in_conversation_becomes_llm_failed() -> None:
    def wrong(_: LlmConnection) -> str:
        raise KeyError("bug")

    with pytest.raises(LlmFailed, match=UNEXPECTED_FAILURE):
        access().run_conversation(wrong)
    for thread in threading.enumerate():  # the thread's traceback must be printed during this test
        if thread.name == "llm":
            thread.join()


def test_strict_schema_keeps_fields_named_title() -> None:
    schema = {"title": "A", "type": "object", "properties": {"title": {"title": "T", "default": 1}}}
    assert strict(schema, {}) == {
        "type": "object",
        "properties": {"title": {}},
        "required": ["title"],
    }
