"""JSON in a language model's replies."""

from __future__ import annotations

import pytest

from backend.app.llm.reply import CUT_OFF, NO_JSON, NOTHING, Reply

ANSWER = {"a": [1, 2]}
TEXT = '{"a": [1, 2]}'


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f" {TEXT}\n",
        f"```json\n{TEXT}\n```",
        f"```\n{TEXT}\n```\nEnjoy {{it}}!",
        f"Here you are: {TEXT} Bye.",
        f"<think>{{not this}}</think>{TEXT}",
        f"<think>a</think> {{no}} <think>b</think>{TEXT}",
    ],
)
def test_json_is_found_among_other_text(text: str) -> None:
    assert next(Reply(text).json()) == ANSWER


def test_fenced_json_comes_before_what_is_between_braces() -> None:
    assert list(Reply(f"```json\n{TEXT}\n```").json()) == [ANSWER, ANSWER]
    assert list(Reply('```json\n[1]\n```\n{"b": 2}').json()) == [[1], {"b": 2}]


def test_prose_has_no_json() -> None:
    assert list(Reply("Gladly!").json()) == []


@pytest.mark.parametrize(
    ("text", "cut_off", "why"),
    [("Gladly!", False, NO_JSON), (" \n", False, NOTHING), ("Gla", True, CUT_OFF)],
)
def test_unusable_reply_has_a_reason(text: str, cut_off: bool, why: str) -> None:
    assert Reply(text, cut_off=cut_off).unusable == why


def test_beginning_of_a_cut_off_answer_is_read() -> None:
    assert Reply('Well: {"a": "x", "b": ["y", "z').beginning() == {"a": "x", "b": ["y"]}
    assert Reply("Well").beginning() is None
