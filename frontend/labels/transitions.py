"""Text for transitions: kinds, figures, and changes that a user asked for."""

from __future__ import annotations

from backend.app.contract.analysis import Harmony
from backend.app.contract.dj import (
    BEATS_COHERENT,
    BEATS_TOGETHER_MS,
    BEATS_WEAK,
    PairChoice,
    TransitionReport,
)

from . import dj, tempo_and_key
from .figures import clock_tenths, counted, minus, percent

KINDS = {
    "blend": "Blend",
    "stem_swap": "Stem swap",
    "sweep": "Filter sweep",
    "echo": "Echo out",
    "cut": "Cut",
    "fade": "Fade",
    "gap": "Gap",
    "crossfade": "Crossfade",
}
KIND_HELP = {
    "blend": "Beats matched; the bass lines swap halfway.",
    "stem_swap": "One track's vocals over the other's drums and bass, one singer at a time.",
    "sweep": "Beats matched; a high-pass filter thins out the outgoing track.",
    "echo": "The outgoing track stops and echoes on while the next one begins.",
    "cut": "From one track to the next, on the first beat of a bar.",
    "fade": "One fades out while the other fades in; beats are not matched.",
    "gap": "One ends, then the next begins.",
}
PROPOSERS = {
    "rules": "rules",
    "llm": "language model",
    "you": "you",
    "earlier": "previous version of this mix",
}


def kind(name: str) -> str:
    """Name a kind of transition."""
    return KINDS.get(name, name.replace("_", " ").capitalize())


def main_figures(
    report: TransitionReport, outgoing: Harmony | None, incoming: Harmony | None
) -> list[tuple[str, str]]:
    """List the figures that a DJ checks first, each with its label."""
    tempo = report.tempo_change_percent
    return [
        ("Tempo", "—" if tempo is None else dj.tempo_change(tempo)),
        ("Keys", _keys(report, outgoing, incoming)),
        ("Phrases", {True: "aligned", False: "not aligned", None: "—"}[report.on_phrase]),
    ]


def more_figures(report: TransitionReport) -> list[tuple[str, str]]:
    """List further figures of a transition, without those that its kind doesn't have."""
    left, entered = report.trimmed_s
    bass, voices = report.bass_both_share, report.vocal_overlap_s
    peak = report.true_peak_dbtp
    p95 = report.beat_error_p95_ms if _confirmed(report) else None
    figures = [
        ("Beats", _beats(report)),
        ("Level across it", _level_step(report.loudness_step_lu)),
        ("Both bass lines", None if bass is None else f"{percent(bass)} of the time"),
        ("Both vocals", None if voices is None else f"{voices:.1f} s"),
        ("Beats, worst 5 %", None if p95 is None else f"{p95:.0f} ms apart"),
        ("True peak", None if peak is None else minus(f"{peak:.1f} dBTP")),
        ("Skipped", f"{left:.0f} s of the outro, {entered:.0f} s of the intro"),
        ("Sound on top", report.overlay),
        ("Proposed by", PROPOSERS[report.proposed_by]),
    ]
    return [(label, value) for label, value in figures if value]


def choice(wish: PairChoice) -> str:
    """Describe a user's changes of one transition in one line."""
    parts = [
        kind(wish.kind).lower() if wish.kind else "",
        counted(wish.bars, "bar") if wish.bars is not None else "",
        f"leave at {clock_tenths(wish.out_at_s)}" if wish.out_at_s is not None else "",
        f"come in at {clock_tenths(wish.in_at_s)}" if wish.in_at_s is not None else "",
    ]
    return ", ".join(part for part in parts if part) or "chosen by Segue"


def _keys(report: TransitionReport, outgoing: Harmony | None, incoming: Harmony | None) -> str:
    pair = f"{tempo_and_key.code(outgoing)} → {tempo_and_key.code(incoming)}"
    if not report.pitch_semitones:
        return pair
    return minus(f"{pair} ({report.pitch_semitones:+d} st)")


def _beats(report: TransitionReport) -> str | None:
    """Format the distance between the two tracks' beats: as in the sound, or else as planned.

    Figures that were measured near the planned beats are only shown if the sound agrees.
    """
    apart_ms = abs(report.beats_apart_ms or 0.0)
    if not _confirmed(report):
        if apart_ms <= BEATS_TOGETHER_MS or (report.beats_coherence or 0.0) < BEATS_COHERENT:
            return "unclear in the sound"
        if abs(report.beats_drift_ms or 0.0) > BEATS_TOGETHER_MS:
            return f"drift up to {apart_ms:.0f} ms apart in the sound"
        return f"{apart_ms:.0f} ms apart in the sound"
    measured = report.beat_error_ms
    error = report.planned_beat_error_ms if measured is None else measured
    return None if error is None else f"{error:.0f} ms apart"


def _confirmed(report: TransitionReport) -> bool:
    """Whether the sound has the beats where the grids have them; True if it wasn't measured."""
    if report.beats_apart_ms is None:
        return True
    together = abs(report.beats_apart_ms) <= BEATS_TOGETHER_MS
    return together and (report.beats_coherence or 0.0) >= BEATS_WEAK


def _level_step(step_lu: float | None) -> str | None:
    return None if step_lu is None else minus(f"{step_lu:+.1f} LU")
