"""Build the services of the listening room."""

from __future__ import annotations

from dataclasses import dataclass

from ..services.listening.rule_weights import RuleWeights
from ..services.listening.trials import ListeningTrials
from ..store.dj_rules import DjRulesStore
from ..store.listening_answers import ListeningAnswerStore
from .stores import Stores


@dataclass(frozen=True, slots=True)
class Listening:
    """Blind trials, and the rule weights fitted to their answers."""

    trials: ListeningTrials
    weights: RuleWeights


def build_listening(stores: Stores) -> Listening:
    """Build them over the same rows."""
    answers = ListeningAnswerStore(stores.database)
    trials = ListeningTrials(stores.jobs, stores.workspaces, answers)
    return Listening(trials, RuleWeights(answers, DjRulesStore(stores.database)))
