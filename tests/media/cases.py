"""Hostile and odd files: each has an id, a maker, and its allowed verdicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .media_factory import MediaFactory

ACCEPT = "accept"
Maker = Callable[[MediaFactory], bytes]


@dataclass(frozen=True)
class Case:
    """A hostile or odd file; ``verdicts`` are rejection codes, or ``accept``.

    The first verdict is the usual one.
    """

    id: str
    make: Maker
    verdicts: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.id}-{self.make.__name__}"


class Cases(list[Case]):
    """A list that a decorator fills."""

    def add(self, case_id: str, *verdicts: str) -> Callable[[Maker], Maker]:
        def register(make: Maker) -> Maker:
            self.append(Case(case_id, make, verdicts))
            return make

        return register
