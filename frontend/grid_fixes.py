"""Steps by which a person puts a track's grid right, each on top of what was put right before."""

from __future__ import annotations

from backend.app.contract.analysis import GridFix, TrackAnalysis

UNTOUCHED = GridFix()


def fix_of(analysis: TrackAnalysis) -> GridFix:
    """What was put right so far."""
    return analysis.manual or UNTOUCHED


def doubled(analysis: TrackAnalysis) -> GridFix:
    """Twice as many beats."""
    return _scaled(analysis, "double", undone="half", factor=2.0)


def halved(analysis: TrackAnalysis) -> GridFix:
    """Every other beat."""
    return _scaled(analysis, "half", undone="double", factor=0.5)


def _scaled(analysis: TrackAnalysis, way: str, *, undone: str, factor: float) -> GridFix:
    """``tempo`` goes back to as heard where it was turned the other way; past that, by figure.

    A shift counts beats of the new grid, so it grows with their number.
    """
    fix = fix_of(analysis)
    shift = {"shift_beats": fix.shift_beats * factor}
    if fix.tempo_bpm is None and fix.tempo == undone:
        return fix.model_copy(update={**shift, "tempo": "as_heard"})
    if fix.tempo_bpm is None and fix.tempo == "as_heard":
        return fix.model_copy(update={**shift, "tempo": way})
    return fix.model_copy(update={**shift, "tempo_bpm": analysis.rhythm.tempo_bpm * factor})


def shifted(analysis: TrackAnalysis, by_beats: float) -> GridFix:
    """All beats later (or earlier) by a part of a beat; the one goes along."""
    fix = fix_of(analysis)
    change: dict[str, float] = {"shift_beats": fix.shift_beats + by_beats}
    if fix.downbeat_s is not None:
        later_s = by_beats * 60.0 / analysis.rhythm.tempo_bpm
        change["downbeat_s"] = max(0.0, fix.downbeat_s + later_s)
    return fix.model_copy(update=change)


def one_moved(analysis: TrackAnalysis, by_beats: int) -> GridFix:
    """The beat after (or before) the present one becomes the first of the bar."""
    rhythm = analysis.rhythm
    present = rhythm.downbeats[0] if rhythm.downbeats else 0
    wanted = (present + by_beats) % rhythm.beats_per_bar
    at = min(wanted, len(rhythm.beats_s) - 1)
    return fix_of(analysis).model_copy(update={"downbeat_s": rhythm.beats_s[at]})


def at_tempo(analysis: TrackAnalysis, tempo_bpm: float) -> GridFix:
    """A steady grid of this tempo."""
    return fix_of(analysis).model_copy(update={"tempo_bpm": tempo_bpm})


def in_key(analysis: TrackAnalysis, key: str | None) -> GridFix:
    """Another key; None leaves the one that was heard."""
    return fix_of(analysis).model_copy(update={"key": key})


def said(fix: GridFix) -> str:
    """What was put right, in words."""
    parts = [
        {"double": "beats doubled", "half": "beats halved", "as_heard": ""}[fix.tempo],
        f"{fix.tempo_bpm:.2f} BPM by hand" if fix.tempo_bpm else "",
        f"moved {abs(fix.shift_beats):g} beats {'later' if fix.shift_beats > 0 else 'earlier'}"
        if fix.shift_beats
        else "",
        "the one chosen" if fix.downbeat_s is not None else "",
        f"key {fix.key}" if fix.key else "",
    ]
    return ", ".join(part for part in parts if part) or "nothing"
