"""What a person wants to know first of what was made, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..contract.mashups import MashupReport
from ..contract.mixes import ReportView, TimelineView
from ..contract.restyles import RestyledStemView, RestyleReport


def mix_told(out: Path) -> Iterator[str]:
    """How the tracks of a mix follow each other, and why so."""
    report = ReportView.model_validate_json((out / "report.json").read_text("utf-8"))
    timeline = TimelineView.model_validate_json((out / "timeline.json").read_text("utf-8"))
    titles = {clip.track_id: clip.title for clip in timeline.clips}
    for join in report.transitions:
        yield f"{titles[join.outgoing]} → {titles[join.incoming]}: {join.kind}. {join.reason}"
    swaps = sum(join.kind == "stem_swap" for join in report.transitions)
    if report.transitions:
        yield f"Stem swaps: {swaps} of {len(report.transitions)} joins"


def stems_told(_out: Path) -> Iterator[str]:
    """Nothing: the names of the files have been told."""
    yield from ()


def mashup_told(out: Path) -> Iterator[str]:
    """How long and how fast a mashup is, in which key, and how loud."""
    report = MashupReport.model_validate_json((out / "report.json").read_text("utf-8"))
    minutes, seconds = divmod(round(report.duration_s), 60)
    key = report.key or "no key found"
    yield (
        f"{minutes}:{seconds:02} min, {report.tempo_bpm:.1f} BPM, {key}, "
        f"{report.loudness_lufs:.1f} LUFS"
    )


def restyle_told(out: Path) -> Iterator[str]:
    """How far each stem that sounds play still has the rhythm and the pitch that it had."""
    report = RestyleReport.model_validate_json((out / "report.json").read_text("utf-8"))
    for stem in report.stems:
        if stem.sound_id is not None:
            yield f"{stem.stem} by {stem.sound_name}: {_figures(stem)}"


def _figures(stem: RestyledStemView) -> str:
    if stem.silent:
        return "the stem is silent"
    shares = {"onsets": stem.onset_agreement, "pitch": stem.pitch_agreement}
    kept = [f"{share:.0%} of the {name}" for name, share in shares.items() if share is not None]
    return f"{' and '.join(kept)} kept" if kept else "nothing in it to compare"
