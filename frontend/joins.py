"""The joins of a finished mix, each with all that is known of it in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from backend.app.contract.analysis import Harmony, TrackAnalysis
from backend.app.contract.dj import PairChoice, TransitionReport
from backend.app.contract.mixes import ClipView, ReportView, TimelineView, TransitionView

from . import dj_words
from .words import clock


@dataclass(frozen=True, slots=True)
class Join:
    """One join; ``report`` is None where nothing was measured, an analysis where none is held."""

    index: int
    view: TransitionView
    report: TransitionReport | None
    outgoing: ClipView
    incoming: ClipView
    heard_outgoing: TrackAnalysis | None
    heard_incoming: TrackAnalysis | None

    @property
    def pair(self) -> tuple[str, str]:
        """The ids of the two tracks."""
        return self.outgoing.track_id, self.incoming.track_id

    @property
    def names(self) -> str:
        """The two titles."""
        return f"{self.outgoing.title or 'Untitled'} → {self.incoming.title or 'Untitled'}"

    @property
    def harmonies(self) -> tuple[Harmony | None, Harmony | None]:
        """Both keys, as far as they are known."""
        out, into = self.heard_outgoing, self.heard_incoming
        return out.harmony if out else None, into.harmony if into else None

    @property
    def left_at_s(self) -> float:
        """Where in the outgoing track the join begins."""
        return source_at(self.outgoing, self.view.start_s)

    @property
    def entered_at_s(self) -> float:
        """Where in the incoming track the mix enters."""
        return self.incoming.source_start_s


def joins_of(
    timeline: TimelineView, report: ReportView | None, heard: Mapping[str, TrackAnalysis]
) -> list[Join]:
    """Every join in order."""
    measured = report.transitions if report else []
    reports = measured if len(measured) == len(timeline.transitions) else []
    return [
        Join(
            index=index,
            view=view,
            report=reports[index] if reports else None,
            outgoing=(outgoing := timeline.clips[view.outgoing]),
            incoming=(incoming := timeline.clips[view.incoming]),
            heard_outgoing=heard.get(outgoing.track_id),
            heard_incoming=heard.get(incoming.track_id),
        )
        for index, view in enumerate(timeline.transitions)
    ]


def source_at(clip: ClipView, mix_s: float) -> float:
    """The second of the track that sounds at a second of the mix."""
    for (source, mix), (next_source, next_mix) in pairwise(clip.warp):
        if mix <= mix_s <= next_mix and next_mix > mix:
            return source + (next_source - source) * (mix_s - mix) / (next_mix - mix)
    source, mix = clip.warp[0 if mix_s < clip.warp[0][1] else -1]
    return source + mix_s - mix


def figures(join: Join) -> list[tuple[str, str]]:
    """What a DJ looks at first, label by label."""
    report = join.report
    if report is None:
        return []
    tempo = report.tempo_change_percent
    return [
        ("Tempo", "—" if tempo is None else dj_words.percent(tempo)),
        ("Keys", dj_words.keys(*join.harmonies, report)),
        ("Beats", dj_words.beats(report)),
        ("Level", dj_words.step(report)),
        ("On the phrase", dj_words.phrase(report)),
    ]


def more_figures(report: TransitionReport) -> list[tuple[str, str]]:
    """What was measured besides; what has no meaning for this kind of join is left out."""
    left, entered = report.trimmed_s
    said = [
        ("Both basses", _share(report.bass_both_share)),
        ("Both voices", _seconds(report.vocal_overlap_s)),
        ("Beats, worst 5 %", _millis(report.beat_error_p95_ms)),
        ("True peak", _level(report.true_peak_dbtp)),
        ("Left out", f"{left:.0f} s of the end, {entered:.0f} s of the beginning"),
        ("Laid over it", report.overlay),
        ("Proposed by", dj_words.PROPOSERS[report.proposed_by]),
    ]
    return [(label, value) for label, value in said if value]


def _share(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.0f} % of the time"


def _seconds(seconds: float | None) -> str | None:
    return None if seconds is None else f"{seconds:.1f} s"


def _millis(millis: float | None) -> str | None:
    return None if millis is None else f"{millis:.0f} ms apart"


def _level(dbtp: float | None) -> str | None:
    return None if dbtp is None else f"{dbtp:.1f} dBTP".replace("-", "−")


def choice_said(choice: PairChoice) -> str:
    """A wish for a join, in words."""
    parts = [
        dj_words.kind(choice.kind).lower() if choice.kind else "",
        dj_words.bars(choice.bars) if choice.bars is not None else "",
        f"leave at {_exact(choice.out_at_s)}" if choice.out_at_s is not None else "",
        f"come in at {_exact(choice.in_at_s)}" if choice.in_at_s is not None else "",
    ]
    return ", ".join(part for part in parts if part) or "as Segue likes"


def _exact(seconds: float) -> str:
    return f"{clock(seconds)}.{int(seconds * 10) % 10}"
