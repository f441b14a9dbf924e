"""What a scoring rule judges, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...contract.dj import DjRules
from .candidates import Candidate
from .figures.facts import Facts


@dataclass(frozen=True)
class Case:
    """A join candidate, its figures, and the DJ rules."""

    candidate: Candidate
    facts: Facts
    rules: DjRules


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's result: a penalty of 0 or more, or a veto, with its reason.

    A ``binding`` veto holds even against a user's request.
    """

    penalty: float = 0.0
    veto: bool = False
    reason: str = ""
    binding: bool = False


FINE = Verdict()

Rule = Callable[[Case], Verdict]
