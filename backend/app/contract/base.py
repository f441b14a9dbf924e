"""What every shape of the contract has in common, and how an error looks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A frozen message; a field it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Shape):
    """What went wrong: a stable code, what happened, what to do."""

    code: str
    message: str
    hint: str = ""
    retryable: bool = False


class ProblemView(Shape):
    """The body of every error answer."""

    error: Problem
