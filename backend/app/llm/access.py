"""Access to a language model: address, key, and conversations with a time limit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from .failure import LlmFailed

if TYPE_CHECKING:
    from .connection import LlmConnection

UNEXPECTED_FAILURE = "asking the language model failed"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LlmAccess:
    """A language model behind any server with OpenAI's chat completions API."""

    api_key: SecretStr
    base_url: str
    model: str
    timeout_s: float

    def connect(self) -> LlmConnection:
        """Open a connection for ``timeout_s``; raises :class:`LlmFailed` for a bad address."""
        from .connection import LlmConnection  # loads an HTTP client, needed only with a model

        return LlmConnection(self.api_key, self.base_url, self.model, self.timeout_s)

    def run_conversation(self, conversation: Callable[[LlmConnection], T]) -> T:
        """Run a conversation in a daemon thread and return its result.

        At the time limit the connection is closed, the thread is abandoned, and ``LlmFailed`` is
        raised.
        """
        connection = self.connect()
        results: queue.SimpleQueue[T | LlmFailed] = queue.SimpleQueue()

        def run() -> None:
            # for a bug, which the thread reports
            result: T | LlmFailed = LlmFailed(UNEXPECTED_FAILURE)
            try:
                result = conversation(connection)
            except LlmFailed as failed:
                result = failed
            finally:
                results.put(result)

        try:
            threading.Thread(target=run, name="llm", daemon=True).start()
            result = results.get(timeout=max(0.0, connection.left_s))
        except queue.Empty:
            raise connection.too_late from None
        finally:
            connection.close()
        if isinstance(result, LlmFailed):
            raise result
        return result


def llm_access(
    api_key: SecretStr | None, base_url: str, model: str, timeout_s: float
) -> LlmAccess | None:
    """The configured model; None if there is no key."""
    if api_key is None or not (key := api_key.get_secret_value().strip()):
        return None
    return LlmAccess(SecretStr(key), base_url.strip(), model.strip(), timeout_s)
