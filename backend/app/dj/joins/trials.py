"""Candidates that were rendered and listened to, and what that means for the choice."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract.dj import TransitionKind
from .candidates import MATCHED, Candidate

ON_THE_BEAT: frozenset[TransitionKind] = MATCHED | {"cut"}
"""Kinds that sound wrong if a grid is: a cut half a beat off stumbles."""
SAFEST: frozenset[TransitionKind] = frozenset({"fade", "gap"})
"""Kinds that may be chosen without listening to them, once the others tried have failed."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate that was rendered.

    Attributes
    ----------
    fault : what is wrong with its sound; empty if nothing is
    severity : penalty of the scoring rules and of its sound
    off_beat : whether its beats are not together in the sound
    """

    candidate: Candidate
    fault: str
    severity: float
    off_beat: bool = False


@dataclass(frozen=True, slots=True)
class Trials:
    """The candidates of one pair that were rendered, in order.

    Once ``settled``, the best one is chosen again, or one of the safest kinds.
    """

    tried: tuple[Trial, ...] = ()
    settled: bool = False

    @property
    def best(self) -> Trial | None:
        """The trial with the least penalty; of equals the first."""
        usable = [trial for trial in self.tried if self._is_on_beat(trial.candidate)]
        return min(usable, key=lambda trial: trial.severity, default=None)

    def allow(self, candidate: Candidate) -> bool:
        """Whether a candidate may be chosen after these trials."""
        if not self._is_on_beat(candidate):
            return False
        if all(trial.candidate != candidate for trial in self.tried):
            return not self.settled or candidate.kind in SAFEST
        return self.settled and self.best is not None and self.best.candidate == candidate

    def penalty_of(self, candidate: Candidate, planned: float) -> float:
        """The penalty of a candidate with what was heard of it; ``planned`` if it was not tried."""
        heard = (trial.severity for trial in self.tried if trial.candidate == candidate)
        return next(heard, planned)

    def fault_of(self, kind: TransitionKind) -> str:
        """What was wrong with the first candidate of a kind; empty if none was tried."""
        faults = [one.fault for one in self.tried if one.candidate.kind == kind]
        if not faults and kind in ON_THE_BEAT:
            faults = [one.fault for one in self.tried if one.off_beat]
        return faults[0] if faults else ""

    def _is_on_beat(self, candidate: Candidate) -> bool:
        off_beat = any(trial.off_beat for trial in self.tried)
        return not off_beat or candidate.kind not in ON_THE_BEAT


NO_TRIALS = Trials()
