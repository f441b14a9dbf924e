"""Compute corrections of a track's beat grid and key; each adds to the earlier ones."""

from __future__ import annotations

from backend.app.contract.analysis import GridFix, TrackAnalysis

UNCORRECTED = GridFix()


def correction_of(analysis: TrackAnalysis) -> GridFix:
    """Return the corrections made so far."""
    return analysis.manual or UNCORRECTED


def confirmed(analysis: TrackAnalysis) -> GridFix:
    """Say that the beats and bars are right as they are."""
    return correction_of(analysis).model_copy(update={"confirmed": True})


def doubled(analysis: TrackAnalysis) -> GridFix:
    """Double the number of beats."""
    return _scaled(analysis, "double", opposite="half", factor=2.0)


def halved(analysis: TrackAnalysis) -> GridFix:
    """Keep every other beat."""
    return _scaled(analysis, "half", opposite="double", factor=0.5)


def _scaled(analysis: TrackAnalysis, tempo: str, *, opposite: str, factor: float) -> GridFix:
    """Undo the opposite correction, or double or halve the beats.

    A second doubling in a row sets the BPM instead. A shift counts beats of the new grid, so it is
    scaled, too.
    """
    fix = correction_of(analysis)
    shift = {"shift_beats": fix.shift_beats * factor}
    if fix.tempo_bpm is None and fix.tempo == opposite:
        return fix.model_copy(update={**shift, "tempo": "as_heard"})
    if fix.tempo_bpm is None and fix.tempo == "as_heard":
        return fix.model_copy(update={**shift, "tempo": tempo})
    return fix.model_copy(update={**shift, "tempo_bpm": analysis.rhythm.tempo_bpm * factor})


def shifted(analysis: TrackAnalysis, by_beats: float) -> GridFix:
    """Move all beats, and the downbeat, by a part of a beat."""
    fix = correction_of(analysis)
    change: dict[str, float] = {"shift_beats": fix.shift_beats + by_beats}
    if fix.downbeat_s is not None:
        later_s = by_beats * 60.0 / analysis.rhythm.tempo_bpm
        change["downbeat_s"] = max(0.0, fix.downbeat_s + later_s)
    return fix.model_copy(update=change)


def downbeat_moved(analysis: TrackAnalysis, by_beats: int) -> GridFix:
    """Make a later or an earlier beat the first of the bar."""
    rhythm = analysis.rhythm
    present = rhythm.downbeats[0] if rhythm.downbeats else 0
    moved = (present + by_beats) % rhythm.beats_per_bar
    index = min(moved, len(rhythm.beats_s) - 1)
    return correction_of(analysis).model_copy(update={"downbeat_s": rhythm.beats_s[index]})
