"""Render a plan's joins, listen to them, and plan again where one fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ....contract.dj import CheckJoins
from ....dj.deck import DeckTrack
from ....dj.joins.candidates import Candidate
from ....dj.joins.choose import Choice, JoinWish
from ....dj.joins.plan import MixPlan
from ....dj.joins.trials import Trial, Trials
from ....dj.timeline import Timeline
from ....render.measure.join_levels import measure_join_levels
from ....render.progress_pool import ProgressPool
from ..reuse.mp3 import JoinFigures
from .faults import FaultLimits, off_beat, trial_of
from .overlaps import DeckFiles, Overlap, measure_beats, overlaps_of, with_grid_figures
from .voices import voices_together_s

_MOST_TRIED = {"default": 2, "thorough": 3}
"""Candidates of a pair that are rendered at most. Beats that are apart rule out every join on the
beat, so that the next candidate is an echo, a fade or a gap."""

Planner = Callable[[Sequence[Trials]], MixPlan]
"""Plans the mix, given the joins of each pair that were rendered before."""


@dataclass(slots=True)
class JoinChecker:
    """Checks the joins of one mix.

    Attributes
    ----------
    files : what the clips play
    figures : measurements of overlaps by their key; known ones are not measured again
    progress : called with the share of joins that are checked
    """

    files: DeckFiles
    mode: CheckJoins
    workers: int
    limits: FaultLimits
    figures: dict[str, JoinFigures] = field(default_factory=dict)
    progress: Callable[[float], None] = lambda _: None
    _heard: dict[tuple[int, Candidate], Trial] = field(default_factory=dict)
    _rounds: int = 0

    def check(
        self, plan: Planner, decks: Sequence[DeckTrack], wishes: Sequence[JoinWish]
    ) -> MixPlan:
        """Plan until every join that may be replaced passes, or sounds best of those tried."""
        trials = [Trials() for _ in wishes]
        while True:
            found = plan(trials)
            self._listen(found, decks, trials)
            later = [
                self._next(index, choice, trials[index])
                for index, choice in enumerate(found.choices)
            ]
            if later == trials:
                return found
            trials = later

    def fault_of(self, index: int, choice: Choice) -> str:
        """What is wrong with a chosen join; empty if nothing is known to be."""
        trial = self._heard.get((index, choice.candidate))
        return trial.fault if trial else ""

    def _listen(self, plan: MixPlan, decks: Sequence[DeckTrack], trials: Sequence[Trials]) -> None:
        """Listen to the joins that were not heard yet, in parallel."""
        overlaps = overlaps_of(plan.timeline, decks)
        new = [
            index
            for index, choice in enumerate(plan.choices)
            if (index, choice.candidate) not in self._heard
            and (overlaps[index] or trials[index].tried)
        ]
        # How many joins will have to be replaced is not known: each round takes half of the rest.
        begin = 1.0 - 0.5**self._rounds
        self._rounds += 1
        share = (1.0 - begin) / 2.0

        def listen(index: int) -> Trial:
            trial = self._trial(plan.choices[index], plan.timeline, index, overlaps[index])
            pool.add(1)
            return trial

        with ProgressPool(self.workers, lambda done: self.progress(begin + share * done)) as pool:
            pool.plan(len(new))
            for index, found in [(index, pool.submit(listen, index)) for index in new]:
                self._heard[index, plan.choices[index].candidate] = found.result()

    def _trial(
        self, choice: Choice, timeline: Timeline, index: int, overlap: Overlap | None
    ) -> Trial:
        join = timeline.transitions[index]
        clips = timeline.clips[join.outgoing], timeline.clips[join.incoming]
        # Stems are separated after the plan is made: such a join is judged by its beats alone.
        needs_stems = any(clip.stem_faders for clip in clips)
        figures = self._figures(overlap, needs_stems=needs_stems) if overlap else None
        levels = None
        if join.kind != "gap" and not needs_stems and not (figures and off_beat(figures)):
            opened = self.files.open_track, self.files.open_stretched
            levels = measure_join_levels(clips, (join.start, join.end), *opened)
        return trial_of(choice, figures, levels, voices_together_s(choice, clips), self.limits)

    def _figures(self, overlap: Overlap, *, needs_stems: bool) -> JoinFigures:
        """Measure an overlap; only its beats if they are apart or it needs stems."""
        if needs_stems:
            return measure_beats(self.files, overlap.plain)
        found = self.figures.get(overlap.key)
        if found is None:
            found = measure_beats(self.files, overlap)
            if off_beat(found):
                return found
            found = with_grid_figures(self.files, overlap, found)
            self.figures[overlap.key] = found
        return found

    def _next(self, index: int, choice: Choice, before: Trials) -> Trials:
        """Add what was heard of a join, unless someone asked for it or it needs no second one."""
        trial = self._heard.get((index, choice.candidate))
        if trial is None or choice.by in ("you", "earlier") or before.settled:
            return before
        if self.mode == "default" and not trial.fault and not before.tried:
            return before
        tried = (*before.tried, trial)
        passes = self.mode == "default" and not trial.fault
        return Trials(tried, settled=passes or len(tried) >= _MOST_TRIED.get(self.mode, 1))
