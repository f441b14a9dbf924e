"""Explain a join to users: its reason, and why better kinds were not used."""

from __future__ import annotations

from ...contract.dj import KINDS, RungView, TransitionKind
from ...dsp.samples import seconds
from ..loop import Loop
from ..pair import Pair
from .candidates import MATCHED, Candidate
from .choose import Choice
from .figures.facts import Facts
from .rules import NOT_ALLOWED, OFF_REASONS

KIND_NAMES: dict[TransitionKind, str] = {
    "blend": "beat-matched blend with bass swap",
    "stem_swap": "one track's voice over the other's drums and bass",
    "sweep": "filter sweep on the beat",
    "echo": "echo-out",
    "cut": "cut on a downbeat",
    "fade": "equal-power fade",
    "gap": "short gap between the tracks",
}


def fallbacks_of(choice: Choice) -> list[RungView]:
    """List every kind of join, the best first, and why it was or was not chosen."""
    return [
        RungView(
            kind=kind,
            name=KIND_NAMES[kind],
            taken=kind == choice.candidate.kind,
            reason=_why(kind, choice),
        )
        for kind in KINDS
    ]


def fallback_step(kind: TransitionKind) -> int:
    """Return the kind's place in the order of fallbacks; 1 is the best."""
    return KINDS.index(kind) + 1


def _why(kind: TransitionKind, choice: Choice) -> str:
    chosen = choice.candidate.kind
    if kind == chosen:
        return "Chosen."
    if kind not in choice.rated.rules.allowed_kinds:
        return _sentence(OFF_REASONS.get(kind, NOT_ALLOWED))
    if fallback_step(kind) > fallback_step(chosen):
        return "Not needed."
    if fault := choice.trials.fault_of(kind):
        return _sentence(fault)
    best = next((rated for rated in choice.board if rated.candidate.kind == kind), None)
    if best is None:
        return _no_candidate(kind, choice.pair)
    if best.veto:
        return _sentence(best.veto.reason)
    return f"Rated lower: {best.heaviest or 'it leaves less room for the next join'}."


def _no_candidate(kind: TransitionKind, pair: Pair) -> str:
    out, into = pair.out_grid, pair.in_grid
    if out is None or (into is None and kind in MATCHED):
        return "Can't beat-match: no clear beat." if kind in MATCHED else "No clear beat."
    if kind in MATCHED and into is not None and out.beats_per_bar != into.beats_per_bar:
        return f"Can't beat-match: {into.beats_per_bar} beats per bar on {out.beats_per_bar}."
    return "These tracks leave no room for it."


def reason_of(choice: Choice) -> str:
    """Explain in one or two sentences why this join was chosen."""
    if choice.by == "earlier" and choice.wish_reason:
        return choice.wish_reason
    candidate = choice.candidate
    text = ", ".join([_what(candidate), *_figures(candidate, choice.facts, choice.pair)]) + "."
    if choice.by != "rules":
        return _sentences(choice.wish_reason, text, choice.note)
    best = fallbacks_of(choice)[0]
    rejection = "" if best.taken or choice.trials.tried else _rejection(best)
    story = story_of(choice)
    return _sentences(
        text, rejection, choice.wish_reason, story[:1].upper() + story[1:], choice.note
    )


def story_of(choice: Choice) -> str:
    """Say which joins were listened to before, what was wrong, and what was used in their place."""
    tried = choice.trials.tried
    faulty = [f"{named(trial.candidate)}: {trial.fault}" for trial in tried if trial.fault]
    if not faulty:
        return ""
    chosen = next((trial for trial in tried if trial.candidate == choice.candidate), None)
    if chosen and chosen.fault:
        return f"{named(chosen.candidate)}: {chosen.fault}; other joins suit less"
    return "; ".join([*faulty, f"took {_with_article(named(choice.candidate))}"])


def named(candidate: Candidate) -> str:
    """Name a join in a few words: "blend of 16 bars"."""
    kind = candidate.kind.replace("_", " ")
    return f"{kind} of {candidate.bars} bars" if candidate.kind in MATCHED else kind


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _sentences(*texts: str) -> str:
    """Join the texts that are not empty into sentences."""
    stripped = [text.strip() for text in texts if text.strip()]
    return " ".join(text if text[-1] in ".!?…" else f"{text}." for text in stripped)


def _rejection(rung: RungView) -> str:
    if rung.reason.startswith("Can't"):
        return rung.reason
    return f"No {rung.name}: {rung.reason[:1].lower()}{rung.reason[1:]}"


def _what(candidate: Candidate) -> str:
    if candidate.kind in MATCHED:
        return f"{candidate.bars} bars of {KIND_NAMES[candidate.kind]}"
    return KIND_NAMES[candidate.kind].capitalize()


def _figures(candidate: Candidate, facts: Facts, pair: Pair) -> list[str]:
    figures = []
    if facts.stretch_percent is not None:
        fold = {1.0: "", 2.0: " in double time", 0.5: " in half time"}[candidate.fold]
        figures.append(f"tempo {facts.stretch_percent:+.1f} %{fold}")
    if keys := pair.keys(candidate.place):
        figures.append("keys {} → {}".format(*keys))
    if candidate.pitch_semitones:
        figures.append(f"pitch {candidate.pitch_semitones:+d} semitones")
    if candidate.loop:
        figures.append(_loop(candidate.loop, pair))
    if facts.groove and facts.groove.words:
        figures.append(facts.groove.words)
    if facts.out_on_phrase and facts.in_on_phrase:
        figures.append("phrase on phrase")
    if facts.drop == "at_end":
        out, into = pair.outgoing.title, pair.incoming.title
        figures.append(f"the drop of “{into}” lands where “{out}” ends")
    if facts.drop == "on_drop":
        figures.append("double drop: both drops fall together")
    if facts.trimmed_out_s + facts.trimmed_in_s >= 1.0:
        figures.append(f"{facts.trimmed_out_s + facts.trimmed_in_s:.0f} s left out")
    return figures


def _loop(loop: Loop, pair: Pair) -> str:
    bars = round(seconds(loop.length) / pair.out_grid.bar_s) if pair.out_grid else 1
    what = f"the last {bars} bars" if bars > 1 else "the last bar"
    times = {1: "once", 2: "twice"}.get(loop.times, f"{loop.times} times")
    return f"{what} of “{pair.outgoing.title}” looped {times}"
