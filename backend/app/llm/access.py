"""Which language model there is to ask, and one conversation with it that ends in time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from .failure import LlmFailed

if TYPE_CHECKING:
    from .line import Line

BROKEN = "asking the language model failed"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LlmAccess:
    """A model behind any server that speaks OpenAI's chat completions."""

    api_key: SecretStr
    base_url: str
    model: str
    timeout_s: float

    def line(self) -> Line:
        """A connection, open for ``timeout_s`` from now on; :class:`LlmFailed` if there is none."""
        from .line import Line  # a client of HTTP: needed only where a model is asked

        return Line(self.api_key, self.base_url, self.model, self.timeout_s)

    def talk(self, conversation: Callable[[Line], T]) -> T:
        """What comes of a conversation, if it ends in time.

        It is held by a daemon thread: one that a server keeps waiting is left behind, its
        connection closed.

        Raises
        ------
        LlmFailed
            If no answer came.
        """
        line = self.line()
        heard: queue.SimpleQueue[T | LlmFailed] = queue.SimpleQueue()

        def hold() -> None:
            outcome: T | LlmFailed = LlmFailed(BROKEN)  # by a mistake of ours, which is shown
            try:
                outcome = conversation(line)
            except LlmFailed as failed:
                outcome = failed
            finally:
                heard.put(outcome)

        try:
            threading.Thread(target=hold, name="llm", daemon=True).start()
            found = heard.get(timeout=max(0.0, line.left_s))
        except queue.Empty:
            raise line.too_late from None
        finally:
            line.close()
        if isinstance(found, LlmFailed):
            raise found
        return found


def llm_access(
    api_key: SecretStr | None, base_url: str, model: str, timeout_s: float
) -> LlmAccess | None:
    """The model that the settings name; None without a key."""
    if api_key is None or not (key := api_key.get_secret_value().strip()):
        return None
    return LlmAccess(SecretStr(key), base_url.strip(), model.strip(), timeout_s)
