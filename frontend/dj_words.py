"""What a DJ reads off a track or a join, as a person would say it."""

from __future__ import annotations

from itertools import pairwise

from backend.app.contract.analysis import KEY_NAMES, Harmony, Rhythm, TrackAnalysis
from backend.app.contract.dj import TransitionReport
from backend.app.contract.mixes import ClipView

from .words import clock

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
WHAT_KINDS_DO = {
    "blend": "Beats together, the basses change places halfway.",
    "stem_swap": "One track's voice over the other's drums and bass, one singer at a time.",
    "sweep": "Beats together, the leaving track thins out upwards.",
    "echo": "The leaving track stops and rings on while the next one begins.",
    "cut": "From one beat to the next, where a phrase ends.",
    "fade": "One goes down while the other comes up; beats are left alone.",
    "gap": "One ends, then the next begins.",
}
ARCS = {
    "steady": "Steady",
    "build": "Build",
    "wave": "Wave",
    "cool-down": "Cool down",
    "drawn": "Draw it",
}
OVERLAYS = {"never": "Never", "sometimes": "Sometimes", "always": "Wherever one fits"}
PROPOSERS = {
    "rules": "the rules",
    "llm": "the language model",
    "you": "you",
    "earlier": "the mix before",
}
#: Below this a figure is a guess: a person who mixes would check it by ear.
SURE = 0.5
#: A tempo that is bent by less is heard as the same by nearly everybody.
SAME_TEMPO_PERCENT = 0.05


def kind(name: str) -> str:
    """A way to join two tracks."""
    return KINDS.get(name, name.replace("_", " ").capitalize())


def camelot(key: str) -> str:
    """A key's place on the wheel on which neighbours sound well together: ``A minor`` is ``8A``.

    A step round the wheel is a fifth, seven semitones; C major is 8B, its relative A minor 8A.
    """
    index = KEY_NAMES.index(key)
    tonic, minor = index % 12, index >= 12
    fifths = 7 * (tonic + 3 * minor) % 12
    return f"{(7 + fifths) % 12 + 1}{'A' if minor else 'B'}"


def key(harmony: Harmony) -> str:
    """The key with its code, or that nobody can tell."""
    if harmony.key is None:
        return "?"
    doubt = "" if harmony.confidence >= SURE else "?"
    return f"{camelot(harmony.key)}{doubt} · {harmony.key}"


def code(harmony: Harmony) -> str:
    """The key's code alone."""
    return camelot(harmony.key) if harmony.key else "?"


def tempo(rhythm: Rhythm) -> str:
    """The tempo, with a question mark where it is a guess."""
    if not rhythm.beats_s:
        return "?"
    return f"{rhythm.tempo_bpm:.1f}{'' if rhythm.confidence >= SURE else '?'}"


def grid(analysis: TrackAnalysis) -> str:
    """Where the beats lie, in one line."""
    rhythm = analysis.rhythm
    if not rhythm.beats_s:
        return "No beat found"
    pace = "steady" if rhythm.steady else "drifting"
    ones = [rhythm.beats_s[index] for index in rhythm.downbeats[:1]]
    first = f", first bar at {ones[0]:.2f} s" if ones else ""
    return f"{tempo(rhythm)} BPM, {pace}{first}"


def percent(change: float) -> str:
    """A change of tempo in words: ``-2.14`` is ``2.1 % slower``."""
    if abs(change) < SAME_TEMPO_PERCENT:
        return "same tempo"
    return f"{abs(change):.1f} % {'faster' if change > 0 else 'slower'}"


def bars(count: int) -> str:
    """A number of bars."""
    return f"{count} bar" if count == 1 else f"{count} bars"


def keys(outgoing: Harmony | None, incoming: Harmony | None, join: TransitionReport) -> str:
    """Both tracks' key codes, after any change of pitch."""
    pair = " → ".join(code(one) if one else "?" for one in (outgoing, incoming))
    if not join.pitch_semitones:
        return pair
    return f"{pair} ({join.pitch_semitones:+d} st)".replace("-", "−")


def beats(join: TransitionReport) -> str:
    """How far the two tracks' beats were apart, as heard, else as planned."""
    heard = join.beat_error_ms if join.beat_error_ms is not None else join.planned_beat_error_ms
    return "—" if heard is None else f"{heard:.0f} ms apart"


def step(join: TransitionReport) -> str:
    """How loudness moves over the join."""
    if join.loudness_step_lu is None:
        return "—"
    return f"{join.loudness_step_lu:+.1f} LU".replace("-", "−")


def phrase(join: TransitionReport) -> str:
    """Whether both tracks change where their phrases do."""
    return {True: "Yes", False: "No", None: "—"}[join.on_phrase]


def bend(clip: ClipView) -> str | None:
    """How a clip's tempo is bent, and when it is home again; None where it plays as it is."""
    bent = [piece for piece in bent_pieces(clip) if abs(piece[2]) >= SAME_TEMPO_PERCENT]
    if not bent:
        return None
    most = max(bent, key=lambda piece: abs(piece[2]))
    home = "" if bent[-1][1] >= clip.end_s - 0.1 else f", home again at {clock(bent[-1][1])}"
    return f"{percent(most[2])} from {clock(bent[0][0])}{home}"


def bent_pieces(clip: ClipView) -> list[tuple[float, float, float]]:
    """The clip's pieces of one tempo: mix seconds from and to, and percent faster than its own."""
    return [
        (mix, next_mix, 100.0 * ((next_source - source) / (next_mix - mix) - 1.0))
        for (source, mix), (next_source, next_mix) in pairwise(clip.warp)
        if next_mix > mix
    ]
