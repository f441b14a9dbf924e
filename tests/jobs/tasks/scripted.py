"""A supervisor for tests that gives a child its own tasks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from threading import Lock
from typing import TypeVar

from backend.app.jobs.messages import (
    ANSWER,
    Answer,
    Message,
    TaskGiven,
    TasksOver,
    TasksPlanned,
    TaskWanted,
)
from backend.app.jobs.tasks.exchange import Exchange

MessageT = TypeVar("MessageT", bound=Message)


class Supervisor:
    """Answers each request with the next task of the plan, then that there are no more."""

    def __init__(self, given: Sequence[str] | None = None) -> None:
        self.sent: list[Message] = []
        self._given = {} if given is None else {"": list(given)}
        self._lock = Lock()
        reader, self._answers = os.pipe()
        self.exchange = Exchange(self.take, os.fdopen(reader, "rb"))
        self._reader = self.exchange.start()

    def take(self, message: Message) -> None:
        with self._lock:
            self.sent.append(message)
            if isinstance(message, TasksPlanned):
                self._given[message.step] = [task.key for task in message.tasks]
            if isinstance(message, TaskWanted):
                self._answer(message.step)

    def _answer(self, step: str) -> None:
        answer: Answer = TasksOver(step)
        if left := self._given.get(step, self._given.get("")):
            answer = TaskGiven(step, left.pop(0), 0.0, 0.5)
        os.write(self._answers, ANSWER.dump_json(answer) + b"\n")

    def close(self) -> None:
        os.close(self._answers)
        self._reader.join()

    def of(self, kind: type[MessageT]) -> list[MessageT]:
        return [message for message in self.sent if isinstance(message, kind)]
