"""A language model that answers the first question by a script and the second by a rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import cast

from backend.app.llm.access import LlmAccess
from backend.app.llm.failure import LlmFailed
from backend.app.llm.question import Question
from backend.app.llm.reply import Reply
from backend.app.publishing.metadata.llm.writer import Suggestion
from tests.llm.server import Act, Answer, Handler, completion


def removing(texts: Iterable[str], numbered: dict[str, str], why: str = "call") -> str:
    """The second answer that removes these texts of the numbered ones."""
    gone = set(texts)
    found = [{"number": int(n), "why": why} for n, text in numbered.items() if text in gone]
    return json.dumps({"remove": found})


def writes(draft: str) -> Act:
    """Answer the first question with a draft; remove nothing from it."""

    def act(handler: Handler, request: Answer) -> None:
        asked = request["response_format"]["json_schema"]["name"]
        handler.send(200, completion(draft if asked == "words" else '{"remove": []}'))

    return act


class StandInModel:
    """Answers without a server; ``bad`` are the texts that the second answer removes."""

    def __init__(self, *drafts: str, bad: Iterable[str] = ()) -> None:
        self._drafts = list(drafts)
        self._bad = set(bad)
        self.questions: list[Question] = []

    @property
    def access(self) -> LlmAccess:
        return cast(LlmAccess, self)

    def run_conversation(self, conversation: Callable[[StandInModel], Suggestion]) -> Suggestion:
        return conversation(self)

    def ask(self, question: Question) -> Reply:
        self.questions.append(question)
        if question.schema_name == "check":
            return Reply(removing(self._bad, json.loads(question.data)))
        if not self._drafts:
            raise LlmFailed("asked too often")
        return Reply(self._drafts.pop(0))
