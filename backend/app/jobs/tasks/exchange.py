"""The child's side of the exchange with its supervisor: ask for tasks, wait for answers."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import BinaryIO

from ..messages import ANSWER, Answer, Message, TaskGiven, TaskWanted

# A thread that waits notices after this long that its step must end.
_TICK_S = 0.2


class Exchange:
    """Asks for tasks, and hands each answer to a thread that waits for one of that step.

    Any thread may ask.
    """

    def __init__(self, send: Callable[[Message], None], answers: BinaryIO) -> None:
        self.send = send
        self._answers = answers
        self._waiting: dict[str, SimpleQueue[Answer]] = {}
        self._lock = Lock()
        self._is_over = False

    def start(self) -> Thread:
        """Read answers in a thread of its own, until the supervisor closes the pipe; close it."""
        thread = Thread(target=self._read, name="answers", daemon=True)
        thread.start()
        return thread

    def want(self, step: str, check: Callable[[], None]) -> TaskGiven | None:
        """Ask for a task of the step; None if all are done. ``check`` may raise while it waits."""
        answers = self._of(step)
        self.send(TaskWanted(step))
        while True:
            try:
                answer = answers.get(timeout=_TICK_S)
            except Empty:
                if self._is_over:
                    return None
                check()
            else:
                return answer if isinstance(answer, TaskGiven) else None

    def _of(self, step: str) -> SimpleQueue[Answer]:
        with self._lock:
            return self._waiting.setdefault(step, SimpleQueue())

    def _read(self) -> None:
        with self._answers:
            for line in self._answers:
                answer = ANSWER.validate_json(line)
                self._of(answer.step).put(answer)
        self._is_over = True
