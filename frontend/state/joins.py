"""The joins of a finished mix, with their reports and the analyses of their tracks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from backend.app.contract.analysis import Harmony, TrackAnalysis
from backend.app.contract.dj import TransitionReport
from backend.app.contract.mixes import ClipView, ReportView, TimelineView, TransitionView


@dataclass(frozen=True, slots=True)
class Join:
    """One join of a mix; ``report`` and the analyses are None if unknown."""

    index: int
    view: TransitionView
    report: TransitionReport | None
    outgoing: ClipView
    incoming: ClipView
    outgoing_analysis: TrackAnalysis | None
    incoming_analysis: TrackAnalysis | None

    @property
    def pair(self) -> tuple[str, str]:
        """The ids of the join's two tracks."""
        return self.outgoing.track_id, self.incoming.track_id

    @property
    def names(self) -> str:
        """The titles of the join's two tracks."""
        return f"{self.outgoing.title or 'Untitled'} → {self.incoming.title or 'Untitled'}"

    @property
    def harmonies(self) -> tuple[Harmony | None, Harmony | None]:
        """The keys of both tracks in the join, if known."""
        out, into, end_s = self.outgoing_analysis, self.incoming_analysis, self.view.end_s
        left_s = self.left_at_s, source_at(self.outgoing, end_s)
        entered_s = self.entered_at_s, source_at(self.incoming, end_s)
        return (
            out.harmony.between(*left_s) if out else None,
            into.harmony.between(*entered_s) if into else None,
        )

    @property
    def left_at_s(self) -> float:
        """The second of the outgoing track at which the join begins."""
        return source_at(self.outgoing, self.view.start_s)

    @property
    def entered_at_s(self) -> float:
        """The second of the incoming track at which it starts to play."""
        return self.incoming.source_start_s


def joins_of(
    timeline: TimelineView, report: ReportView | None, analyses: Mapping[str, TrackAnalysis]
) -> list[Join]:
    """List all joins of a mix in order."""
    measured = report.transitions if report else []
    reports = measured if len(measured) == len(timeline.transitions) else []
    return [
        Join(
            index=index,
            view=view,
            report=reports[index] if reports else None,
            outgoing=(outgoing := timeline.clips[view.outgoing]),
            incoming=(incoming := timeline.clips[view.incoming]),
            outgoing_analysis=analyses.get(outgoing.track_id),
            incoming_analysis=analyses.get(incoming.track_id),
        )
        for index, view in enumerate(timeline.transitions)
    ]


def source_at(clip: ClipView, mix_s: float) -> float:
    """Convert a second of the mix to the second of the track that plays then."""
    for (source, mix), (next_source, next_mix) in pairwise(clip.warp):
        if mix <= mix_s <= next_mix and next_mix > mix:
            return source + (next_source - source) * (mix_s - mix) / (next_mix - mix)
    source, mix = clip.warp[0 if mix_s < clip.warp[0][1] else -1]
    return source + mix_s - mix
