"""The rules of the craft, each small: what speaks against a join, and how strongly.

A penalty of 1 is a flaw that a listener notices; vetoes are for what must not be. Every judge is
asked about every candidate, so that the whole scoreboard can be shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..contract.dj import DjRules, TransitionKind
from .candidates import MATCHED, OVERLAPPING, Candidate
from .facts import Facts


@dataclass(frozen=True, slots=True)
class Case:
    """A candidate, what is known of it, the rules in force."""

    candidate: Candidate
    facts: Facts
    rules: DjRules


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says: a penalty of 0 or more, or a veto; either with its reason.

    A ``lasting`` veto stands even against a person's wish.
    """

    penalty: float = 0.0
    veto: bool = False
    reason: str = ""
    lasting: bool = False


FINE = Verdict()

UNHEARD_PERCENT = 0.005  # the tempo is the same, and nothing is stretched
Judge = Callable[[Case], Verdict]

BASE: dict[TransitionKind, float] = {
    "blend": 0.0,
    "stem_swap": 0.5,
    "sweep": 1.0,
    "echo": 2.0,
    "cut": 2.4,
    "fade": 4.0,
    "gap": 6.0,
}
"""The ladder from best to safest: how much a set loses by each kind, all else equal."""


def kind_is_allowed(case: Case) -> Verdict:
    """The house rules name the kinds."""
    kind = case.candidate.kind
    if kind == "stem_swap" and kind not in case.rules.allowed_kinds:
        return Verdict(veto=True, reason="this mix separates no stems", lasting=True)
    if kind not in case.rules.allowed_kinds:
        return Verdict(veto=True, reason="the DJ rules do not allow it")
    return Verdict(BASE[case.candidate.kind])


def stretch_stays_inaudible(case: Case) -> Verdict:
    """Past 6 % drums smear; in real sets 86 % of the changes stay under 5 %."""
    stretch = case.facts.stretch_percent
    if stretch is None:
        return FINE
    if abs(stretch) > case.rules.max_stretch_percent + UNHEARD_PERCENT:
        limit = case.rules.max_stretch_percent
        reason = f"the tempo would change by {stretch:+.1f} %, more than {limit:g} %"
        return Verdict(veto=True, reason=reason, lasting=True)
    return Verdict(0.12 * abs(stretch), reason=f"tempo {stretch:+.1f} %")


def beats_are_known(case: Case) -> Verdict:
    """Two beats that one is not sure of are better not laid on each other."""
    if case.candidate.kind not in MATCHED:
        return FINE
    doubt = max(0.7 - case.facts.confidence, 0.0)
    return Verdict(3.0 * doubt, reason="the beat is hard to tell" if doubt > 0.2 else "")


def keys_agree(case: Case) -> Verdict:
    """Neighbours on the wheel share six of seven notes; each step further costs one more."""
    distance = case.facts.key_distance
    if case.candidate.kind not in OVERLAPPING:
        return FINE
    if distance is None:
        return Verdict(0.2)
    heard = min(case.candidate.overlap_s / 20.0, 1.0)  # a clash of a few seconds is soon forgiven
    if case.candidate.kind == "sweep":
        heard *= 0.6  # without its lows the outgoing has no root to clash
    return Verdict(0.7 * max(distance - 1, 0) * heard, reason=f"keys {distance} steps apart")


def pitch_pays(case: Case) -> Verdict:
    """A track moved in pitch is no longer the record people know."""
    moved = abs(case.candidate.pitch_semitones)
    return Verdict(0.5 * moved, reason=f"pitch moved by {moved} semitones" if moved else "")


def one_singer_at_a_time(case: Case) -> Verdict:
    """Two voices at once is the classic flaw of automatic mixes."""
    both_s = case.facts.vocal_overlap_s
    if both_s > case.rules.max_vocal_overlap_s:
        return Verdict(veto=True, reason=f"two voices would sound together for {both_s:.1f} s")
    return Verdict(0.5 * both_s)


def nobody_is_cut_off(case: Case) -> Verdict:
    """A singer who stops in mid-word."""
    if not case.facts.voice_cut_off:
        return FINE
    hard = case.candidate.kind in ("cut", "echo")
    return Verdict(0.8 if hard else 0.4, reason="somebody is still singing")


def loudness_carries_on(case: Case) -> Verdict:
    """A step of 1 LU is just noticed.

    Gains level what differs from join to join, but not steps that all go one way, as where every
    last chorus is louder than the next track's first: past 1 LU a step has to be avoided here.
    """
    step = abs(case.facts.loudness_step_lu)
    penalty = 0.3 * max(step - 0.5, 0.0) + max(step - 1.0, 0.0)
    return Verdict(penalty, reason=f"loudness step {step:.1f} LU")


def phrases_meet(case: Case) -> Verdict:
    """Music is counted in phrases; a join off them sounds like a mistake."""
    off = [case.facts.out_on_phrase, case.facts.in_on_phrase].count(False)
    return Verdict(1.2 * off, reason="off the phrase" if off else "")


def length_is_as_liked(case: Case) -> Verdict:
    """The preferred length, and eight bars rather than four."""
    candidate = case.candidate
    if candidate.kind not in ("blend", "stem_swap") or not candidate.bars:
        return FINE
    octaves = abs(float(np.log2(candidate.bars / case.rules.preferred_bars)))
    odd = 0.8 if candidate.bars % 8 else 0.0
    return Verdict(0.35 * octaves + odd, reason=f"{candidate.bars} bars")


def little_is_left_out(case: Case) -> Verdict:
    """People brought their tracks to hear them: half a minute left out is a step of the ladder."""
    left_out = case.facts.trimmed_out_s + case.facts.trimmed_in_s
    return Verdict(0.03 * left_out, reason=f"{left_out:.0f} s left out")


def places_are_good(case: Case) -> Verdict:
    """Cue points as the analysis scored them."""
    facts = case.facts
    if case.candidate.out_bar is None:
        return FINE
    return Verdict(0.5 * (1.0 - facts.out_score) + 0.4 * (1.0 - facts.in_score))


def it_lands_on_something(case: Case) -> Verdict:
    """A blend is over where the incoming track's next part begins: that is what makes it a drop."""
    if case.candidate.kind not in MATCHED or case.facts.lands_on_section:
        return FINE
    return Verdict(0.3)


JUDGES: tuple[Judge, ...] = (
    kind_is_allowed,
    stretch_stays_inaudible,
    beats_are_known,
    keys_agree,
    pitch_pays,
    one_singer_at_a_time,
    nobody_is_cut_off,
    loudness_carries_on,
    phrases_meet,
    length_is_as_liked,
    little_is_left_out,
    places_are_good,
    it_lands_on_something,
)


def judged(case: Case) -> list[Verdict]:
    """What every judge says."""
    return [judge(case) for judge in JUDGES]
