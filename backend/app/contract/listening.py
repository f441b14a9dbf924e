"""Blind listening trials: two versions of a join, and which one a listener prefers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from .base import Shape
from .dj import DjRulesView, TransitionKind
from .jobs import JobStatus

Better = Literal["a", "b", "same"]
ListeningReason = Literal["beat", "level", "key", "moment"]
"""beat: rhythm; level: loudness; key: harmony; moment: where the tracks are left and entered."""


def _without_repeats(reasons: list[ListeningReason]) -> list[ListeningReason]:
    return list(dict.fromkeys(reasons))


Because = Annotated[list[ListeningReason], Field(max_length=4), AfterValidator(_without_repeats)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
VersionOrigin = Literal["mix", "other", "first_choice", "second_choice"]
"""mix: as in the mix; other: the best candidate of another kind or length; else as requested."""


class ListeningVersion(Shape):
    """One version of a join. ``penalties`` are those of the scoring rules, by name, unweighted.

    ``gain_db`` was applied to the whole version, so that both are equally loud: ``lufs`` is the
    integrated loudness after it.
    """

    origin: VersionOrigin
    kind: TransitionKind
    bars: int
    out_at_s: float
    in_at_s: float
    overlap_s: float
    pitch_semitones: int
    tempo_change_percent: float | None
    key_distance: int | None
    vocal_overlap_s: float
    loudness_step_lu: float
    trimmed_s: tuple[float, float]
    penalties: dict[str, float]
    gain_db: float = 0.0
    lufs: float | None = None


class ListeningAnswer(Shape):
    """A listener's answer, given before the listener knows what the versions are."""

    better: Better
    because: Because = []
    note: Note = ""


class AnsweredTrial(Shape):
    """An answered trial. ``job_id`` is the mixtape, which may be deleted since."""

    id: str
    job_id: str
    transition: int
    outgoing: str
    incoming: str
    a: ListeningVersion
    b: ListeningVersion
    answer: ListeningAnswer
    answered_at: datetime


class ListeningTrial(Shape):
    """A trial: ``a.mp3`` and ``b.mp3`` are artifacts of the job with the trial's id.

    Both last ``duration_s``, once they are rendered. What they are is only shown with the answer,
    in ``answered``.
    """

    id: str
    job_id: str
    transition: int
    title: str
    status: JobStatus
    duration_s: float | None = None
    answered: AnsweredTrial | None = None


class ListeningAnswers(Shape):
    """A page of answered trials, newest first; ``more`` means that there are older ones."""

    answers: list[AnsweredTrial]
    more: bool = False


class RuleWeightView(Shape):
    """The weight of a scoring rule: now, and as fitted to the answers."""

    rule: str
    now: float
    fitted: float


class WeightFitView(Shape):
    """Weights fitted to all answers; ``usable`` if there are enough and they predict better.

    Better than the current weights and than a coin, by two standard errors each.

    ``explained_before`` and ``explained_after`` count the decided answers that the current and the
    fitted weights predict, each fitted without that answer. ``can_undo``: the weights were changed
    before.
    """

    rules: DjRulesView
    weights: list[RuleWeightView]
    n_answers: int
    n_listeners: int
    n_decided: int
    least_answers: int
    explained_before: int
    explained_after: int
    usable: bool
    can_undo: bool
