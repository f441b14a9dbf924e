"""What users keep for the descriptions of their mixes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from .base import Shape


class DescriptionLines(Shape):
    """A user's own lines under the tracklist.

    ``links`` are several lines. ``support`` says how to support the user; ``licence`` is the mix's.
    """

    links: Annotated[str, StringConstraints(strip_whitespace=True, max_length=800)] = ""
    support: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    licence: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class KeptTemplate(Shape):
    """A description template that a user keeps, under a name."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    template: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


class KeptDescription(Shape):
    """What a user keeps for the descriptions of all mixes."""

    lines: DescriptionLines = DescriptionLines()
    templates: list[KeptTemplate] = Field(default=[], max_length=5)
