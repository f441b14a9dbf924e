"""Text for a track's tempo, beat grid and key."""

from __future__ import annotations

from backend.app.contract.analysis import (
    BEATS_SURE,
    KEY_NAMES,
    GridFix,
    GridStretch,
    Harmony,
    Rhythm,
    TrackAnalysis,
)

from .figures import clock

#: A figure with less confidence than this gets a question mark.
SURE = 0.5

#: Notes off the beat from here on sound swung: 0.5 is straight, 0.67 a triplet.
SWUNG = 0.56


def camelot(key: str) -> str:
    """Return a key's Camelot code: ``A minor`` is ``8A``.

    A step round the wheel is a fifth, seven semitones; C major is 8B, its relative A minor 8A.
    """
    index = KEY_NAMES.index(key)
    tonic, minor = index % 12, index >= 12
    fifths = 7 * (tonic + 3 * minor) % 12
    return f"{(7 + fifths) % 12 + 1}{'A' if minor else 'B'}"


def code(harmony: Harmony | None) -> str:
    """Return a key's Camelot code, or ``?`` for an unknown key."""
    return camelot(harmony.key) if harmony and harmony.key else "?"


def tempo(rhythm: Rhythm) -> str:
    """Format a tempo, with a question mark if it is uncertain."""
    if not rhythm.beats_s:
        return "?"
    return f"{rhythm.tempo_bpm:.1f}{'?' if rhythm.beats_are_unsure else ''}"


def unsure_stretches(rhythm: Rhythm) -> list[GridStretch]:
    """Return the stretches whose beats are unsure."""
    return [one for one in rhythm.stretches if one.confidence < BEATS_SURE]


def unsure_beats(rhythm: Rhythm) -> str:
    """Say in which parts of a track the beats are unsure; empty if in none."""
    if not rhythm.beats_s or not rhythm.beats_are_unsure:
        return ""
    parts = unsure_stretches(rhythm)
    spans = [f"{clock(one.start_s)} to {clock(one.end_s)}" for one in parts]
    if not spans or len(parts) == len(rhythm.stretches):
        return "Beats unsure: check them."
    return f"Beats unsure from {', '.join(spans)}: check them."


def grid(analysis: TrackAnalysis) -> str:
    """Describe a beat grid in one line."""
    rhythm = analysis.rhythm
    if not rhythm.beats_s:
        return "No beat found"
    steadiness = "steady" if rhythm.steady else "drifting"
    downbeats = [rhythm.beats_s[index] for index in rhythm.downbeats[:1]]
    first = f", first bar at {downbeats[0]:.2f} s" if downbeats else ""
    parts = [f"{tempo(rhythm)} BPM", steadiness, *filter(None, [swing(analysis)])]
    return f"{', '.join(parts)}{first}"


def swing(analysis: TrackAnalysis) -> str:
    """Say which notes of a track's longest part are swung; empty if unknown."""
    longest = max(analysis.grooves, key=lambda one: one.end_s - one.start_s, default=None)
    if longest is None or not (longest.eighths or longest.sixteenths):
        return ""
    if longest.eighths and longest.eighths.at > SWUNG:
        return "swung eighths"
    return (
        "swung sixteenths" if longest.sixteenths and longest.sixteenths.at > SWUNG else "straight"
    )


def _moved(beats: float) -> str:
    far = {0.5: "half a beat", 1.0: "one beat"}.get(abs(beats), f"{abs(beats):g} beats")
    return f"moved {far} {'later' if beats > 0 else 'earlier'}"


def corrections(fix: GridFix) -> str:
    """List a user's corrections of an analysis in one line."""
    parts = [
        {"double": "beats doubled", "half": "beats halved", "as_heard": ""}[fix.tempo],
        f"tempo set to {fix.tempo_bpm:.2f} BPM" if fix.tempo_bpm else "",
        _moved(fix.shift_beats) if fix.shift_beats else "",
        "downbeat moved" if fix.downbeat_s is not None else "",
        "beats confirmed" if fix.confirmed else "",
        f"key {fix.key}" if fix.key else "",
    ]
    listed = ", ".join(part for part in parts if part)
    return f"Your corrections: {listed}." if listed else "No corrections yet."
