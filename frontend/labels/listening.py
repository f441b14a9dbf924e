"""Text for listening trials: answers, versions, rules."""

from __future__ import annotations

from backend.app.contract.listening import (
    AnsweredTrial,
    Better,
    ListeningAnswer,
    ListeningReason,
    ListeningVersion,
    VersionOrigin,
)

from . import transitions
from .figures import clock_tenths, counted, minus

BETTER: dict[Better, str] = {"a": "A", "b": "B", "same": "Equally good"}
ANSWERS: dict[Better, str] = {"a": "A is better", "b": "B is better", "same": "equally good"}
REASONS: dict[ListeningReason, str] = {
    "beat": "Beat",
    "level": "Loudness",
    "key": "Harmony",
    "moment": "Moment",
}
ORIGINS: dict[VersionOrigin, str] = {
    "mix": "as in the mix",
    "other": "the best other one",
    "first_choice": "your first choice",
    "second_choice": "your second choice",
}
RULES = {
    "kind_is_allowed": "Kind of transition",
    "stretch_stays_inaudible": "Tempo change",
    "beats_are_known": "Uncertain beats",
    "keys_agree": "Clashing keys",
    "grooves_interlock": "Drums that don't fit",
    "pitch_pays": "Pitch shift",
    "voices_do_not_overlap": "Two voices",
    "voice_is_not_cut_off": "Voice cut off",
    "loudness_carries_on": "Loudness step",
    "phrases_meet": "Off the phrase",
    "length_is_preferred": "Unusual length",
    "little_is_left_out": "Music left out",
    "songs_stay_whole": "Song cut short",
    "no_hole_inside": "Hole inside",
    "cues_are_good": "Weak cue points",
    "ends_on_section": "No section at the end",
    "drops_fall_together": "Drop elsewhere",
    "loop_is_worth_it": "Loop of the last bars",
}


def rule(name: str) -> str:
    """Name a scoring rule."""
    return RULES.get(name, name.replace("_", " ").capitalize())


def version(one: ListeningVersion) -> str:
    """Describe a version in one line."""
    length = counted(one.bars, "bar") if one.bars else f"{one.overlap_s:.1f} s"
    what = transitions.kind(one.kind)
    lasting = f"{what}, {length}" if one.bars or one.overlap_s else what
    return f"{lasting} ({ORIGINS[one.origin]})"


def figures(one: ListeningVersion) -> list[tuple[str, str]]:
    """List a version's figures, each with its label; without those that it doesn't have."""
    tempo, keys = one.tempo_change_percent, one.key_distance
    pairs = [
        ("Leaves at", clock_tenths(one.out_at_s)),
        ("Enters at", clock_tenths(one.in_at_s)),
        ("Tempo", None if tempo is None else minus(f"{tempo:+.1f} %")),
        ("Keys", None if keys is None else f"{counted(keys, 'step')} apart"),
        ("Level across it, before gains", minus(f"{one.loudness_step_lu:+.1f} LU")),
        ("Both vocals", f"{one.vocal_overlap_s:.1f} s" if one.vocal_overlap_s else None),
        ("Penalty by the rules", f"{sum(one.penalties.values()):.1f} (less is better)"),
    ]
    return [(label, value) for label, value in pairs if value]


def answer(trial: AnsweredTrial) -> str:
    """Say in one line which version was preferred, and why."""
    better = trial.answer.better
    if better == "same":
        return f"Equally good{because(trial.answer)}"
    one, other = (trial.a, trial.b) if better == "a" else (trial.b, trial.a)
    return f"{version(one)} was better than {version(other)}{because(trial.answer)}"


def given(answer: ListeningAnswer) -> str:
    """Repeat an answer by its letter, with the reasons."""
    return f"{ANSWERS[answer.better]}{because(answer)}"


def because(answer: ListeningAnswer) -> str:
    """The reasons, or nothing."""
    why = ", ".join(REASONS[one].lower() for one in answer.because)
    return f", because of: {why}" if why else ""
