"""Summaries of finished jobs, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..contract.mashups import MashupReport
from ..contract.mixes import ReportView, TimelineView
from ..contract.restyles import RestyledStemView, RestyleReport
from ..jobs.workspace import Workspace
from ..services.files.names import REPORT, TIMELINE


def summarise_mix(out: Path) -> Iterator[str]:
    """List each join of a mix with its reason, and the number of stem swaps."""
    joins = Workspace(out).read_shape(REPORT, ReportView).transitions
    clips = Workspace(out).read_shape(TIMELINE, TimelineView).clips
    titles = {clip.track_id: clip.title for clip in clips}
    for join in joins:
        yield f"{titles[join.outgoing]} → {titles[join.incoming]}: {join.kind}. {join.reason}"
    if joins:
        swaps = sum(join.kind == "stem_swap" for join in joins)
        yield f"Stem swaps: {swaps} of {len(joins)} joins"


def summarise_mashup(out: Path) -> Iterator[str]:
    """Summarise a mashup's length, tempo, key and loudness."""
    report = Workspace(out).read_shape(REPORT, MashupReport)
    minutes, seconds = divmod(round(report.duration_s), 60)
    key = report.key or "no key found"
    yield (
        f"{minutes}:{seconds:02} min, {report.tempo_bpm:.1f} BPM, {key}, "
        f"{report.loudness_lufs:.1f} LUFS"
    )


def summarise_restyle(out: Path) -> Iterator[str]:
    """Say how much of its rhythm and pitch each restyled stem keeps."""
    for stem in Workspace(out).read_shape(REPORT, RestyleReport).stems:
        if stem.sound_id is not None:
            yield f"{stem.stem} by {stem.sound_name}: {_agreement(stem)}"


def _agreement(stem: RestyledStemView) -> str:
    if stem.silent:
        return "the stem is silent"
    shares = {"onsets": stem.onset_agreement, "pitch": stem.pitch_agreement}
    known = [f"{share:.0%} of the {name}" for name, share in shares.items() if share is not None]
    return f"{' and '.join(known)} kept" if known else "nothing to compare"
