"""The ladder of joins, from the best to the safest, and the words for the step that was taken."""

from __future__ import annotations

from ..contract.dj import KINDS, RungView, TransitionKind
from .candidates import MATCHED, Candidate
from .choose import Choice
from .couple import Couple
from .facts import Facts

NAMES: dict[TransitionKind, str] = {
    "blend": "beat-matched blend with the basses swapped",
    "stem_swap": "one track's voice over the other's drums and bass",
    "sweep": "filter sweep on the beat",
    "echo": "echo-out on the phrase",
    "cut": "cut on the phrase",
    "fade": "equal-power fade",
    "gap": "a breath between the tracks",
}


def ladder_of(choice: Choice) -> list[RungView]:
    """Every step, and why it was or was not taken."""
    taken = choice.scored.candidate.kind
    return [
        RungView(
            kind=kind, name=NAMES[kind], taken=kind == taken, reason=_why(kind, choice).strip()
        )
        for kind in KINDS
    ]


def step_of(kind: TransitionKind) -> int:
    """The step's number, 1 for the best."""
    return KINDS.index(kind) + 1


def _why(kind: TransitionKind, choice: Choice) -> str:
    taken = choice.scored.candidate.kind
    if kind == taken:
        return "Taken."
    if step_of(kind) > step_of(taken):
        return "Safer, and not needed."
    of_kind = [scored for scored in choice.board if scored.candidate.kind == kind]
    if not of_kind:
        return _no_candidate(kind, choice.couple)
    best = of_kind[0]
    if best.veto:
        return f"Ruled out: {best.veto.reason}."
    return f"Would have been worse: {best.heaviest or 'it leaves less room for the next join'}."


def _no_candidate(kind: TransitionKind, couple: Couple) -> str:
    if couple.out_grid is None or (couple.in_grid is None and kind in MATCHED):
        return "Needs a beat that can be told."
    if kind in MATCHED and couple.in_grid is not None:
        ours, theirs = couple.out_grid.beats_per_bar, couple.in_grid.beats_per_bar
        if ours != theirs:
            return f"{ours} beats to the bar do not fit on {theirs}."
    return "There is no room for it in these tracks."


def reason_of(choice: Choice) -> str:
    """Why this join, in one sentence or two."""
    if choice.by == "earlier" and choice.wish_reason:
        return choice.wish_reason
    candidate, facts = choice.scored.candidate, choice.scored.facts
    told = [_what(candidate), *_figures(candidate, facts, choice.couple)]
    better = [rung for rung in ladder_of(choice) if step_of(rung.kind) < step_of(candidate.kind)]
    text = ", ".join(told) + "."
    if better and choice.by == "rules":
        text += f" No {better[0].name}: {_lowered(better[0].reason)}"
    asked, stood_in = (choice.wish_reason, "") if choice.by != "rules" else ("", choice.wish_reason)
    return " ".join(filter(None, [asked, text, stood_in, choice.note]))


def _what(candidate: Candidate) -> str:
    if candidate.kind in MATCHED:
        return f"{candidate.bars} bars of {NAMES[candidate.kind]}"
    return NAMES[candidate.kind].capitalize()


def _figures(candidate: Candidate, facts: Facts, couple: Couple) -> list[str]:
    told = []
    if facts.stretch_percent is not None:
        told.append(_tempo(candidate, facts.stretch_percent))
    if facts.key_distance is not None and couple.out_grid and couple.in_grid:
        told.append(f"keys {couple.out_grid.key} → {couple.in_grid.key}")
    if candidate.pitch_semitones:
        told.append(f"moved by {candidate.pitch_semitones:+d} semitones")
    if facts.out_on_phrase and facts.in_on_phrase:
        told.append("phrase on phrase")
    if facts.trimmed_out_s + facts.trimmed_in_s >= 1.0:
        told.append(f"{facts.trimmed_out_s + facts.trimmed_in_s:.0f} s left out")
    return told


def _tempo(candidate: Candidate, stretch_percent: float) -> str:
    fold = {1.0: "", 2.0: " in double time", 0.5: " in half time"}[candidate.fold]
    return f"tempo {stretch_percent:+.1f} %{fold}"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
