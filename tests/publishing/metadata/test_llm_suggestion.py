"""A language model's suggestion, shortened to limits, without a server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from backend.app.llm.access import LlmAccess
from backend.app.llm.question import Question
from backend.app.llm.reply import Reply
from backend.app.publishing.metadata.llm_prompt import metadata_question
from backend.app.publishing.metadata.llm_writer import Suggestion, fitting_tags, suggest_metadata

from .test_llm_writer import FACTS, good


class ScriptedModel:
    """A model that gives one reply, without a server."""

    def __init__(self, text: str) -> None:
        self._text = text

    def run_conversation(self, conversation: Callable[[ScriptedModel], Suggestion]) -> Suggestion:
        return conversation(self)

    def ask(self, _question: Question) -> Reply:
        return Reply(self._text)


def suggested(**change: object) -> Suggestion:
    model = cast(LlmAccess, ScriptedModel(good(**change)))
    return suggest_metadata(model, FACTS, "en", title_chars=100, tags_chars=485)


NIGHT = "A night of slow and deep house. "


@pytest.mark.parametrize(("n_sentences", "kept"), [(6, 6), (7, 6)])
def test_hook_is_cut_after_the_last_whole_sentence_within_200_characters(
    n_sentences: int, kept: int
) -> None:
    intro = suggested(hook=NIGHT * n_sentences, body="").intro
    assert intro == (NIGHT * kept).strip()


@pytest.mark.parametrize(("n_sentences", "kept"), [(46, 46), (48, 46)])
def test_body_is_cut_after_the_last_whole_sentence_within_1500_characters(
    n_sentences: int, kept: int
) -> None:
    assert suggested(hook="", body=NIGHT * n_sentences).intro == (NIGHT * kept).strip()


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("A long night. By Carl Cox.", "1 sentence by the language model left out"),
        ("A long night. By Carl Cox. With Nina Kraviz.", "2 sentences by the language model left"),
    ],
)
def test_sentences_left_out_are_counted(body: str, note: str) -> None:
    assert suggested(body=body).notes[-1].startswith(note)


def test_longest_tags_have_60_characters() -> None:
    fits, long = "house " * 9 + "techno", "house " * 9 + "techno2"
    assert fitting_tags([fits, long], 485) == (fits,)


def test_tags_skip_what_does_not_fit_and_keep_at_most_50() -> None:
    assert fitting_tags(["a" * 8, "b" * 5, "c"], 10) == ("a" * 8, "c")
    many = [chr(0x4E00 + n) for n in range(60)]
    assert fitting_tags(many, 485) == tuple(many[:50])


def test_names_in_the_prompt_are_one_line_of_at_most_120_characters() -> None:
    title = "Two\nlines\x00of " + "words " * 40
    facts = replace(FACTS, title=title, duration_s=929.0)
    data = json.loads(metadata_question(facts, "en", title_chars=100).data)
    assert data["title"].startswith("Two lines of words")
    assert len(data["title"]) <= 120
    assert data["minutes"] == 15


def test_longest_hashtags_have_60_characters() -> None:
    fits, long = "house " * 11 + "deep", "house " * 12
    assert suggested(hashtags=[fits, long]).hashtags == (f"#{fits.replace(' ', '')}",)


def test_list_that_was_cut_off_is_ignored() -> None:
    beginning = good().partition("mixtape")[0]
    model = cast(LlmAccess, ScriptedModel(beginning))
    found = suggest_metadata(model, FACTS, "en", title_chars=100, tags_chars=485)
    assert (found.title, found.hashtags) == ("Night drive, a slow burner", ())
