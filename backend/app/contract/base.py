"""What every shape of the contract has in common, and how an error looks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A frozen message; a field it does not know is an error."""

    # A limit on text, even a wide one, makes pydantic refuse halves of surrogate pairs: JSON can
    # write them, and no database can store them.
    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=1_000_000)


class Problem(Shape):
    """What went wrong: a stable code, what happened, what to do."""

    code: str
    message: str
    hint: str = ""
    retryable: bool = False


class ProblemView(Shape):
    """The body of every error answer."""

    error: Problem
