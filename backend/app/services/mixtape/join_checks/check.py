"""The step that listens to joins before the mix is rendered."""

from __future__ import annotations

from dataclasses import replace

from ....dj.joins.candidates import MATCHED
from ....dj.joins.choose import Choice
from ....dj.joins.explanations import named, story_of
from ....dj.joins.plan import MixPlan
from ....jobs.pipeline import StepContext
from ...tracks.decks import decks_of
from ..job import MixtapeJob
from ..planning.order import ordered_tracks
from ..planning.plan import plan_with, write_plan
from ..planning.stored_wishes import read_wishes
from ..reuse.mp3 import StoredJoinFigures, base_join_figures
from .checker import JoinChecker
from .faults import FaultLimits
from .figures import CHECKED_FIGURES
from .overlaps import deck_files


def check_joins(ctx: StepContext[MixtapeJob]) -> None:
    """Plan the mix, listen to its beat-matched joins, and replace those that fail.

    Joins that the user chose, and those of the base mix, are only reported.
    """
    job, resolved = ctx.job, read_wishes(ctx.workspace)
    if resolved is None:
        return
    decks = decks_of(job.store, ordered_tracks(job, ctx.workspace), whole=job.needs_analysis)
    checker = JoinChecker(
        deck_files(job),
        job.request.check_joins,
        job.workers,
        FaultLimits(),
        figures=dict(base_join_figures(ctx).by_key),
        progress=ctx.progress,
    )
    ctx.say("the joins")
    plan = checker.check(
        lambda trials: plan_with(job, decks, resolved, trials), decks, resolved.wishes
    )
    ctx.workspace.write_shape(CHECKED_FIGURES, StoredJoinFigures(by_key=checker.figures))
    write_plan(ctx, decks, replace(plan, notes=(*plan.notes, *_notes(plan, checker))))


def _notes(plan: MixPlan, checker: JoinChecker) -> list[str]:
    """Notes about joins that were replaced, and about chosen ones that fail."""
    notes = []
    for index, choice in enumerate(plan.choices):
        text = story_of(choice)
        if not text and choice.by in ("you", "earlier") and choice.candidate.kind in MATCHED:
            fault = checker.fault_of(index, choice)
            text = fault and f"{named(choice.candidate)}: {fault}"
        if text:
            notes.append(f"{_titles(choice)}: {text}.")
    return notes


def _titles(choice: Choice) -> str:
    return f"“{choice.pair.outgoing.title}” → “{choice.pair.incoming.title}”"
