"""API errors as exceptions with a message and a hint for users."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class ApiError(Exception):
    """The API refused a call, or did not answer.

    ``message`` and ``hint`` are shown to users.
    """

    def __init__(self, code: str, message: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.retryable = retryable


def found(call: Callable[[], Value]) -> Value | None:
    """Return the result of ``call``, or None if the API answers ``not_found``."""
    try:
        return call()
    except ApiError as error:
        if error.code != "not_found":
            raise
        return None


def attempt(call: Callable[[], Value]) -> Value | ApiError:
    """Return the result of ``call``, or the API's error.

    An expired session is raised, not returned.
    """
    try:
        return call()
    except ApiError as error:
        if error.code == "not_signed_in":
            raise
        return error
