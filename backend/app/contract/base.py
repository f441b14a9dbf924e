"""The base of all API models, and the error body."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A frozen model that rejects unknown fields."""

    # With any length limit, pydantic rejects incomplete surrogate pairs, which no database can
    # store.
    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=1_000_000)


class Problem(Shape):
    """An error: a stable code, what happened, and what to do."""

    code: str
    message: str
    hint: str = ""
    retryable: bool = False


class ProblemView(Shape):
    """The body of every error response."""

    error: Problem
