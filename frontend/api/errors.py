"""API errors as exceptions, with a message and a hint for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class ApiError(Exception):
    """The API refused a call or did not answer; ``message`` and ``hint`` are shown to people."""

    def __init__(self, code: str, message: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.retryable = retryable


def found(call: Callable[[], Value]) -> Value | None:
    """Return what ``call`` fetches, or None if the API answers ``not_found``."""
    try:
        return call()
    except ApiError as error:
        if error.code != "not_found":
            raise
        return None


def attempt(call: Callable[[], Value]) -> Value | ApiError:
    """Return what ``call`` fetches, or the API's error; raise if the session has expired."""
    try:
        return call()
    except ApiError as error:
        if error.code == "not_signed_in":
            raise
        return error
