from __future__ import annotations

import threading
import time

import openai  # noqa: F401  (half a second of import is no part of what is measured here)
import pytest
from pydantic import SecretStr

from backend.app.llm.access import BROKEN, LlmAccess, llm_access
from backend.app.llm.failure import LlmFailed
from backend.app.llm.line import Line
from backend.app.llm.question import Question, strict
from tests.llm.server import says, serving, silence

KEY = "sk-canary-0123456789"
QUESTION = Question("Say yes.", "{}", "yes", {"type": "object"})


def access(base_url: str = "http://127.0.0.1:1/v1", timeout_s: float = 5.0) -> LlmAccess:
    return LlmAccess(SecretStr(KEY), base_url, "a-model", timeout_s)


def test_no_key_means_no_model() -> None:
    assert llm_access(None, "http://x", "m", 1.0) is None
    assert llm_access(SecretStr(" "), "http://x", "m", 1.0) is None
    named = llm_access(SecretStr(f"{KEY}\n"), "http://x ", " m", 1.0)
    assert named == LlmAccess(SecretStr(KEY), "http://x", "m", 1.0)
    assert KEY not in repr(named)


def test_a_conversation_gives_what_comes_of_it() -> None:
    with serving(says("yes")) as server:
        assert access(server.base_url).talk(lambda line: line.ask(QUESTION).text) == "yes"


def test_a_conversation_that_does_not_end_is_left_and_its_connection_closed() -> None:
    with serving(silence) as server:
        began = time.monotonic()
        with pytest.raises(LlmFailed, match=r"did not answer within 0\.5 s"):
            access(server.base_url, 0.5).talk(lambda line: line.ask(QUESTION))
        assert time.monotonic() - began < 1.0
        time.sleep(0.3)
        assert [thread for thread in threading.enumerate() if thread.name == "llm"] == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_mistake_of_ours_is_a_failure_like_others() -> None:
    def wrong(_: Line) -> str:
        raise KeyError("ours")

    with pytest.raises(LlmFailed, match=BROKEN):
        access().talk(wrong)
    for thread in threading.enumerate():  # it shows its traceback while this test still runs
        if thread.name == "llm":
            thread.join()


def test_a_field_called_title_stays_and_the_title_of_a_schema_goes() -> None:
    schema = {"title": "A", "type": "object", "properties": {"title": {"title": "T", "default": 1}}}
    assert strict(schema, {}) == {
        "type": "object",
        "properties": {"title": {}},
        "required": ["title"],
    }
